//! `/{index}/_search/point_in_time`: indices at one moment, to be searched again and again.

use quidditch_engine::Shards;
use quidditch_index::Cost;
use serde_json::json;

use super::scroll::{check_ids, read_object, texts, unknown};
use crate::Service;
use crate::accepted_parameters::take_shard_parameters;
use crate::answer::Answer;
use crate::call::Call;
use crate::cursor::Cursor;
use crate::cursor_search::{decode_point_in_time, record_all};
use crate::error::ApiError;
use crate::indices::IndicesOptions;
use crate::keep_alive::check_keep_alive;

/// Names indices as they are now.
pub(crate) async fn create_point_in_time(service: &Service, call: Call) -> Result<Answer, ApiError> {
    let expression = call.indices();
    let Call { path, mut parameters, .. } = call;
    let options = IndicesOptions::take(&mut parameters, IndicesOptions::DEFAULT)?;
    take_shard_parameters(&mut parameters)?;
    parameters.take_flag("allow_partial_pit_creation")?;
    let keep_alive = parameters.take("keep_alive")?;
    parameters.finish(&path)?;
    let Some(keep_alive) = keep_alive else { return Err(ApiError::validation("keep alive not specified")) };
    check_keep_alive("keep_alive", &keep_alive)?;
    let created_millis = service.clock.unix_millis();
    let targets = service.targets(&expression, &options, &Cost::default()).await?;
    if targets.is_empty() {
        let reason = format!("[{}] names no index: a point in time is of one or more", expression.text());
        return Err(ApiError::Argument(reason));
    }
    let cursor = Cursor {
        expression: expression.text().to_owned(),
        wildcards: options.wildcards,
        created_millis,
        indices: record_all(targets.iter()),
        scroll: None,
    };
    let shards = Shards::all(targets.len());
    let response = json!({"pit_id": cursor.encode(), "_shards": shards, "creation_time": created_millis});
    Ok(Answer::json(&response))
}

/// Ends points in time. Nothing is kept for them, so there is nothing to remove.
pub(crate) fn delete_points_in_time(call: Call) -> Result<Answer, ApiError> {
    call.parameters.finish(&call.path)?;
    let mut ids = Vec::new();
    for (key, value) in read_object(&call.body)? {
        if key != "pit_id" {
            return Err(unknown(&key, &value));
        }
        ids = texts(&key, value)?;
    }
    if ids.is_empty() {
        return Err(ApiError::validation("no pit ids specified"));
    }
    check_ids("pit_id", ids.len())?;
    ids.iter().try_for_each(|id| decode_point_in_time(id).map(|_| ()))?;
    let pits: Vec<_> = ids.iter().map(|id| json!({"successful": true, "pit_id": id})).collect();
    Ok(Answer::json(&json!({"pits": pits})))
}

/// The list of all points in time, and what remains to be removed of them: as nothing is kept, both are empty.
pub(crate) fn all_points_in_time(call: Call) -> Result<Answer, ApiError> {
    call.finish()?;
    Ok(Answer::json(&json!({"pits": []})))
}
