//! `PUT` and `DELETE /_scripts/{id}`: stored scripts and templates of searches.

mod compile;
mod execute;
mod execution;
mod one_document;

use std::collections::BTreeMap;

use http::StatusCode;
use quidditch_function::{StoredScript, error_chain, name_and_version};
use quidditch_registry::{PublishedVersion, Registry, RegistryError};
use quidditch_service::writing::{Answer, ApiError, Call, Refusal};
use serde_json::{Value as Json, json};

use self::compile::{MUSTACHE, compile, role_in};
pub(crate) use self::execute::execute_script;
use crate::Writes;
use crate::body::required_object;
use crate::parameters::take_change_parameters;

/// The language of a stored script that is another name of a published function. Its source is `name` or `name@version`.
const WASM: &str = "wasm";

/// What a template is that was given as an object.
const JSON_TYPE: (&str, &str) = ("content_type", "application/json; charset=UTF-8");

/// Stores a script or a template, in place of the one with the same id. With a context, the script must compile for it.
pub(crate) async fn put_script(writes: &Writes, mut call: Call) -> Result<Answer, ApiError> {
    let id = call.name("id");
    take_change_parameters(&mut call.parameters)?;
    let of_url = call.parameters.take("context")?;
    let context = call.names.get("context").map(str::to_owned).or(of_url);
    call.parameters.finish(&call.path)?;
    if id.contains('#') {
        return Err(ApiError::validation("id cannot contain '#' for stored script"));
    }
    let mut body = required_object(&call)?;
    let script = body.shift_remove("script");
    if let Some(key) = body.keys().next() {
        return Err(parsing(format!("unexpected field [{key}], expected [script]")));
    }
    let script = read_script(script.ok_or_else(|| parsing("expected field [script]".to_owned()))?)?;
    let registry = registry(writes)?;
    if script.lang == WASM {
        check_function(registry, &script.source, &id, context.as_deref()).await?;
    } else if let Some(context) = context {
        compile(&script, &id, &context, &writes.clock)?;
    }
    registry.put_script(&id, &script).await.map_err(registry_failure)?;
    Ok(Answer::json(&json!({ "acknowledged": true })))
}

/// Checks that a function is published and, with a context, that it can be called there.
async fn check_function(registry: &Registry, function: &str, id: &str, context: Option<&str>) -> Result<(), ApiError> {
    let (name, version) = name_and_version(function);
    let PublishedVersion { record, .. } = registry.show(name, version).await.map_err(registry_failure)?;
    let Some(context) = context else { return Ok(()) };
    let role = role_in(context, id)?;
    if record.roles.contains(role) {
        return Ok(());
    }
    let (function, roles) = (record.id(), record.roles);
    let reason = format!("function [{function}] cannot be called in the context [{context}]: its roles are [{roles}]");
    Err(ApiError::Argument(reason))
}

/// Removes a stored script.
pub(crate) async fn delete_script(writes: &Writes, mut call: Call) -> Result<Answer, ApiError> {
    let id = call.name("id");
    take_change_parameters(&mut call.parameters)?;
    call.finish()?;
    match registry(writes)?.delete_script(&id).await.map_err(registry_failure)? {
        true => Ok(Answer::json(&json!({ "acknowledged": true }))),
        false => Err(ApiError::Missing(format!("stored script [{id}] does not exist and cannot be deleted"))),
    }
}

/// What stores scripts.
fn registry(writes: &Writes) -> Result<&Registry, ApiError> {
    let Some(registry) = &writes.registry else {
        let reason = "this program cannot change stored scripts, which other users may run: use `quidditch script`";
        return Err(Refusal::new(StatusCode::FORBIDDEN, "security_exception", reason).into());
    };
    Ok(registry)
}

/// Reads `{"lang": ..., "source": ...}`.
fn read_script(json: Json) -> Result<StoredScript, ApiError> {
    let Json::Object(mut script) = json else {
        return Err(parsing(format!("[script] must be an object, but is [{json}]")));
    };
    let mut options = BTreeMap::new();
    let lang = match script.shift_remove("lang") {
        Some(Json::String(lang)) => lang,
        Some(other) => return Err(parsing(format!("[lang] must be a string, but is [{other}]"))),
        None => return Err(ApiError::Argument("must specify lang for stored script".to_owned())),
    };
    let source = match script.shift_remove("source") {
        Some(Json::String(source)) => source,
        Some(source @ Json::Object(_)) if lang == MUSTACHE => {
            options.insert(JSON_TYPE.0.to_owned(), JSON_TYPE.1.to_owned());
            source.to_string()
        }
        Some(other) => return Err(parsing(format!("[source] must be a string, but is [{other}]"))),
        None => return Err(ApiError::Argument("must specify source for stored script".to_owned())),
    };
    match script.shift_remove("options") {
        None => {}
        Some(Json::Object(given)) => {
            for (key, value) in given {
                options.insert(key, value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            }
        }
        Some(other) => return Err(parsing(format!("[options] must be an object, but is [{other}]"))),
    }
    if let Some(key) = script.keys().next() {
        return Err(parsing(format!("unexpected field [{key}], expected [lang], [source] or [options]")));
    }
    if source.is_empty() {
        return Err(ApiError::Argument("source cannot be empty".to_owned()));
    }
    if !["painless", "expression", MUSTACHE, WASM].contains(&lang.as_str()) {
        return Err(ApiError::Argument(format!("unable to put stored script with unsupported lang [{lang}]")));
    }
    Ok(StoredScript { lang, source, options })
}

fn parsing(reason: String) -> ApiError {
    ApiError::Mistake { kind: "parsing_exception", reason }
}

fn registry_failure(error: RegistryError) -> ApiError {
    match error {
        RegistryError::Storage(error) => ApiError::Index(error.into()),
        error => ApiError::Argument(error_chain(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_and_templates_are_read() {
        let script = read_script(json!({"lang": "painless", "source": "1"})).expect("valid");
        assert_eq!((script.lang.as_str(), script.source.as_str(), script.options.len()), ("painless", "1", 0));
        let template = read_script(json!({"lang": "mustache", "source": {"size": "{{s}}"}})).expect("valid");
        assert_eq!(template.source, r#"{"size":"{{s}}"}"#);
        assert_eq!(template.options["content_type"], "application/json; charset=UTF-8");
    }

    #[test]
    fn mistakes_are_named() {
        let error = |json: Json| read_script(json).expect_err("refused").to_string();
        insta::assert_snapshot!(error(json!("1")), @r#"[script] must be an object, but is ["1"]"#);
        insta::assert_snapshot!(error(json!({"source": "1"})), @"must specify lang for stored script");
        insta::assert_snapshot!(error(json!({"lang": "painless"})), @"must specify source for stored script");
        insta::assert_snapshot!(error(json!({"lang": "painless", "source": ""})), @"source cannot be empty");
        insta::assert_snapshot!(error(json!({"lang": "nope", "source": "1"})), @"unable to put stored script with unsupported lang [nope]");
        insta::assert_snapshot!(error(json!({"lang": "painless", "source": "1", "foo": 1})), @"unexpected field [foo], expected [lang], [source] or [options]");
    }
}
