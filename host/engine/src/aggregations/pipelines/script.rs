//! The script of a pipeline.

use quidditch_expression::{Language, Script};
use serde_json::{Map, Value as Json};

use crate::json::{Node, ParseError};

/// A script with its source.
#[derive(Debug, Clone)]
pub(super) struct PipelineScript {
    pub(super) language: Language,
    pub(super) source: String,
    pub(super) params: Map<String, Json>,
}

impl PipelineScript {
    /// Parses `"source"`, or `{"source": ..., "lang": ..., "params": {...}}`.
    pub(super) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        if node.json().is_string() {
            let source = node.text()?.to_owned();
            return Ok(PipelineScript { language: Language::Painless, source, params: Map::new() });
        }
        let mut fields = node.fields()?;
        let source = fields.required("source", "[script]")?.text()?.to_owned();
        let language = fields.optional("lang", |lang| {
            let name = lang.text()?;
            Language::from_name(name).ok_or_else(|| {
                lang.error(format!("script_lang not supported [{name}]: pipelines use [painless] or [expression]"))
            })
        })?;
        let params = fields.optional("params", |params| params.map().cloned())?.unwrap_or_default();
        fields.finish("[script]")?;
        Ok(PipelineScript { language: language.unwrap_or(Language::Painless), source, params })
    }

    /// The script with these parameters in place of its own.
    pub(super) fn with<'a>(&'a self, params: &'a Map<String, Json>) -> Script<'a> {
        Script { language: self.language, source: &self.source, params }
    }
}
