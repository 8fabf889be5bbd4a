//! `/{index}` and `/{index}/_mapping`: the description of an index.

use quidditch_index::{Cost, Mapping};
use serde_json::{Value as Json, json};

use crate::Service;
use crate::accepted_parameters::{take_description_parameters, take_index_parameters};
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;

/// Mapping and settings of an index.
pub(crate) async fn index(service: &Service, name: &str, call: Call) -> Result<Answer, ApiError> {
    describe(service, name, call, |mapping| {
        json!({ "aliases": {}, "mappings": mapping.to_json(), "settings": { "index": mapping.settings_to_json() } })
    })
    .await
}

/// The mapping of an index.
pub(crate) async fn mapping(service: &Service, name: &str, call: Call) -> Result<Answer, ApiError> {
    describe(service, name, call, |mapping| json!({ "mappings": mapping.to_json() })).await
}

async fn describe(
    service: &Service,
    name: &str,
    mut call: Call,
    describe: impl Fn(&Mapping) -> Json,
) -> Result<Answer, ApiError> {
    let if_missing = take_index_parameters(&mut call.parameters)?;
    take_description_parameters(&mut call.parameters)?;
    call.finish()?;
    let snapshot = service.snapshot(name, if_missing, &Cost::default()).await?;
    Ok(Answer::json(&match snapshot {
        Some(snapshot) => json!({ name: describe(snapshot.mapping()) }),
        None => json!({}),
    }))
}
