//! `script_fields`: values of hits that scripts compute.

use serde_json::{Map, Value as Json};

use crate::functions::{CalledFunction, ScriptSource, parse_script_source};
use crate::json::{ErrorKind, Node, ParseError};

/// A value of each hit that a script computes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ScriptField {
    /// Its name in the response.
    pub(crate) name: String,
    pub(crate) script: ScriptFieldSource,
    pub(crate) parameters: Map<String, Json>,
    /// Whether a hit on which the script fails has no value; otherwise the search fails.
    pub(crate) ignore_failure: bool,
}

/// Where the script of a field is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ScriptFieldSource {
    Inline(ScriptSource),
    /// Stored under this id.
    Stored(String),
}

impl ScriptField {
    /// Parses `{"name": {"script": {...}, "ignore_failure": true}}`.
    pub(super) fn parse_all(node: &Node<'_>) -> Result<Vec<Self>, ParseError> {
        node.fields()?.rest().map(|(name, field)| Self::parse(name, &field)).collect()
    }

    fn parse(name: &str, node: &Node<'_>) -> Result<Self, ParseError> {
        let mut keys = node.fields()?;
        let script = keys.take("script");
        let ignore_failure = keys.optional("ignore_failure", Node::boolean)?.unwrap_or(false);
        // An unknown key may be a misspelled `script`.
        keys.finish("a script field")?;
        let script = script.ok_or_else(|| node.mistake(ErrorKind::Argument, "a script field requires [script]"))?;
        let (called, parameters) = parse_script_source(&script)?;
        let script = match called {
            CalledFunction::Script { language, source } => ScriptFieldSource::Inline(ScriptSource { language, source }),
            CalledFunction::Stored { id } => ScriptFieldSource::Stored(id),
            CalledFunction::Published { .. } => {
                return Err(script.error("a script field requires a script, not the name of a function"));
            }
        };
        Ok(ScriptField { name: name.to_owned(), script, parameters, ignore_failure })
    }
}
