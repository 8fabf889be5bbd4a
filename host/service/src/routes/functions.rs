//! `/_udf`, `/_udf/{name}` and `/_udf/{name}/{version}`: the published functions and their parameters.

use quidditch_function::{FunctionId, PublishedFunction, Role};
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

/// Describes one version of a function.
pub(crate) async fn function_version(service: &Service, call: Call) -> Result<Answer, ApiError> {
    let id = FunctionId::new(call.name("name"), call.name("version"));
    call.finish()?;
    let versions = service.catalog.list().await?;
    let mut found = versions.iter().filter(|function| function.name == id.name && function.version == id.version);
    let Some(found) = found.next() else { return Err(ApiError::UnknownFunction(id.to_string())) };
    let mut answer = json!({ "name": found.name });
    if let (Json::Object(answer), Json::Object(description)) = (&mut answer, json!(found)) {
        answer.extend(description);
    }
    Ok(Answer::json(&answer))
}

/// A function with its versions, described by the newest that is not yanked and can be read.
fn summary(versions: &[PublishedFunction]) -> Json {
    let numbers = |select: fn(&PublishedFunction) -> bool| -> Vec<&str> {
        versions.iter().filter(|function| select(function)).map(|function| function.version.as_str()).collect()
    };
    let is_readable = |function: &&PublishedFunction| function.error.is_none();
    let is_current = |function: &&PublishedFunction| is_readable(function) && function.state.yanked.is_none();
    let newest = versions.iter().rfind(is_current).or(versions.iter().rfind(is_readable)).or(versions.last());
    let newest = newest.expect("a group has at least one member");
    let mut summary = json!({
        "name": newest.name,
        "versions": numbers(|_| true),
        "summary": newest.summary,
        "filter": newest.roles.contains(Role::Filter),
        "scorer": newest.roles.contains(Role::Scorer),
        "values": newest.roles.contains(Role::Values),
    });
    let origin = [json!(newest.about), json!(newest.provenance)];
    for origin in origin {
        if let (Json::Object(summary), Json::Object(origin)) = (&mut summary, origin) {
            summary.extend(origin);
        }
    }
    let yanked = numbers(|function| function.state.yanked.is_some());
    let deprecated = numbers(|function| function.state.deprecated.is_some());
    let disabled = numbers(|function| function.state.disabled().is_some());
    let errors: Vec<&str> = versions.iter().filter_map(|function| function.error.as_deref()).collect();
    for (key, list) in [("yanked", yanked), ("deprecated", deprecated), ("disabled", disabled), ("errors", errors)] {
        if !list.is_empty() {
            summary[key] = json!(list);
        }
    }
    summary
}

#[cfg(test)]
mod tests {
    use quidditch_function::{Deprecated, Disabled, Provenance, Roles, VersionState, Yanked};

    use super::*;

    fn version(version: &str, state: VersionState) -> PublishedFunction {
        PublishedFunction {
            name: "f".to_owned(),
            version: version.to_owned(),
            summary: format!("summary of {version}"),
            roles: Roles::from(Role::Filter),
            state,
            ..PublishedFunction::default()
        }
    }

    #[test]
    fn a_damaged_version_is_listed_with_its_error() {
        let id = FunctionId::new("f", "1.1.0");
        let damaged = PublishedFunction::damaged(&id, "the record of function f@1.1.0 is damaged".to_owned());
        let expected = json!({
            "name": "f", "versions": ["1.0.0", "1.1.0"], "summary": "summary of 1.0.0", "filter": true, "scorer": false,
            "values": false,
            "errors": ["the record of function f@1.1.0 is damaged"],
        });
        assert_eq!(summary(&[version("1.0.0", VersionState::default()), damaged.clone()]), expected);
        let only_damaged = summary(&[damaged]);
        assert_eq!((&only_damaged["summary"], &only_damaged["filter"]), (&json!(""), &json!(false)));
    }

    #[test]
    fn a_function_is_described_by_the_newest_version_that_is_not_yanked() {
        let disabled = Some(Disabled::default());
        let deprecated = Some(Deprecated { note: "use g".to_owned(), ..Deprecated::default() });
        let yanked = VersionState { yanked: Some(Yanked::default()), ..VersionState::default() };
        let provenance =
            Provenance { published_unix_millis: 7, published_by: Some("ada".to_owned()), published_from: None };
        let current = PublishedFunction {
            provenance: Some(provenance),
            ..version("1.0.0", VersionState { deprecated, disabled, ..VersionState::default() })
        };
        let expected = json!({
            "name": "f", "versions": ["1.0.0", "1.1.0"], "summary": "summary of 1.0.0", "filter": true, "scorer": false,
            "values": false, "published_unix_millis": 7, "published_by": "ada", "yanked": ["1.1.0"],
            "deprecated": ["1.0.0"], "disabled": ["1.0.0"],
        });
        assert_eq!(summary(&[current, version("1.1.0", yanked.clone())]), expected);
        assert_eq!(summary(&[version("1.1.0", yanked)])["summary"], "summary of 1.1.0");
    }
}
