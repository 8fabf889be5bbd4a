//! `_refresh` and `_forcemerge`.

use quidditch_index::Cost;
use quidditch_indexing::{IndexWriter, MergeEffort, MergeOptions};
use quidditch_service::Service;
use quidditch_service::writing::{Answer, ApiError, Call, IndicesOptions};
use serde_json::json;

use super::parameters::{parse_int, take_wait_for_completion};
use crate::Writes;
use crate::failure::indexing_failure;

/// Changes are visible as soon as they are acknowledged; this makes sure of those of other processes.
pub(crate) async fn refresh(service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let options = IndicesOptions::take(&mut call.parameters, IndicesOptions::DEFAULT)?;
    let expression = call.indices();
    call.parameters.finish(&call.path)?;
    let targets = service.targets(&expression, &options, &Cost::default()).await?;
    for target in &targets {
        service.note_documents(target.snapshot.name());
    }
    Ok(shards(targets.len()))
}

/// Merges splits. With `max_num_segments` as few as their largest size allows, otherwise those that are worth it.
pub(crate) async fn force_merge(writes: &Writes, service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let options = IndicesOptions::take(&mut call.parameters, IndicesOptions::DEFAULT)?;
    let parameters = &mut call.parameters;
    let segments = parameters.take("max_num_segments")?;
    let segments = segments.map(|text| parse_int::<i32>("max_num_segments", &text)).transpose()?;
    let segments = segments.and_then(|segments| usize::try_from(segments).ok()).filter(|segments| *segments > 0);
    let only_deletes = parameters.take_flag("only_expunge_deletes")?;
    for key in ["flush", "primary_only"] {
        parameters.take_flag(key)?;
    }
    take_wait_for_completion(parameters)?;
    let expression = call.indices();
    call.parameters.finish(&call.path)?;
    let merging = match segments {
        Some(_) if !only_deletes => {
            MergeOptions { effort: MergeEffort::Full, deleted_percent: 0, ..MergeOptions::default() }
        }
        _ => MergeOptions::default(),
    };
    let targets = service.targets(&expression, &options, &Cost::default()).await?;
    for target in &targets {
        let index = target.snapshot.name();
        // What is already as wanted is left as it is.
        if segments.is_some_and(|segments| target.snapshot.splits() <= segments && target.snapshot.deleted() == 0) {
            continue;
        }
        let writer = IndexWriter::new(&writes.storage, &writes.clock, index)?;
        writer.merge_splits(&merging, |_| ()).await.map_err(indexing_failure)?;
        service.note_documents(index);
    }
    Ok(shards(targets.len()))
}

fn shards(indices: usize) -> Answer {
    Answer::json(&json!({ "_shards": { "total": indices, "successful": indices, "failed": 0 } }))
}
