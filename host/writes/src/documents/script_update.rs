//! Updates of a document by a script.

use http::StatusCode;
use quidditch_index::parse_json;
use quidditch_indexing::{CurrentDocument, DocumentUpdate, UpdateError, Updated};
use quidditch_service::writing::Refusal;
use serde_json::{Map, Value as Json, json};

use super::scripts::RequestScript;

/// What happens if the document is missing.
pub(super) enum IfAbsent {
    /// The update fails.
    Fail,
    /// This one is stored.
    Store(Map<String, Json>),
    /// The script changes this one, which is then stored.
    Run(Map<String, Json>),
}

/// Changes a document with a script.
pub(super) struct ScriptUpdate {
    pub(super) script: RequestScript,
    pub(super) if_absent: IfAbsent,
}

impl DocumentUpdate for ScriptUpdate {
    fn update(&self, current: Option<CurrentDocument<'_>>) -> Result<Updated, UpdateError> {
        match (current, &self.if_absent) {
            (Some(current), _) => self.change(current),
            (None, IfAbsent::Fail) => Err(UpdateError::Missing),
            (None, IfAbsent::Store(document)) => Ok(Updated::Index(Json::from(document.clone()).to_string())),
            (None, IfAbsent::Run(document)) => self.create(document),
        }
    }
}

impl ScriptUpdate {
    fn change(&self, current: CurrentDocument<'_>) -> Result<Updated, UpdateError> {
        let CurrentDocument { index, id, source, revision } = current;
        let source = parse_json(source).map_err(|error| UpdateError::Failed(Box::new(error)))?;
        let ctx = json!({
            "_routing": null, "op": "index", "_index": index, "_source": source, "_id": id, "_now": self.script.now(),
            "_version": revision.version,
        });
        let mut ctx = self.run(ctx)?;
        match ctx["op"].as_str() {
            Some("index") => Ok(Updated::Index(source_of(&mut ctx)?)),
            Some("delete") => Ok(Updated::Delete),
            // Anything else changes nothing, as in OpenSearch.
            _ => Ok(Updated::Noop),
        }
    }

    fn create(&self, document: &Map<String, Json>) -> Result<Updated, UpdateError> {
        let mut ctx = self.run(json!({ "op": "create", "_source": document, "_now": self.script.now() }))?;
        match ctx["op"].as_str() {
            Some("create") => Ok(Updated::Index(source_of(&mut ctx)?)),
            _ => Ok(Updated::Noop),
        }
    }

    fn run(&self, ctx: Json) -> Result<Json, UpdateError> {
        let Json::Object(ctx) = ctx else { unreachable!("it is an object") };
        self.script.run(&ctx).map(Json::Object).map_err(|cause| {
            let status = if cause.status().is_server_error() { cause.status() } else { StatusCode::BAD_REQUEST };
            let refusal = Refusal::new(status, "illegal_argument_exception", "failed to execute script");
            UpdateError::Failed(Box::new(refusal.caused_by(*cause)))
        })
    }
}

fn source_of(ctx: &mut Json) -> Result<String, UpdateError> {
    match ctx["_source"].take() {
        Json::Object(source) => Ok(Json::Object(source).to_string()),
        other => {
            let reason = format!("the script made [ctx._source] [{other}], which is not an object");
            let refusal = Refusal::bad_request("illegal_argument_exception", reason);
            Err(UpdateError::Failed(Box::new(refusal)))
        }
    }
}
