//! What is known of a published function.

use bytes::Bytes;
use quidditch_function::{FunctionId, Metadata, Parameter, ParameterKind, Roles, Value};
use semver::Version;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// A component to be published.
#[derive(Debug, Clone)]
pub struct Publication {
    /// The name to call it by: a lower-case letter, then up to 63 lower-case letters, digits or `_`.
    pub name: String,
    /// Semantic version.
    pub version: String,
    /// The component.
    pub component: Bytes,
    /// Who made it.
    pub authors: Option<String>,
    /// Under which licence it may be used, as an SPDX expression.
    pub licence: Option<String>,
    /// When, in milliseconds since the Unix epoch.
    pub published_unix_millis: i64,
}

/// What publishing led to.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// The record as it is in the store.
    pub record: Record,
    /// `false` if the same component had been published under this version before.
    pub new: bool,
}

/// A published function, as `function.json` has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Name.
    pub name: String,
    /// Version.
    pub version: Version,
    /// SHA-256 digest of the component, hexadecimal.
    pub sha256: String,
    /// Bytes of the component.
    pub size: u64,
    /// One or two sentences for people.
    pub summary: String,
    /// What it can be bound with.
    pub parameters: Vec<ParameterRecord>,
    /// What it can be bound as.
    #[serde(flatten)]
    pub roles: Roles,
    /// Who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authors: Option<String>,
    /// Under which licence it may be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// When it was published, in milliseconds since the Unix epoch.
    pub published_unix_millis: i64,
}

/// One parameter of a published function.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ParameterRecord {
    /// The key in a request's `parameters`.
    pub name: String,
    /// The contract's name for what it takes.
    pub kind: String,
    /// Whether a clause must give it.
    pub required: bool,
    /// What the function gets where the clause does not give it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Json>,
    /// One line for people.
    pub summary: String,
}

impl Record {
    /// The record of a publication, with what the function says of itself.
    pub(crate) fn new(publication: &Publication, version: Version, sha256: String, metadata: &Metadata) -> Self {
        Record {
            name: publication.name.clone(),
            version,
            sha256,
            size: publication.component.len() as u64,
            summary: metadata.summary.clone(),
            parameters: metadata.parameters.iter().map(ParameterRecord::from).collect(),
            roles: metadata.roles,
            authors: publication.authors.clone(),
            licence: publication.licence.clone(),
            published_unix_millis: publication.published_unix_millis,
        }
    }
}

impl Record {
    /// What the function said of itself when it was published. A default that is no value of its parameter's kind, or of a kind
    /// that this program does not know, is left to the function.
    pub fn metadata(&self) -> Metadata {
        Metadata {
            id: FunctionId::new(self.name.as_str(), self.version.to_string()),
            summary: self.summary.clone(),
            parameters: self.parameters.iter().map(ParameterRecord::parameter).collect(),
            roles: self.roles,
        }
    }
}

impl ParameterRecord {
    fn parameter(&self) -> Parameter {
        // A later version of the contract may have more kinds: any JSON can be told in text.
        let kind = ParameterKind::of_name(&self.kind).unwrap_or(ParameterKind::Json);
        Parameter {
            name: self.name.clone(),
            kind,
            required: self.required,
            default: self.default.as_ref().and_then(|default| Value::of_json(kind, default)),
            summary: self.summary.clone(),
        }
    }
}

impl From<&Parameter> for ParameterRecord {
    fn from(parameter: &Parameter) -> Self {
        ParameterRecord {
            name: parameter.name.clone(),
            kind: parameter.kind.name().to_owned(),
            required: parameter.required,
            default: parameter.default.as_ref().map(json),
            summary: parameter.summary.clone(),
        }
    }
}

fn json(value: &Value) -> Json {
    match value {
        Value::Boolean(value) => Json::from(*value),
        Value::Integer(value) => Json::from(*value),
        Value::Float(value) => Json::from(*value),
        Value::Text(value) => Json::from(value.as_str()),
        Value::Integers(values) => Json::from(values.as_slice()),
        Value::Floats(values) => Json::from(values.as_slice()),
        Value::Texts(values) => Json::from(values.as_slice()),
        Value::Json(text) => serde_json::from_str(text).unwrap_or_else(|_| Json::from(text.as_str())),
    }
}

#[cfg(test)]
mod tests {
    use quidditch_function::Role;

    use super::*;

    #[test]
    fn a_record_says_what_the_function_said() {
        let parameter = |kind: ParameterKind, default: Option<Value>| Parameter {
            name: kind.name().to_owned(),
            kind,
            required: default.is_none(),
            default,
            summary: "a summary".to_owned(),
        };
        let metadata = Metadata {
            id: FunctionId::new("f", "1.2.3"),
            summary: "does something".to_owned(),
            parameters: vec![
                parameter(ParameterKind::Boolean, Some(Value::Boolean(true))),
                parameter(ParameterKind::Integer, Some(Value::Integer(-7))),
                parameter(ParameterKind::Float, Some(Value::Float(0.1))),
                parameter(ParameterKind::Text, Some(Value::Text("x".to_owned()))),
                parameter(ParameterKind::Integers, Some(Value::Integers(vec![1, 2]))),
                parameter(ParameterKind::Floats, Some(Value::Floats(vec![1.5]))),
                parameter(ParameterKind::Texts, Some(Value::Texts(vec!["y".to_owned()]))),
                parameter(ParameterKind::Json, Some(Value::Json(r#"{"a":[1]}"#.to_owned()))),
                parameter(ParameterKind::Field, None),
            ],
            roles: Role::Filter.into(),
        };
        let publication = Publication {
            name: "f".to_owned(),
            version: "1.2.3".to_owned(),
            component: Bytes::new(),
            authors: None,
            licence: None,
            published_unix_millis: 0,
        };
        let record = Record::new(&publication, Version::new(1, 2, 3), String::new(), &metadata);
        assert_eq!(record.metadata(), metadata);
    }
}
