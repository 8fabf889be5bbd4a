//! Published functions and their metadata.

use std::sync::Arc;

use bytes::Bytes;
use quidditch_function::{
    About, CONTRACT_VERSION, Cause, Function, FunctionId, Metadata, Parameter, ParameterKind, Provenance, Roles,
    StoredScript, Value, VersionState,
};
use quidditch_signing::PublicKey;
use semver::Version;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::digest::sha256_hex;
use crate::published_script::PublishedScript;

/// A component to be published.
#[derive(Debug, Clone)]
pub struct Publication {
    /// The name, or namespace and name: `geo_distance`, `team/geo_distance`. Each is a lower-case letter followed by up to 63
    /// lower-case letters, digits or `_`.
    pub name: String,
    /// Semantic version.
    pub version: String,
    /// The component.
    pub component: Bytes,
    /// Who publishes it, when, and from where.
    pub provenance: Provenance,
}

/// A script to be published as a function.
#[derive(Debug, Clone)]
pub struct ScriptPublication {
    /// The name, as of a component.
    pub name: String,
    /// Semantic version.
    pub version: String,
    /// The script. That it can be compiled is not checked here.
    pub script: StoredScript,
    /// One or two sentences for users.
    pub summary: String,
    /// The roles that it is for.
    pub roles: Roles,
    /// The parameters, which the script reads as `params`.
    pub parameters: Vec<Parameter>,
    /// Who publishes it, when, and from where.
    pub provenance: Provenance,
}

/// The result of publishing.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// The stored record.
    pub record: Record,
    /// `false` if the same component was already published under this version.
    pub new: bool,
    /// The key that it was signed with, if there is a signing key.
    pub signed_by: Option<PublicKey>,
}

/// A published version: what it was published as, what has become of it, and who vouches for it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PublishedVersion {
    /// What it was published as.
    #[serde(flatten)]
    pub record: Record,
    /// What has become of it.
    #[serde(flatten)]
    pub state: VersionState,
    /// Its signatures. Lists of all versions leave them out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signatures: Vec<VersionSignature>,
}

/// A signature of a published version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionSignature {
    /// The key that signed, says the store.
    pub key: PublicKey,
    /// Whether the signature is one of this version by this key.
    pub valid: bool,
    /// Whether the key is trusted.
    pub trusted: bool,
}

/// A published function, as stored in `function.json`. It never changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Name.
    pub name: String,
    /// Version.
    pub version: Version,
    /// SHA-256 digest of the component, hexadecimal.
    pub sha256: String,
    /// Size of the component in bytes.
    pub size: u64,
    /// One or two sentences for users.
    pub summary: String,
    /// The parameters.
    pub parameters: Vec<ParameterRecord>,
    /// The roles that it can be bound in.
    #[serde(flatten)]
    pub roles: Roles,
    /// The version of the contract that it was built against.
    #[serde(default = "first_contract")]
    pub contract: String,
    /// The memory that an instance may need, in MiB; 0 for what the host grants by default.
    #[serde(default)]
    pub memory_mib: u32,
    /// What the component says of itself.
    #[serde(flatten)]
    pub about: About,
    /// Who published it, when, and from where.
    #[serde(flatten)]
    pub provenance: Provenance,
    /// The script, if the function is one. Then there is no component, and `sha256` is a digest of everything that makes the
    /// function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<StoredScript>,
}

/// The contract of records that do not name one.
fn first_contract() -> String {
    "0.1.0".to_owned()
}

/// One parameter of a published function.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ParameterRecord {
    /// The key in a request's `parameters`.
    pub name: String,
    /// The name of its kind in the contract.
    pub kind: String,
    /// Whether a clause must have it.
    pub required: bool,
    /// The value if a clause does not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Json>,
    /// One line for users.
    pub summary: String,
}

impl Record {
    /// The record of a publication, with the metadata of the function.
    pub(crate) fn new(
        publication: &Publication,
        version: Version,
        sha256: String,
        metadata: &Metadata,
        about: About,
    ) -> Self {
        Record {
            name: publication.name.clone(),
            version,
            sha256,
            size: publication.component.len() as u64,
            summary: metadata.summary.clone(),
            parameters: metadata.parameters.iter().map(ParameterRecord::from).collect(),
            roles: metadata.roles,
            contract: CONTRACT_VERSION.to_owned(),
            memory_mib: metadata.memory_mib,
            about,
            provenance: publication.provenance.clone(),
            script: None,
        }
    }

    /// Whether this is the record of the same function, whoever published it, and when.
    pub(crate) fn is_same_function(&self, other: &Record) -> bool {
        Record { provenance: other.provenance.clone(), ..self.clone() } == *other
    }

    /// What the function was published as, if it is a script.
    pub(crate) fn script_publication(&self) -> Option<ScriptPublication> {
        Some(ScriptPublication {
            name: self.name.clone(),
            version: self.version.to_string(),
            script: self.script.clone()?,
            summary: self.summary.clone(),
            roles: self.roles,
            parameters: self.metadata().parameters,
            provenance: self.provenance.clone(),
        })
    }

    /// The record of a script.
    pub(crate) fn from_script(publication: &ScriptPublication, version: Version) -> Self {
        let mut record = Record {
            name: publication.name.clone(),
            version,
            sha256: String::new(),
            size: publication.script.source.len() as u64,
            summary: publication.summary.clone(),
            parameters: publication.parameters.iter().map(ParameterRecord::from).collect(),
            roles: publication.roles,
            contract: CONTRACT_VERSION.to_owned(),
            memory_mib: 0,
            about: About::default(),
            // Who publishes it does not make it another script.
            provenance: Provenance::default(),
            script: Some(publication.script.clone()),
        };
        let json = serde_json::to_vec(&record).expect("all maps of a record have text keys");
        record.sha256 = sha256_hex(&json);
        record.provenance = publication.provenance.clone();
        record
    }

    /// The function, if it is a script.
    pub fn published_script(&self) -> Option<Arc<dyn Function>> {
        let script = self.script.clone()?;
        Some(Arc::new(PublishedScript { metadata: self.metadata(), script }))
    }

    /// The name and version.
    pub fn id(&self) -> FunctionId {
        FunctionId::new(self.name.as_str(), self.version.to_string())
    }

    /// The metadata of the function when it was published. A default that is not a value of its parameter's kind, or whose kind
    /// is unknown, is omitted: the function has its own.
    pub fn metadata(&self) -> Metadata {
        Metadata {
            id: self.id(),
            summary: self.summary.clone(),
            parameters: self.parameters.iter().map(ParameterRecord::parameter).collect(),
            roles: self.roles,
            memory_mib: self.memory_mib,
        }
    }

    /// Why the function cannot be used, if it was built against another version of the contract.
    pub(crate) fn unsupported_contract(&self) -> Option<Cause> {
        let contract = &self.contract;
        let reason = || {
            format!(
                "it was built against quidditch:udf@{contract}: rebuild it against quidditch:udf@{CONTRACT_VERSION} and publish it \
                 under a new version"
            )
        };
        (contract != CONTRACT_VERSION).then(|| Cause::Unusable(reason()))
    }
}

impl ParameterRecord {
    fn parameter(&self) -> Parameter {
        // A later version of the contract may have more kinds. Any value can be passed as JSON text.
        let kind = ParameterKind::from_name(&self.kind).unwrap_or(ParameterKind::Json);
        Parameter {
            name: self.name.clone(),
            kind,
            required: self.required,
            default: self.default.as_ref().and_then(|default| Value::from_json(kind, default)),
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
            default: parameter.default.as_ref().map(Value::to_json),
            summary: parameter.summary.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use quidditch_function::Role;

    use super::*;

    #[test]
    fn a_record_has_the_metadata_of_the_function() {
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
            memory_mib: 200,
        };
        let publication = Publication {
            name: "f".to_owned(),
            version: "1.2.3".to_owned(),
            component: Bytes::new(),
            provenance: Provenance::default(),
        };
        let record = Record::new(&publication, Version::new(1, 2, 3), String::new(), &metadata, About::default());
        assert_eq!(record.metadata(), metadata);
        assert_eq!(record.unsupported_contract(), None);
    }

    #[test]
    fn a_script_that_was_published_before_is_the_same() {
        let publication = ScriptPublication {
            name: "f".to_owned(),
            version: "1.0.0".to_owned(),
            script: StoredScript {
                lang: "expression".to_owned(),
                source: "1".to_owned(),
                options: std::collections::BTreeMap::new(),
            },
            summary: "one".to_owned(),
            roles: Role::Scorer.into(),
            parameters: Vec::new(),
            provenance: Provenance {
                published_unix_millis: 7,
                published_by: Some("ada".to_owned()),
                published_from: None,
            },
        };
        let record = Record::from_script(&publication, Version::new(1, 0, 0));
        assert_eq!(record.sha256, "a1a84a140662e97fc8652655a0611047bfd3191e11775566c5fbabdbb270a655");
        assert_eq!(record.provenance, publication.provenance);
    }

    #[test]
    fn a_record_without_a_contract_is_of_the_first_one() {
        let json = r#"{"name": "f", "version": "1.0.0", "sha256": "", "size": 1, "summary": "", "parameters": [], "filter": true,
            "scorer": false, "published_unix_millis": 0}"#;
        let record: Record = serde_json::from_str(json).expect("an old record");
        assert_eq!(record.roles, Role::Filter.into());
        assert_eq!((&record.provenance, &record.about), (&Provenance::default(), &About::default()));
        let cause = record.unsupported_contract().expect("an old contract");
        insta::assert_snapshot!(cause, @"it was built against quidditch:udf@0.1.0: rebuild it against quidditch:udf@0.2.0 and publish it under a new version");
    }
}
