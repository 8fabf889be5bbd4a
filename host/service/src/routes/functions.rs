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
pub(crate) async fn function(service: &Service, call: Call) -> Result<Answer, ApiError> {
    let name = call.name("name");
    call.finish()?;
    let mut versions = service.catalog.list().await?;
    versions.retain(|function| function.name == name);
    if versions.is_empty() {
        return Err(ApiError::UnknownFunction(name));
    }
    Ok(Answer::json(&json!({ "name": name, "versions": versions })))
}

/// A function with its versions, described by the newest that can be read.
fn summary(versions: &[PublishedFunction]) -> Json {
    let numbers: Vec<&str> = versions.iter().map(|function| function.version.as_str()).collect();
    let newest = versions.iter().rfind(|function| function.error.is_none()).or(versions.last());
    let newest = newest.expect("a group has at least one member");
    let mut summary = json!({
        "name": newest.name,
        "versions": numbers,
        "summary": newest.summary,
        "filter": newest.roles.contains(Role::Filter),
        "scorer": newest.roles.contains(Role::Scorer),
        "values": newest.roles.contains(Role::Values),
    });
    let errors: Vec<&str> = versions.iter().filter_map(|function| function.error.as_deref()).collect();
    if !errors.is_empty() {
        summary["errors"] = json!(errors);
    }
    summary
}

#[cfg(test)]
mod tests {
    use quidditch_function::{FunctionId, Roles};

    use super::*;

    #[test]
    fn a_damaged_version_is_listed_with_its_error() {
        let readable = PublishedFunction {
            lang: None,
            name: "f".to_owned(),
            version: "1.0.0".to_owned(),
            summary: "readable".to_owned(),
            roles: Roles::from(Role::Filter),
            parameters: Vec::new(),
            memory_mib: 0,
            error: None,
        };
        let id = FunctionId::new("f", "1.1.0");
        let damaged = PublishedFunction::damaged(&id, "the record of function f@1.1.0 is damaged".to_owned());
        let expected = json!({
            "name": "f", "versions": ["1.0.0", "1.1.0"], "summary": "readable", "filter": true, "scorer": false,
            "values": false,
            "errors": ["the record of function f@1.1.0 is damaged"],
        });
        assert_eq!(summary(&[readable, damaged.clone()]), expected);
        let only_damaged = summary(&[damaged]);
        assert_eq!((&only_damaged["summary"], &only_damaged["filter"]), (&json!(""), &json!(false)));
    }
}
