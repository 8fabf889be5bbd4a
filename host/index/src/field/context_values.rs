//! The values of contexts that a document gives its completions.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::Field;
use super::completion_context::{CONTEXT_END, CompletionContext, ContextKind};
use crate::excerpt::json_excerpt;
use crate::{GeoPoint, InvalidValue, ValueError};

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
}
