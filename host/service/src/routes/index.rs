//! `/{index}`, `/_mapping` and `/{index}/_mapping`: descriptions of indices.

use std::collections::BTreeMap;

use quidditch_index::{Cost, Snapshot};
use serde_json::{Value as Json, json};

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
                "mappings": snapshot.mapping().to_json(),
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
    let mapping = |snapshot: &Snapshot| json!({ "mappings": snapshot.mapping().to_json() });
    let answer: BTreeMap<&str, Json> =
        targets.iter().map(|target| (target.snapshot.name(), mapping(&target.snapshot))).collect();
    Ok(Answer::json(&answer))
}
