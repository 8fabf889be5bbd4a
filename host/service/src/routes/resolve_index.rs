//! `/_resolve/index/{name}`: which indices and aliases have names that match.

use serde_json::{Map, Value as Json, json};

use crate::Service;
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::indices::{Expression, IndicesOptions};
use crate::name_patterns::NamePatterns;

/// Lists indices with their aliases, and aliases with their indices. Unknown names are left out.
pub(crate) async fn resolve_index(service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let wanted = NamePatterns::parse(&call.name("name"));
    let options = IndicesOptions::take(&mut call.parameters, IndicesOptions::DEFAULT)?;
    call.finish()?;
    let all = service.summaries(&Expression::from_path(None), &options).await?;
    let aliases = service.names.aliases().await?;
    let entry = |index: &str| {
        let names: Vec<&str> = aliases.of_index(index).map(|(alias, _)| alias).collect();
        let mut entry = Map::from_iter([("name".to_owned(), Json::from(index))]);
        if !names.is_empty() {
            entry.insert("aliases".to_owned(), json!(names));
        }
        entry.insert("attributes".to_owned(), json!(["open"]));
        Json::Object(entry)
    };
    let indices: Vec<Json> =
        all.iter().map(|(name, _)| name).filter(|name| wanted.matches(name)).map(|name| entry(name)).collect();
    let has = |index: &str| all.iter().any(|(name, _)| name == index);
    let mut listed = Vec::new();
    for (alias, of_alias) in aliases.by_name.iter().filter(|(alias, _)| wanted.matches(alias)) {
        let names: Vec<&str> = of_alias.keys().map(String::as_str).filter(|index| has(index)).collect();
        if !names.is_empty() {
            listed.push(json!({ "name": alias, "indices": names }));
        }
    }
    Ok(Answer::json(&json!({ "indices": indices, "aliases": listed, "data_streams": [] })))
}
