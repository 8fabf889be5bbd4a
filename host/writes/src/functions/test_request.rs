//! What `/_udf/{name}/_test` is asked.

use quidditch_function::Role;
use quidditch_index::Mapping;
use quidditch_service::writing::ApiError;
use serde_json::{Map, Value as Json};

use crate::body::Keys;

/// What the body is, in errors.
const WHAT: &str = "udf_test";

/// The types of values.
const VALUE_TYPES: [&str; 5] = ["boolean", "date", "double", "keyword", "long"];

/// A function call, and the documents that it gets.
#[derive(Debug)]
pub(super) struct TestRequest {
    pub(super) version: Option<String>,
    pub(super) role: Role,
    /// The type of the values; empty for other roles.
    pub(super) values_type: String,
    pub(super) parameters: Map<String, Json>,
    pub(super) mapping: Mapping,
    pub(super) documents: Vec<Json>,
    pub(super) inputs: ShowInputs,
}

/// Whether the answer has what the function receives of each document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ShowInputs {
    Yes,
    No,
}

impl TestRequest {
    /// Reads a body.
    ///
    /// # Errors
    /// Unknown keys and wrong values.
    pub(super) fn read(body: Map<String, Json>) -> Result<Self, ApiError> {
        let mut keys = Keys::new(body, WHAT);
        let version = keys.take_text("version")?;
        let role = read_role(keys.take_text("role")?)?;
        let values_type = read_values_type(keys.take_text("type")?, role)?;
        let parameters = keys.take_object("parameters")?.unwrap_or_default();
        let mapping = match keys.take_object("mapping")? {
            Some(mapping) => Mapping::from_json(&Json::Object(mapping))?,
            None => Mapping::default(),
        };
        let documents = match keys.take("documents") {
            Some(Json::Array(documents)) => documents,
            Some(other) => {
                return Err(ApiError::object(format!("[{WHAT}] [documents] must be a list, but is [{other}]")));
            }
            None => return Err(ApiError::validation("documents are missing")),
        };
        let inputs = if keys.take_boolean("trace")?.unwrap_or(false) { ShowInputs::Yes } else { ShowInputs::No };
        keys.finish()?;
        Ok(TestRequest { version, role, values_type, parameters, mapping, documents, inputs })
    }

    /// The documents, one on each line.
    pub(super) fn lines(&self) -> String {
        self.documents.iter().map(|document| format!("{document}\n")).collect()
    }
}

fn read_role(name: Option<String>) -> Result<Role, ApiError> {
    let Some(name) = name else {
        return Err(ApiError::validation("role is missing"));
    };
    Role::ALL
        .into_iter()
        .find(|role| role.name() == name)
        .ok_or_else(|| ApiError::Argument(format!("unknown [role] [{name}], use [filter], [scorer] or [values]")))
}

fn read_values_type(name: Option<String>, role: Role) -> Result<String, ApiError> {
    match (name, role) {
        (None, Role::Values) => Err(ApiError::validation("type is missing: that of the values")),
        (None, _) => Ok(String::new()),
        (Some(name), Role::Values) if VALUE_TYPES.contains(&name.as_str()) => Ok(name),
        (Some(name), Role::Values) => Err(ApiError::Argument(format!(
            "unknown [type] [{name}], use [boolean], [date], [double], [keyword] or [long]"
        ))),
        (Some(_), role) => Err(ApiError::Argument(format!("[type] is for the role [values], not for [{role}]"))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(body: Json) -> Result<TestRequest, ApiError> {
        TestRequest::read(body.as_object().cloned().expect("an object"))
    }

    #[test]
    fn a_request_has_documents_and_a_role() {
        let request = read(json!({
            "role": "values", "type": "double", "version": "^1", "parameters": { "a": 1 },
            "mapping": { "properties": { "n": { "type": "long" } } }, "documents": [{ "n": 1 }, 2],
        }));
        let request = request.expect("valid");
        assert_eq!(
            (request.role, request.values_type.as_str(), request.version.as_deref()),
            (Role::Values, "double", Some("^1"))
        );
        assert_eq!(request.lines(), "{\"n\":1}\n2\n");
        let least = read(json!({ "role": "filter", "documents": [] })).expect("valid");
        assert_eq!((least.lines().as_str(), least.parameters.len(), least.inputs), ("", 0, ShowInputs::No));
        let traced = read(json!({ "role": "filter", "documents": [], "trace": true })).expect("valid");
        assert_eq!(traced.inputs, ShowInputs::Yes);
    }

    #[test]
    fn mistakes_are_named() {
        let error = |body: Json| read(body).expect_err("refused").to_string();
        insta::assert_snapshot!(error(json!({ "documents": [] })), @"Validation Failed: 1: role is missing;");
        insta::assert_snapshot!(error(json!({ "role": "filter" })), @"Validation Failed: 1: documents are missing;");
        insta::assert_snapshot!(error(json!({ "role": "judge", "documents": [] })), @"unknown [role] [judge], use [filter], [scorer] or [values]");
        insta::assert_snapshot!(error(json!({ "role": "values", "documents": [] })), @"Validation Failed: 1: type is missing: that of the values;");
        insta::assert_snapshot!(error(json!({ "role": "values", "type": "text", "documents": [] })), @"unknown [type] [text], use [boolean], [date], [double], [keyword] or [long]");
        insta::assert_snapshot!(error(json!({ "role": "filter", "type": "long", "documents": [] })), @"[type] is for the role [values], not for [filter]");
        insta::assert_snapshot!(error(json!({ "role": "filter", "documents": {} })), @"[udf_test] [documents] must be a list, but is [{}]");
        insta::assert_snapshot!(error(json!({ "role": "filter", "documents": [], "params": {} })), @"[udf_test] unknown field [params]");
    }
}
