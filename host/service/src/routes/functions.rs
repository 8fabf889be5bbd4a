//! `/_udf` and `/_udf/{name}`: the published functions and their parameters.

use quidditch_function::{PublishedFunction, Role};
use serde_json::{Value as Json, json};

use crate::Service;
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;

/// Lists all functions with their versions.
pub(crate) async fn functions(service: &Service, call: Call) -> Result<Answer, ApiError> {
    call.finish()?;
    let published = service.catalog.list().await?;
    let by_name = published.chunk_by(|left, right| left.name == right.name);
    let functions: Vec<Json> = by_name.map(summary).collect();
    Ok(Answer::json(&json!({ "functions": functions })))
}

/// Describes every version of one function with its parameters.
pub(crate) async fn function(service: &Service, name: &str, call: Call) -> Result<Answer, ApiError> {
    call.finish()?;
    let mut versions = service.catalog.list().await?;
    versions.retain(|function| function.name == name);
    if versions.is_empty() {
        return Err(ApiError::UnknownFunction(name.to_owned()));
    }
    Ok(Answer::json(&json!({ "name": name, "versions": versions })))
}

/// A function with its versions, described by the newest.
fn summary(versions: &[PublishedFunction]) -> Json {
    let numbers: Vec<&str> = versions.iter().map(|function| function.version.as_str()).collect();
    let newest = versions.last().expect("a group has at least one member");
    json!({
        "name": newest.name,
        "versions": numbers,
        "summary": newest.summary,
        "filter": newest.roles.contains(Role::Filter),
        "scorer": newest.roles.contains(Role::Scorer),
    })
}
