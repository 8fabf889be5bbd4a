//! `PUT /{index}/_settings`: changes settings of indices.

use std::collections::BTreeMap;

use quidditch_index::Cost;
use quidditch_indexing::IndexWriter;
use quidditch_service::Service;
use quidditch_service::writing::{Answer, ApiError, Call, IfEmpty, IndicesOptions};
use serde_json::{Value as Json, json};

use crate::Writes;
use crate::body::required_object;
use crate::failure::indexing_failure;
use crate::parameters::take_change_parameters;
use crate::settings::IndexSettings;

/// Changes settings of indices: those that are kept to be shown.
pub(crate) async fn put_settings(writes: &Writes, service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let expression = call.indices();
    let default = IndicesOptions { if_empty: IfEmpty::Fail, ..IndicesOptions::DEFAULT };
    let options = IndicesOptions::take(&mut call.parameters, default)?;
    take_change_parameters(&mut call.parameters)?;
    call.parameters.take_flag("flat_settings")?;
    let keeps_existing = call.parameters.take_flag("preserve_existing")?;
    call.parameters.finish(&call.path)?;
    let mut body = required_object(&call)?;
    if let Some(Json::Object(settings)) = body.get("settings").filter(|_| body.len() == 1) {
        body = settings.clone();
    }
    let settings = IndexSettings::read(&body)?;
    if settings.is_empty() {
        return Err(ApiError::validation("no settings to update"));
    }
    let targets = service.targets(&expression, &options, &Cost::default()).await?;
    for target in &targets {
        settings.check_dynamic(target.snapshot.name())?;
    }
    for target in &targets {
        let index = target.snapshot.name();
        let existing = target.snapshot.mapping().kept_settings();
        let changes: BTreeMap<String, Option<String>> = settings
            .kept()
            .filter(|(name, _)| !keeps_existing || !existing.contains_key(*name))
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let updated = IndexWriter::new(&writes.storage, &writes.clock, index)?.update_settings(&changes).await;
        service.note_change(index);
        updated.map_err(indexing_failure)?;
    }
    Ok(Answer::json(&json!({ "acknowledged": true })))
}
