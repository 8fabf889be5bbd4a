//! `/_settings` and `/{index}/_settings`: the settings of indices.

use std::collections::BTreeMap;

use quidditch_index::{Cost, Snapshot};
use serde_json::{Map, Value as Json, json};

use crate::Service;
use crate::accepted_parameters::take_description_parameters;
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::indices::IndicesOptions;
use crate::name_patterns::NamePatterns;
use crate::parameters::Parameters;

/// How settings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SettingsForm {
    /// `{"index": {"number_of_shards": "1"}}`
    Nested,
    /// `{"index.number_of_shards": "1"}`
    Flat,
}

impl SettingsForm {
    /// Takes `flat_settings`.
    pub(super) fn take(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let is_flat = parameters.take_flag("flat_settings")?;
        Ok(if is_flat { SettingsForm::Flat } else { SettingsForm::Nested })
    }
}

/// The settings of indices; with names in the path, only these.
pub(crate) async fn settings(service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let expression = call.indices();
    let wanted = call.names.get("name").map(NamePatterns::parse);
    let options = IndicesOptions::take(&mut call.parameters, IndicesOptions::DEFAULT)?;
    let form = SettingsForm::take(&mut call.parameters)?;
    take_description_parameters(&mut call.parameters)?;
    call.finish()?;
    let targets = service.targets(&expression, &options, &Cost::default()).await?;
    let mut answer: BTreeMap<&str, Json> = BTreeMap::new();
    for target in &targets {
        let is_wanted = |name: &str| wanted.as_ref().is_none_or(|wanted| wanted.matches(name));
        let settings = settings_of(&target.snapshot, form, is_wanted);
        if wanted.is_none() || !settings.is_empty() {
            answer.insert(target.snapshot.name(), json!({ "settings": settings }));
        }
    }
    Ok(Answer::json(&answer))
}

/// The wanted settings of an index.
pub(super) fn settings_of(
    snapshot: &Snapshot,
    form: SettingsForm,
    is_wanted: impl Fn(&str) -> bool,
) -> Map<String, Json> {
    let mut index = json!({
        "number_of_shards": "1",
        "number_of_replicas": "0",
        "provided_name": snapshot.name(),
        "uuid": snapshot.id(),
    });
    if let (Json::Object(index), Json::Object(own)) = (&mut index, snapshot.mapping().settings_to_json()) {
        index.extend(own);
        let kept = snapshot.mapping().kept_settings().iter();
        index.extend(kept.map(|(name, value)| (name.clone(), Json::String(value.clone()))));
    }
    let mut flat = Vec::new();
    flatten("index", index, &mut flat);
    flat.retain(|(name, _)| is_wanted(name));
    match form {
        SettingsForm::Flat => flat.into_iter().collect(),
        SettingsForm::Nested => {
            let mut nested = Map::new();
            for (name, value) in flat {
                insert_nested(&mut nested, &name, value);
            }
            nested
        }
    }
}

fn flatten(name: &str, json: Json, flat: &mut Vec<(String, Json)>) {
    match json {
        Json::Object(object) => {
            for (key, value) in object {
                flatten(&format!("{name}.{key}"), value, flat);
            }
        }
        Json::Number(number) => flat.push((name.to_owned(), Json::String(number.to_string()))),
        Json::Bool(flag) => flat.push((name.to_owned(), Json::String(flag.to_string()))),
        value => flat.push((name.to_owned(), value)),
    }
}

fn insert_nested(object: &mut Map<String, Json>, name: &str, value: Json) {
    match name.split_once('.') {
        None => _ = object.insert(name.to_owned(), value),
        Some((first, rest)) => {
            let inner = object.entry(first).or_insert_with(|| json!({}));
            if let Json::Object(inner) = inner {
                insert_nested(inner, rest, value);
            }
        }
    }
}
