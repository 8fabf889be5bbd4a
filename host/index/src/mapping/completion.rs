//! The type `completion` in a mapping.

use serde_json::{Map, Value as Json};

use super::Mapping;
use super::definition::{COMPLETION_ANALYZER, DEFAULT_INPUT_LENGTH, Definition, as_object, invalid, join};
use crate::analysis::Analysis;
use crate::excerpt::json_excerpt;
use crate::field::{DEFAULT_PRECISION, MAX_CONTEXTS, MAX_INPUT_LENGTH};
use crate::{CompletionContext, CompletionOptions, ContextKind, Field, FieldKind, GeoPoint, IndexError, TextForm};

impl Definition<'_> {
    pub(super) fn completion_kind(&self, analysis: &Analysis) -> Result<FieldKind, IndexError> {
        let options = CompletionOptions {
            preserve_separators: self.flag("preserve_separators")?.unwrap_or(true),
            preserve_position_increments: self.flag("preserve_position_increments")?.unwrap_or(true),
            max_input_length: self.integer("max_input_length", 1..=MAX_INPUT_LENGTH)?.unwrap_or(DEFAULT_INPUT_LENGTH),
        };
        let analyzer = self.analyzer("analyzer", analysis)?.unwrap_or_else(|| COMPLETION_ANALYZER.to_owned());
        let search_analyzer = self.analyzer("search_analyzer", analysis)?.unwrap_or_else(|| analyzer.clone());
        Ok(FieldKind::Text { analyzer, search_analyzer, form: TextForm::Completion(options) })
    }

    /// One context, or a list of them; none if the mapping has none.
    pub(super) fn contexts(&self) -> Result<Vec<CompletionContext>, IndexError> {
        let Some(json) = self.object.get("contexts") else { return Ok(Vec::new()) };
        let path = join(self.path, "contexts");
        let items = match json {
            Json::Array(items) => items.as_slice(),
            item => std::slice::from_ref(item),
        };
        if items.is_empty() {
            return Err(invalid(&path, "expected at least one context"));
        }
        if items.len() > MAX_CONTEXTS {
            return Err(invalid(
                &path,
                format!("a field has at most {MAX_CONTEXTS} contexts, but here are {}", items.len()),
            ));
        }
        let mut contexts: Vec<CompletionContext> = Vec::with_capacity(items.len());
        for item in items {
            let context = context(as_object(item, &path)?, &path)?;
            if contexts.iter().any(|other| other.name == context.name) {
                return Err(invalid(&path, format!("two contexts have the name [{}]", context.name)));
            }
            contexts.push(context);
        }
        Ok(contexts)
    }
}

/// Checks that contexts take points from fields of points. `path` leads to the mapping.
pub(super) fn check_contexts(mapping: &Mapping, path: &str) -> Result<(), IndexError> {
    for field in mapping.fields() {
        for context in &field.options().contexts {
            let (Some(target), ContextKind::Geo { .. }) = (&context.path, context.kind) else { continue };
            let name = &context.name;
            let mistake = match mapping.field(target).map(Field::kind) {
                Some(FieldKind::GeoPoint) => continue,
                Some(kind) => format!(
                    "field [{target}] referenced in context [{name}] must be mapped to geo_point, found [{}]",
                    kind.type_name()
                ),
                None => format!("field [{target}] referenced in context [{name}] is not defined in the mapping"),
            };
            return Err(invalid(&join(&join(path, "properties"), field.name()), mistake));
        }
    }
    Ok(())
}

fn context(object: &Map<String, Json>, path: &str) -> Result<CompletionContext, IndexError> {
    let definition = Definition { object, path };
    let required = |key: &str| match definition.text(key) {
        Ok(Some(text)) => Ok(text),
        Ok(None) => Err(invalid(path, format!("missing [{key}] in context mapping"))),
        Err(error) => Err(error),
    };
    let (name, type_name) = (required("name")?, required("type")?);
    let kind = match type_name.to_ascii_lowercase().as_str() {
        "category" => {
            definition.check_keys("name, type, path")?;
            ContextKind::Category
        }
        "geo" => {
            definition.check_keys("name, type, path, precision")?;
            let precision = match object.get("precision") {
                None => DEFAULT_PRECISION,
                Some(json) => GeoPoint::geohash_digits(json).ok_or_else(|| {
                    let reason = format!("{} is not a number of digits from 1 to 12", json_excerpt(json));
                    invalid(&join(path, "precision"), reason)
                })?,
            };
            ContextKind::Geo { precision }
        }
        _ => {
            return Err(invalid(
                &join(path, "type"),
                format!("No context type for [{type_name}]: known are category, geo"),
            ));
        }
    };
    Ok(CompletionContext { name: name.to_owned(), kind, path: definition.text("path")?.map(str::to_owned) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(contexts: Json) -> Result<Json, String> {
        let field = json!({"type": "completion", "contexts": contexts});
        let mapping = json!({"properties": {"c": field, "point": {"type": "geo_point"}, "k": {"type": "keyword"}}});
        let mapping = Mapping::from_json(&mapping).map_err(|error| error.to_string())?;
        Ok(mapping.to_json()["properties"]["c"]["contexts"].clone())
    }

    #[test]
    fn contexts_are_shown_as_they_are_used() {
        assert_eq!(
            read(
                json!([{"name": "a", "type": "category", "path": "k"}, {"name": "b", "type": "geo", "precision": "7"}])
            ),
            Ok(json!([
                {"name": "a", "type": "CATEGORY", "path": "k"},
                {"name": "b", "type": "GEO", "precision": 7},
            ]))
        );
        assert_eq!(
            read(json!({"name": "b", "type": "GEO", "path": "point"})),
            Ok(json!([{"name": "b", "type": "GEO", "precision": 6, "path": "point"}]))
        );
        let many = |count: usize| {
            json!((0..count).map(|n| json!({"name": n.to_string(), "type": "category"})).collect::<Vec<_>>())
        };
        assert!(read(many(10)).is_ok());
        assert!(read(many(11)).is_err());
    }

    #[test]
    fn mistakes_are_refused() {
        let refusal = |contexts: Json| read(contexts).expect_err("refused");
        insta::assert_snapshot!(refusal(json!([])), @"invalid mapping at [properties.c.contexts]: expected at least one context");
        insta::assert_snapshot!(refusal(json!([{"name": "a"}])), @"invalid mapping at [properties.c.contexts]: missing [type] in context mapping");
        insta::assert_snapshot!(refusal(json!([{"type": "geo"}])), @"invalid mapping at [properties.c.contexts]: missing [name] in context mapping");
        insta::assert_snapshot!(refusal(json!([{"name": "a", "type": "x"}])), @"invalid mapping at [properties.c.contexts.type]: No context type for [x]: known are category, geo");
        insta::assert_snapshot!(refusal(json!([{"name": "a", "type": "geo", "precision": 13}])), @"invalid mapping at [properties.c.contexts.precision]: 13 is not a number of digits from 1 to 12");
        insta::assert_snapshot!(refusal(json!([{"name": "a", "type": "geo", "path": "k"}])), @"invalid mapping at [properties.c]: field [k] referenced in context [a] must be mapped to geo_point, found [keyword]");
        insta::assert_snapshot!(refusal(json!([{"name": "a", "type": "geo", "path": "nowhere"}])), @"invalid mapping at [properties.c]: field [nowhere] referenced in context [a] is not defined in the mapping");
        for contexts in [
            json!("x"),
            json!([{"name": "a", "type": "category", "precision": 3}]),
            json!([{"name": "a", "type": "category"}, {"name": "a", "type": "geo"}]),
        ] {
            refusal(contexts);
        }
    }
}
