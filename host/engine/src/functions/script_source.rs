//! What a script is: its source, the id of a stored script, or the name of a published function.

use quidditch_expression::Language;
use quidditch_function::name_and_version;
use serde_json::{Map, Value as Json};

use super::function_call::CalledFunction;
use crate::json::{Node, ParseError};

/// The language of published functions.
pub(crate) const WASM: &str = "wasm";

/// Parses `"source"`, `{"source": ..., "lang": "painless", "params": {...}}`, `{"id": ..., "params": {...}}`, or
/// `{"lang": "wasm", "id": "name@version", "params": {...}}`. Returns what is called, with its parameters.
pub(crate) fn parse_script_source(node: &Node<'_>) -> Result<(CalledFunction, Map<String, Json>), ParseError> {
    if node.json().is_string() {
        let function = CalledFunction::Script { language: Language::Painless, source: node.text()?.to_owned() };
        return Ok((function, Map::new()));
    }
    let mut fields = node.fields()?;
    let source = fields.take("source");
    let id = fields.take("id");
    let lang = fields.take("lang");
    let parameters = fields.optional("params", |parameters| parameters.map().cloned())?;
    fields.finish("[script]")?;
    let function = match (source, id) {
        (Some(source), None) => {
            let language = lang.map_or(Ok(Language::Painless), |lang| language_of_source(&lang))?;
            CalledFunction::Script { language, source: source.text()?.to_owned() }
        }
        (None, Some(id)) => match lang {
            None => CalledFunction::Stored { id: id.text()?.to_owned() },
            Some(lang) if lang.json() != WASM => {
                let reason = "illegally specified [lang] for a stored script, which has its own; remove it, or use [wasm] for a published function";
                return Err(lang.error(reason));
            }
            Some(_) => {
                let (name, version) = name_and_version(id.text()?);
                CalledFunction::Published { name: name.to_owned(), version: version.map(str::to_owned) }
            }
        },
        (Some(_), Some(_)) => return Err(node.error("[script] accepts either [source] or [id], not both")),
        (None, None) => {
            return Err(node.error(
                "[script] requires [source], the text of a script, or [id], that of a stored script or a function such as \"geo_distance@1.0.0\"",
            ));
        }
    };
    Ok((function, parameters.unwrap_or_default()))
}

fn language_of_source(lang: &Node<'_>) -> Result<Language, ParseError> {
    let name = lang.text()?;
    if name == WASM {
        return Err(lang.error("[lang] [wasm] requires [id], the name of a published function, and no [source]"));
    }
    Language::from_name(name).ok_or_else(|| {
        lang.error(format!("script_lang not supported [{name}], use [painless] or [expression], or [wasm] with [id]"))
    })
}
