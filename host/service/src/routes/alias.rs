//! `/_alias`, `/_aliases` and `/{index}/_alias`: the aliases of indices.

use std::collections::BTreeMap;

use http::StatusCode;
use quidditch_index::{Aliases, Cost};
use serde_json::{Map, Value as Json, json};

use crate::Service;
use crate::accepted_parameters::take_cluster_parameters;
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::indices::IndicesOptions;
use crate::name_patterns::NamePatterns;

/// The aliases of indices, by index. With names in the path, only these, and only indices that have any of them; a name that no
/// alias has makes it a 404.
pub(crate) async fn alias(service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let expression = call.indices();
    let wanted = call.names.get("name").map(NamePatterns::parse);
    let options = IndicesOptions::take(&mut call.parameters, IndicesOptions::DEFAULT)?;
    take_cluster_parameters(&mut call.parameters)?;
    call.finish()?;
    let targets = service.targets(&expression, &options, &Cost::default()).await?;
    let aliases = service.names.aliases().await?;
    let mut answer: BTreeMap<&str, Json> = BTreeMap::new();
    for target in &targets {
        let index = target.snapshot.name();
        let of_index = aliases_of(&aliases, index, |alias| wanted.as_ref().is_none_or(|wanted| wanted.matches(alias)));
        if wanted.is_none() || !of_index.is_empty() {
            answer.insert(index, json!({ "aliases": of_index }));
        }
    }
    let has = |name: &str| targets.iter().any(|target| has_alias(&aliases, target.snapshot.name(), name));
    let mut missing: Vec<&str> = wanted.iter().flat_map(NamePatterns::names).filter(|name| !has(name)).collect();
    if missing.is_empty() {
        return Ok(Answer::json(&answer));
    }
    missing.sort_unstable();
    let plural = if missing.len() == 1 { "alias" } else { "aliases" };
    let error = format!("{plural} [{}] missing", missing.join(","));
    let mut body = Map::from_iter([("error".to_owned(), Json::String(error)), ("status".to_owned(), json!(404))]);
    body.extend(answer.into_iter().map(|(index, aliases)| (index.to_owned(), aliases)));
    Ok(Answer::json_with(StatusCode::NOT_FOUND, &body))
}

/// The aliases of an index that are wanted, with what they say about it.
pub(crate) fn aliases_of(aliases: &Aliases, index: &str, is_wanted: impl Fn(&str) -> bool) -> Map<String, Json> {
    let of_index = aliases.of_index(index).filter(|(alias, _)| is_wanted(alias));
    of_index.map(|(alias, options)| (alias.to_owned(), json!(options))).collect()
}

fn has_alias(aliases: &Aliases, index: &str, alias: &str) -> bool {
    aliases.indices(alias).is_some_and(|indices| indices.contains_key(index))
}
