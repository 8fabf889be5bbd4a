//! `PUT /{index}/_mapping`: adds fields to indices.

use quidditch_engine::check_computed_fields;
use quidditch_index::Cost;
use quidditch_indexing::{IndexWriter, IndexingError};
use quidditch_service::Service;
use quidditch_service::writing::{Answer, ApiError, Call, IfEmpty, IndicesOptions};
use serde_json::{Value as Json, json};

use crate::Writes;
use crate::body::required_object;
use crate::failure::indexing_failure;
use crate::parameters::take_change_parameters;

/// Adds fields and options to the mappings of indices.
pub(crate) async fn put_mapping(writes: &Writes, service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let expression = call.indices();
    let default = IndicesOptions { if_empty: IfEmpty::Fail, ..IndicesOptions::DEFAULT };
    let options = IndicesOptions::take(&mut call.parameters, default)?;
    take_change_parameters(&mut call.parameters)?;
    let only_write_index = call.parameters.take_flag("write_index_only")?;
    call.parameters.finish(&call.path)?;
    let mut update = required_object(&call)?;
    if update.keys().next().is_some_and(|key| key == "_doc") {
        return Err(ApiError::Argument("Types cannot be provided in put mapping requests".to_owned()));
    }
    if update.get("properties").is_some_and(|properties| *properties == json!([])) {
        update.remove("properties");
    }
    let update = Json::Object(update);
    let mut targets = service.targets(&expression, &options, &Cost::default()).await?;
    if only_write_index && targets.len() > 1 {
        let aliases = service.aliases().await?;
        let named = expression.only_name().and_then(|alias| aliases.indices(alias));
        targets.retain(|target| {
            named.is_none_or(|indices| {
                indices.get(target.snapshot.name()).is_some_and(|options| options.is_write_index == Some(true))
            })
        });
    }
    // All are checked before the first is changed.
    for target in &targets {
        let checked = target.snapshot.mapping().updated(&update);
        let updated = checked.map_err(|error| indexing_failure(IndexingError::Mapping(error)))?;
        check_computed_fields(&updated, service.engine().limits())
            .map_err(|error| ApiError::Mistake { kind: "mapper_parsing_exception", reason: error.to_string() })?;
    }
    for target in &targets {
        let index = target.snapshot.name();
        let writer = IndexWriter::new(&writes.storage, &writes.clock, index)?;
        let updated = writer.update_mapping(&update).await;
        service.note_change(index);
        updated.map_err(indexing_failure)?;
    }
    Ok(Answer::json(&json!({ "acknowledged": true })))
}
