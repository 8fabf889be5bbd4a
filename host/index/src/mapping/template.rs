//! Dynamic templates: definitions for unknown fields with certain names or values.

use quidditch_java_regex::{Options, RegexError, Search, compile};
use regex::Regex;
use serde_json::{Map, Value as Json};

use super::definition::{Definition, as_object, invalid, join, unknown_key};
use crate::IndexError;
use crate::name_pattern::matches_pattern;

/// Types that `match_mapping_type` knows.
const TYPES: [&str; 7] = ["*", "string", "long", "double", "boolean", "date", "object"];

const KEYS: &str = "match, unmatch, path_match, path_unmatch, match_pattern, match_mapping_type, mapping";

/// A template: what it is for, and the definition of such fields.
#[derive(Debug, Clone)]
pub(super) struct Template {
    name: String,
    /// Conditions for the last part of the name, and for the full name.
    matches: Vec<Pattern>,
    unmatches: Vec<Pattern>,
    /// The detected type; `None` for any.
    detected: Option<String>,
    mapping: Map<String, Json>,
}

#[derive(Debug, Clone)]
struct Pattern {
    subject: Subject,
    form: Form,
}

#[derive(Debug, Clone)]
enum Form {
    /// With `*` for any characters.
    Simple(String),
    Regex(Regex),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Subject {
    Key,
    Path,
}

impl PartialEq for Template {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.mapping == other.mapping && self.detected == other.detected
    }
}

impl Template {
    pub(super) fn read(name: &str, json: &Json, path: &str) -> Result<Self, IndexError> {
        let object = as_object(json, path)?;
        if let Some(key) = object.keys().find(|key| !KEYS.split(", ").any(|known| known == *key)) {
            return Err(unknown_key(path, key, KEYS));
        }
        let definition = Definition { object, path };
        let form: fn(&str) -> Result<Form, RegexError> = match definition.text("match_pattern")? {
            None | Some("simple") => |text| Ok(Form::Simple(text.to_owned())),
            Some("regex") => |text| {
                let options = Options { dot_is_any: true, ..Options::new(Search::Whole) };
                compile(text, &options).map(Form::Regex)
            },
            Some(_) => return Err(invalid(&join(path, "match_pattern"), "it is neither simple nor regex")),
        };
        let pattern = |key: &str, subject: Subject| -> Result<Option<Pattern>, IndexError> {
            let Some(text) = definition.text(key)? else { return Ok(None) };
            let form = form(text).map_err(|error| invalid(&join(path, key), error))?;
            Ok(Some(Pattern { subject, form }))
        };
        let both = |key: &str, path_key: &str| -> Result<Vec<Pattern>, IndexError> {
            Ok(pattern(key, Subject::Key)?.into_iter().chain(pattern(path_key, Subject::Path)?).collect())
        };
        let detected = match definition.text("match_mapping_type")? {
            None | Some("*") => None,
            Some(name) if TYPES.contains(&name) => Some(name.to_owned()),
            Some(name) => {
                let reason = format!("unknown type {name:?}; known types: {}", TYPES.join(", "));
                return Err(invalid(&join(path, "match_mapping_type"), reason));
            }
        };
        let matches = both("match", "path_match")?;
        if matches.is_empty() && !object.contains_key("match_mapping_type") {
            return Err(invalid(path, "a template needs `match`, `path_match` or `match_mapping_type`"));
        }
        let Some(mapping) = object.get("mapping") else { return Err(invalid(path, "missing `mapping`")) };
        Ok(Template {
            name: name.to_owned(),
            matches,
            unmatches: both("unmatch", "path_unmatch")?,
            detected,
            mapping: as_object(mapping, &join(path, "mapping"))?.clone(),
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is for a field with this name and full name, in which a value of that type was found.
    pub(super) fn applies(&self, key: &str, path: &str, detected: &str) -> bool {
        let found = |pattern: &Pattern| {
            let name = if pattern.subject == Subject::Key { key } else { path };
            match &pattern.form {
                Form::Simple(pattern) => matches_pattern(pattern, name),
                Form::Regex(regex) => regex.is_match(name),
            }
        };
        self.detected.as_ref().is_none_or(|wanted| wanted == detected)
            && self.matches.iter().all(found)
            && !self.unmatches.iter().any(found)
    }

    /// The definition of a field, with its name and type in place of `{name}` and `{dynamic_type}`.
    pub(super) fn definition(&self, key: &str, type_name: &str) -> Json {
        let mut definition = filled(&Json::Object(self.mapping.clone()), key, type_name);
        if let Json::Object(object) = &mut definition
            && !object.contains_key("type")
            && !object.contains_key("properties")
        {
            object.insert("type".to_owned(), type_name.into());
        }
        definition
    }
}

fn filled(json: &Json, key: &str, type_name: &str) -> Json {
    let text = |text: &str| {
        text.replace("{name}", key).replace("{dynamic_type}", type_name).replace("{dynamicType}", type_name)
    };
    match json {
        Json::String(value) => Json::String(text(value)),
        Json::Array(items) => items.iter().map(|item| filled(item, key, type_name)).collect(),
        Json::Object(object) => {
            Json::Object(object.iter().map(|(name, value)| (text(name), filled(value, key, type_name))).collect())
        }
        other => other.clone(),
    }
}
