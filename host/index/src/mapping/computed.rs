//! `derived`: fields whose values scripts compute when they are searched. No document has them.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::definition::{Definition, as_object, invalid, join, unknown_key};
use crate::excerpt::json_excerpt;
use crate::{DateFormat, IndexError};

/// The types of computed fields.
pub const COMPUTED_TYPES: [&str; 8] = ["boolean", "date", "double", "float", "geo_point", "ip", "keyword", "long"];

/// Most computed fields of a mapping.
pub const MAX_COMPUTED_FIELDS: usize = 100;

/// Their definitions, by their names.
pub(super) type ComputedFields = BTreeMap<String, Json>;

/// The keys of a definition.
const KEYS: &str = "type, format, script, wasm_udf";

/// A definition as it is stored: the script as an object with its language.
pub(super) fn read(definition: &Definition<'_>) -> Result<Json, IndexError> {
    let path = definition.path;
    if let Some(key) = definition.object.keys().find(|key| !KEYS.split(", ").any(|known| known == *key)) {
        return Err(unknown_key(path, key, KEYS));
    }
    let kind = definition.text("type")?.unwrap_or_default();
    if !COMPUTED_TYPES.contains(&kind) {
        let reason =
            format!("type [{kind}] is not supported for a derived field, use one of {}", COMPUTED_TYPES.join(", "));
        return Err(invalid(&join(path, "type"), reason));
    }
    if let Some(format) = definition.text("format")? {
        if kind != "date" {
            return Err(invalid(&join(path, "format"), format!("it needs the type [date], got [{kind}]")));
        }
        DateFormat::parse(format).map_err(|error| invalid(&join(path, "format"), error))?;
    }
    let mut stored = definition.object.clone();
    match (definition.object.get("script"), definition.object.get("wasm_udf")) {
        (Some(script), None) => _ = stored.insert("script".to_owned(), read_script(script, &join(path, "script"))?),
        (None, Some(call)) => _ = as_object(call, &join(path, "wasm_udf"))?,
        _ => return Err(invalid(path, "it requires either `script` or `wasm_udf`")),
    }
    Ok(Json::Object(stored))
}

fn read_script(script: &Json, path: &str) -> Result<Json, IndexError> {
    let painless = ("lang".to_owned(), Json::from("painless"));
    match script {
        Json::String(source) => Ok(Json::from_iter([("source".to_owned(), Json::from(source.as_str())), painless])),
        Json::Object(script) if script.contains_key("source") && !script.contains_key("lang") => {
            let mut script = script.clone();
            script.extend([painless]);
            Ok(Json::Object(script))
        }
        Json::Object(_) => Ok(script.clone()),
        other => Err(invalid(path, format!("{} is neither a string nor an object", json_excerpt(other)))),
    }
}
