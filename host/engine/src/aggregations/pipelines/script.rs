//! The script of a pipeline.

use quidditch_expression::{Language, Script, ScriptLimits};
use serde_json::{Map, Value as Json};

use super::super::answering::Answering;
use crate::functions::ScriptSource;
use crate::json::{ErrorKind, Node, ParseError};

/// A script with its source, or the id of a stored one.
#[derive(Debug, Clone)]
pub(in super::super) struct PipelineScript {
    text: ScriptText,
    pub(in super::super) params: Map<String, Json>,
}

#[derive(Debug, Clone)]
enum ScriptText {
    Inline(ScriptSource),
    Stored { id: String },
}

impl PipelineScript {
    /// Parses `"source"`, `{"source": ..., "lang": ..., "params": {...}}`, or `{"id": ..., "params": {...}}`.
    pub(in super::super) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        if node.json().is_string() {
            let source = ScriptSource { language: Language::Painless, source: parse_source(node)? };
            return Ok(PipelineScript { text: ScriptText::Inline(source), params: Map::new() });
        }
        let mut fields = node.fields()?;
        let (id, lang) = (fields.take("id"), fields.take("lang"));
        let text = match id {
            Some(id) => {
                if let Some(lang) = lang {
                    return Err(
                        lang.error("illegally specified [lang] for a stored script, which has its own; remove it")
                    );
                }
                if let Some(source) = fields.take("source") {
                    return Err(source.error("[script] accepts either [source] or [id], not both"));
                }
                ScriptText::Stored { id: id.text()?.to_owned() }
            }
            None => {
                let source = parse_source(&fields.required("source", "[script]")?)?;
                let language = lang.map_or(Ok(Language::Painless), |lang| parse_language(&lang))?;
                ScriptText::Inline(ScriptSource { language, source })
            }
        };
        let params = fields.optional("params", |params| params.map().cloned())?.unwrap_or_default();
        fields.finish("[script]")?;
        Ok(PipelineScript { text, params })
    }

    /// The id of the stored script that it names.
    pub(in super::super) fn stored(&self) -> Option<&str> {
        match &self.text {
            ScriptText::Inline(_) => None,
            ScriptText::Stored { id } => Some(id),
        }
    }

    /// Its language, if it is known before the stored scripts are.
    pub(in super::super) fn language(&self) -> Option<Language> {
        match &self.text {
            ScriptText::Inline(source) => Some(source.language),
            ScriptText::Stored { .. } => None,
        }
    }

    /// Its text, or that of the stored script.
    pub(in super::super) fn source<'a>(&'a self, answering: &'a Answering) -> &'a ScriptSource {
        match &self.text {
            ScriptText::Inline(source) => source,
            ScriptText::Stored { id } => answering.stored_script(id),
        }
    }

    /// The script with these parameters in place of its own.
    pub(in super::super) fn with<'a>(&'a self, params: &'a Map<String, Json>, answering: &'a Answering) -> Script<'a> {
        let ScriptSource { language, source } = self.source(answering);
        Script { language: *language, source, params }
    }
}

fn parse_language(lang: &Node<'_>) -> Result<Language, ParseError> {
    let name = lang.text()?;
    Language::from_name(name).ok_or_else(|| {
        lang.error(format!("script_lang not supported [{name}]: pipelines use [painless] or [expression]"))
    })
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

    #[test]
    fn a_stored_script_has_no_source_and_no_language() {
        let parse = |json: serde_json::Value| PipelineScript::parse(&Node::root(&json));
        let stored = parse(json!({ "id": "s", "params": { "a": 1 } })).ok();
        assert_eq!(stored.as_ref().and_then(PipelineScript::stored), Some("s"));
        for wrong in [json!({ "id": "s", "lang": "painless" }), json!({ "id": "s", "source": "1" }), json!({ "id": 1 })]
        {
            assert!(parse(wrong).is_err());
        }
    }
}
