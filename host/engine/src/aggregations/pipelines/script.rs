//! The script of a pipeline.

use quidditch_expression::{Language, Script, ScriptLimits};
use serde_json::{Map, Value as Json};

use crate::json::{ErrorKind, Node, ParseError};

/// A script with its source.
#[derive(Debug, Clone)]
pub(in super::super) struct PipelineScript {
    pub(in super::super) language: Language,
    pub(super) source: String,
    pub(in super::super) params: Map<String, Json>,
}

impl PipelineScript {
    /// Parses `"source"`, or `{"source": ..., "lang": ..., "params": {...}}`.
    pub(in super::super) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        if node.json().is_string() {
            let source = parse_source(node)?;
            return Ok(PipelineScript { language: Language::Painless, source, params: Map::new() });
        }
        let mut fields = node.fields()?;
        let source = parse_source(&fields.required("source", "[script]")?)?;
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
    pub(in super::super) fn with<'a>(&'a self, params: &'a Map<String, Json>) -> Script<'a> {
        Script { language: self.language, source: &self.source, params }
    }
}

/// A source that is not longer than those of other scripts.
fn parse_source(node: &Node<'_>) -> Result<String, ParseError> {
    let (source, most) = (node.text()?, ScriptLimits::default().source_bytes);
    if source.len() > most {
        let reason = format!("scripts may have at most [{most}] bytes, but this one has [{}]", source.len());
        return Err(node.mistake(ErrorKind::Argument, reason));
    }
    Ok(source.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sources_are_limited() {
        let most = ScriptLimits::default().source_bytes;
        let parse = |bytes: usize| {
            let source = " ".repeat(bytes);
            [json!(source), json!({ "source": source })].map(|json| PipelineScript::parse(&Node::root(&json)))
        };
        assert!(parse(most).iter().all(Result::is_ok));
        assert!(parse(most + 1).iter().all(Result::is_err));
    }
}
