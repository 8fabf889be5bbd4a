//! The contexts of completions: what inputs are for, such as a kind of shop or a place. Who asks for completions names some.
//!
//! An input is indexed once for each of its contexts, in a term that begins with the number of the context and its value.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use super::Field;
use crate::excerpt::json_excerpt;
use crate::{GeoPoint, InvalidValue, ValueError};

/// Between a context and what an input is compared by.
pub(super) const CONTEXT_END: char = '\u{1d}';

/// Digits of the number of a context in a term.
const NUMBER_DIGITS: usize = 2;

/// Most contexts of a field. 10: an input is indexed for each of its contexts.
pub(crate) const MAX_CONTEXTS: usize = 10;

/// Digits of geohashes, unless the mapping says otherwise.
pub(crate) const DEFAULT_PRECISION: u8 = 6;

/// A context that the inputs of a field have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletionContext {
    /// Its name.
    pub name: String,
    /// What its values are.
    pub kind: ContextKind,
    /// The field whose values are values of it, too.
    pub path: Option<String>,
}

/// What the values of a context are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContextKind {
    /// Texts.
    Category,
    /// Geohashes.
    Geo {
        /// How many digits they have.
        precision: u8,
    },
}

impl CompletionContext {
    /// What terms of a value begin with, up to where a longer value may go on.
    pub fn open_prefix(number: usize, value: &str) -> String {
        format!("{number:0NUMBER_DIGITS$}{value}")
    }

    /// What terms of a value begin with.
    pub fn prefix(number: usize, value: &str) -> String {
        format!("{}{CONTEXT_END}", Self::open_prefix(number, value))
    }

    /// As in a mapping.
    pub(crate) fn to_json(&self) -> Json {
        let mut json = Map::new();
        json.insert("name".to_owned(), self.name.as_str().into());
        match self.kind {
            ContextKind::Category => _ = json.insert("type".to_owned(), "CATEGORY".into()),
            ContextKind::Geo { precision } => {
                json.insert("type".to_owned(), "GEO".into());
                json.insert("precision".to_owned(), precision.into());
            }
        }
        if let Some(path) = &self.path {
            json.insert("path".to_owned(), path.as_str().into());
        }
        Json::Object(json)
    }

    /// The value of a point.
    pub fn value_of_point(&self, point: GeoPoint) -> Option<String> {
        match self.kind {
            ContextKind::Category => None,
            ContextKind::Geo { precision } => Some(point.geohash(precision.into())),
        }
    }
}

/// The number and the value of a context in a term, and the rest of the term; `None` if it is not of a context.
pub(super) fn split_context(term: &str) -> Option<(usize, &str, &str)> {
    let (context, rest) = term.split_once(CONTEXT_END)?;
    let (number, value) = context.split_at_checked(NUMBER_DIGITS)?;
    Some((number.parse().ok()?, value, rest))
}

impl Field {
    /// The values of `contexts` in JSON of a document, for each context of the field.
    ///
    /// # Errors
    /// If there are contexts that the field does not have, or values that they cannot have.
    pub fn completion_contexts(&self, json: &Json) -> Result<Vec<BTreeSet<String>>, ValueError> {
        let refused = |reason: String| self.error(InvalidValue::Unsuitable(reason));
        let contexts = &self.options.contexts;
        let mut all = vec![BTreeSet::new(); contexts.len()];
        let Some(given) = json.get("contexts") else { return Ok(all) };
        let Json::Object(given) = given else {
            return Err(refused(format!("[contexts] must be an object, but is {}", json_excerpt(given))));
        };
        if contexts.is_empty() {
            return Err(refused("the field has no contexts in its mapping".to_owned()));
        }
        for (name, json) in given {
            let Some(number) = contexts.iter().position(|context| context.name == *name) else {
                let known: Vec<&str> = contexts.iter().map(|context| context.name.as_str()).collect();
                return Err(refused(format!("unknown context name [{name}], must be one of [{}]", known.join(", "))));
            };
            let kind = contexts[number].kind;
            let items = match json {
                Json::Array(items) if !(kind != ContextKind::Category && GeoPoint::is_point_array(items)) => &items[..],
                item => std::slice::from_ref(item),
            };
            for item in items {
                all[number].insert(self.context_value(&contexts[number], item)?);
            }
        }
        Ok(all)
    }

    fn context_value(&self, context: &CompletionContext, json: &Json) -> Result<String, ValueError> {
        let refused = |reason: String| self.error(InvalidValue::Unsuitable(reason));
        if let ContextKind::Geo { precision } = context.kind {
            let point = GeoPoint::from_json(json).map_err(|error| self.error(error))?;
            return Ok(point.geohash(precision.into()));
        }
        let value = match json {
            Json::String(text) => text.clone(),
            Json::Number(_) | Json::Bool(_) => json.to_string(),
            other => {
                let reason = format!(
                    "the context [{}] must be a string, number or boolean or a list of them, but has {}",
                    context.name,
                    json_excerpt(other)
                );
                return Err(refused(reason));
            }
        };
        if value.contains(CONTEXT_END) {
            return Err(refused(format!(
                "the context {} contains the reserved character {CONTEXT_END:?}",
                json!(value)
            )));
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CompletionOptions, FieldKind, TextForm};

    fn field() -> Field {
        let options =
            CompletionOptions { preserve_separators: true, preserve_position_increments: true, max_input_length: 50 };
        let simple = || "simple".to_owned();
        let form = TextForm::Completion(options);
        let kind = FieldKind::Text { analyzer: simple(), search_analyzer: simple(), form };
        let mut field = Field::new("c".to_owned(), kind);
        let context = |name: &str, kind| CompletionContext { name: name.to_owned(), kind, path: None };
        field.options.contexts =
            vec![context("kind", ContextKind::Category), context("at", ContextKind::Geo { precision: 4 })];
        field
    }

    #[test]
    fn contexts_have_values() {
        let values = |contexts: Json| {
            let all = field().completion_contexts(&json!({"input": "x", "contexts": contexts})).expect("valid");
            all.into_iter().map(|values| values.into_iter().collect::<Vec<_>>().join(",")).collect::<Vec<_>>()
        };
        assert_eq!(values(json!({"kind": ["b", "a", 5, true]})), ["5,a,b,true", ""]);
        assert_eq!(values(json!({"at": [13.4, 52.5]})), ["", "u33d"]);
        assert_eq!(values(json!({"at": [{"lat": 52.5, "lon": 13.4}, "u28"], "kind": "a"})), ["a", "u280,u33d"]);
        assert_eq!(values(json!({})), ["", ""]);
        assert_eq!(field().completion_contexts(&json!("x")).map(|all| all.len()), Ok(2));
    }

    #[test]
    fn other_contexts_are_refused() {
        for contexts in [
            json!("a"),
            json!(["a"]),
            json!({"nope": "a"}),
            json!({"kind": {"a": 1}}),
            json!({"kind": [["a"]]}),
            json!({"kind": null}),
            json!({"kind": "a\u{1d}b"}),
            json!({"at": 5}),
            json!({"at": {"lat": 1}}),
        ] {
            assert!(field().completion_contexts(&json!({"contexts": contexts})).is_err(), "{contexts}");
        }
    }

    #[test]
    fn terms_begin_with_a_context() {
        let term = format!("{}rest", CompletionContext::prefix(3, "a b"));
        assert_eq!(split_context(&term), Some((3, "a b", "rest")));
        assert_eq!(split_context("rest"), None);
    }
}
