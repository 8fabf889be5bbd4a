//! `/{index}`, `/_mapping` and `/{index}/_mapping`: descriptions of indices.

use std::collections::BTreeMap;

use quidditch_index::{Cost, Snapshot};
use serde_json::{Map, Value as Json, json};

use super::alias::aliases_of;
use super::settings::{SettingsForm, settings_of};
use crate::Service;
use crate::accepted_parameters::take_description_parameters;
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::indices::IndicesOptions;

/// Mapping, settings and aliases of indices.
pub(crate) async fn index(service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let expression = call.indices();
    let options = IndicesOptions::take(&mut call.parameters, IndicesOptions::DEFAULT)?;
    let form = SettingsForm::take(&mut call.parameters)?;
    take_description_parameters(&mut call.parameters)?;
    call.finish()?;
    let targets = service.targets(&expression, &options, &Cost::default()).await?;
    let mut answer: BTreeMap<&str, Json> = BTreeMap::new();
    if !targets.is_empty() {
        let aliases = service.names.aliases().await?;
        for target in &targets {
            let snapshot = &target.snapshot;
            let description = json!({
                "aliases": aliases_of(&aliases, snapshot.name(), |_| true),
                "mappings": mapping_of(snapshot),
                "settings": settings_of(snapshot, form, |_| true),
            });
            answer.insert(snapshot.name(), description);
        }
    }
    Ok(Answer::json(&answer))
}

/// The mappings of indices.
pub(crate) async fn mapping(service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let expression = call.indices();
    let options = IndicesOptions::take(&mut call.parameters, IndicesOptions::DEFAULT)?;
    take_description_parameters(&mut call.parameters)?;
    call.finish()?;
    let targets = service.targets(&expression, &options, &Cost::default()).await?;
    let mapping = |snapshot: &Snapshot| json!({ "mappings": mapping_of(snapshot) });
    let answer: BTreeMap<&str, Json> =
        targets.iter().map(|target| (target.snapshot.name(), mapping(&target.snapshot))).collect();
    Ok(Answer::json(&answer))
}

/// The mapping of an index. One without fields has no properties.
fn mapping_of(snapshot: &Snapshot) -> Json {
    let mut mapping = snapshot.mapping().to_json();
    if let Json::Object(keys) = &mut mapping
        && keys.get("properties").and_then(Json::as_object).is_some_and(Map::is_empty)
    {
        keys.shift_remove("properties");
    }
    mapping
}
