//! What a script makes of one of many documents.

use bytes::Bytes;
use quidditch_index::parse_json;
use quidditch_service::writing::ApiError;
use serde_json::{Value as Json, json};

use super::found::FoundDocument;
use super::scripts::RequestScript;

/// What is to be done with a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DocumentOp {
    Index,
    Delete,
    Noop,
}

/// What a script has made of a document. What it has not changed is `None`.
#[derive(Debug)]
pub(super) struct ChangedDocument {
    pub(super) op: DocumentOp,
    pub(super) source: Bytes,
    pub(super) index: Option<Json>,
    pub(super) id: Option<Json>,
    pub(super) version: Option<Json>,
    pub(super) routing: Option<Json>,
}

impl ChangedDocument {
    /// Runs a script for a document of an index.
    ///
    /// # Errors
    /// A failure of the script; what it must not do to `ctx`.
    pub(super) fn from_script(found: &FoundDocument, index: &str, script: &RequestScript) -> Result<Self, ApiError> {
        let source = parse_json(&found.source).map_err(|error| ApiError::invalid_json("a document", &error))?;
        let before = json!({
            "_routing": null, "op": "index", "_index": index, "_source": source, "_id": found.id, "_version": -1,
        });
        let Json::Object(before) = before else { unreachable!("it is an object") };
        let mut after = script.run(&before)?;
        let mut changed = |key: &str| {
            let value = after.shift_remove(key).unwrap_or(Json::Null);
            Some(value).filter(|value| *value != before[key])
        };
        let (index, id, version, routing) =
            (changed("_index"), changed("_id"), changed("_version"), changed("_routing"));
        let op = match after.shift_remove("op") {
            None | Some(Json::Null) => return Err(ApiError::Argument("Script cleared operation type".to_owned())),
            Some(op) => DocumentOp::parse(&op)?,
        };
        let source = after.shift_remove("_source").unwrap_or(Json::Null);
        if let Some(key) = after.keys().next() {
            return Err(ApiError::Argument(format!("Invalid fields added to context [{key}]")));
        }
        if op == DocumentOp::Index && !source.is_object() {
            let reason = format!("the script made [ctx._source] [{source}], which is not an object");
            return Err(ApiError::Argument(reason));
        }
        Ok(ChangedDocument { op, source: Bytes::from(source.to_string()), index, id, version, routing })
    }

    /// Fails if the script has changed which document it is.
    pub(super) fn check_same(&self) -> Result<(), ApiError> {
        let ChangedDocument { index, id, version, routing, .. } = self;
        for (key, value) in [("_index", index), ("_id", id), ("_version", version), ("_routing", routing)] {
            if value.is_some() {
                return Err(ApiError::Argument(format!("Modifying [{key}] not allowed")));
            }
        }
        Ok(())
    }
}

impl DocumentOp {
    fn parse(op: &Json) -> Result<Self, ApiError> {
        match op.as_str() {
            Some("index") => Ok(DocumentOp::Index),
            Some("delete") => Ok(DocumentOp::Delete),
            Some("noop") => Ok(DocumentOp::Noop),
            name => {
                let name = name.map_or_else(|| op.to_string(), str::to_owned);
                let allowed = "only [noop, index, delete] are allowed";
                Err(ApiError::Argument(format!("Operation type [{name}] not allowed, {allowed}")))
            }
        }
    }
}
