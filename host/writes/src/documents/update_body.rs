//! The body of an update.

use std::sync::Arc;

use quidditch_engine::SourceFilter;
use quidditch_index::parse_json;
use quidditch_indexing::DocumentUpdate;
use quidditch_service::writing::ApiError;
use serde_json::Value as Json;

use super::partial_update::{IfEqual, PartialUpdate};
use super::script_update::{IfAbsent, ScriptUpdate};
use super::scripts::Scripts;
use crate::body::Keys;

/// What the body of an update asks for.
#[derive(Debug, Clone)]
pub(super) struct UpdateBody {
    pub(super) update: Arc<dyn DocumentUpdate>,
    /// Whether a document is stored if there is none.
    pub(super) is_upsert: bool,
    /// Which part of the new document is shown.
    pub(super) source: Option<SourceFilter>,
}

impl UpdateBody {
    /// Reads a body.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn parse(text: &str, scripts: &mut Scripts) -> Result<Self, ApiError> {
        let json = match text.trim() {
            "" => Json::Object(serde_json::Map::new()),
            text => parse_json(text).map_err(|error| ApiError::invalid_json("the update", &error))?,
        };
        let mut keys = Keys::of(json, "UpdateRequest")?;
        let doc = keys.take_object("doc")?;
        let upsert = keys.take_object("upsert")?;
        let script = keys.take("script");
        let doc_as_upsert = keys.take_boolean("doc_as_upsert")?.unwrap_or(false);
        let detect_noop = keys.take_boolean("detect_noop")?.unwrap_or(true);
        let scripted_upsert = keys.take_boolean("scripted_upsert")?.unwrap_or(false);
        let source = keys.take("_source").map(|json| SourceFilter::from_json(&json)).transpose();
        let source = source.map_err(|error| ApiError::Argument(error.to_string()))?;
        keys.finish()?;
        let doc = match (doc, script) {
            (Some(_), Some(_)) => return Err(ApiError::validation("can't provide both script and doc")),
            (None, Some(_)) if doc_as_upsert => {
                return Err(ApiError::validation("doc must be specified if doc_as_upsert is enabled"));
            }
            (None, Some(script)) => {
                let script = scripts.parse(script, "UpdateRequest")?;
                let is_upsert = upsert.is_some();
                let if_absent = match upsert {
                    None => IfAbsent::Fail,
                    Some(document) if scripted_upsert => IfAbsent::Run(document),
                    Some(document) => IfAbsent::Store(document),
                };
                let update = Arc::new(ScriptUpdate { script, if_absent });
                return Ok(UpdateBody { update, is_upsert, source });
            }
            (None, None) => return Err(ApiError::validation("script or doc is missing")),
            (Some(doc), None) => doc,
        };
        let upsert = if doc_as_upsert { Some(doc.clone()) } else { upsert };
        let is_upsert = upsert.is_some();
        let if_equal = if detect_noop { IfEqual::Noop } else { IfEqual::Write };
        Ok(UpdateBody { update: Arc::new(PartialUpdate { doc, upsert, if_equal }), is_upsert, source })
    }
}
