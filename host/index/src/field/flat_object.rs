//! The terms of a `flat_object`: for each value, the value itself, and the value with its path; and each path that has values.

use serde_json::{Map, Value as Json};
use tantivy::Term;

use super::{Field, FieldKind};

/// What a term that is a value begins with.
const VALUE: char = '\0';

/// What a term that is a path begins with.
const PATH: char = '\u{1}';

/// Between a path and a value.
const EQUAL: char = '=';

/// Where a value is in an object, and what it is.
pub struct FlatValue<'a> {
    /// The keys that lead to it, with dots.
    pub path: &'a str,
    /// A string, number or boolean.
    pub value: &'a Json,
}

impl Field {
    /// The term of a value: of the whole field if `name` is that of the field, or of a path in it if it follows the name.
    pub fn flat_term(&self, name: &str, value: &str) -> Term {
        let text = match self.flat_path(name) {
            Some(path) => format!("{path}{EQUAL}{value}"),
            None => format!("{VALUE}{value}"),
        };
        Term::from_field_text(self.tantivy_field(), &text)
    }

    /// The term of all documents that have values at the path in a name, or inside of it; `None` if the name is that of the field,
    /// or of a field of another type.
    pub fn flat_path_term(&self, name: &str) -> Option<Term> {
        let path = self.flat_path(name)?;
        Some(Term::from_field_text(self.tantivy_field(), &format!("{PATH}{path}")))
    }

    /// What the terms of values have before them, for the field or for a path in it, as the name says.
    pub fn flat_prefix(&self, name: &str) -> String {
        self.flat_path(name).map_or_else(|| VALUE.to_string(), |path| format!("{path}{EQUAL}"))
    }

    fn flat_path<'n>(&self, name: &'n str) -> Option<&'n str> {
        if self.kind != FieldKind::FlatObject {
            return None;
        }
        name.strip_prefix(self.name())?.strip_prefix('.')
    }
}

/// Whether a term of a `flat_object` is a value with its path: those are what scores count.
pub fn is_flat_value_with_path(term: &str) -> bool {
    !term.starts_with([VALUE, PATH])
}

/// The terms of a value.
pub fn flat_value_terms(path: &str, value: &str) -> [String; 2] {
    [format!("{VALUE}{value}"), format!("{path}{EQUAL}{value}")]
}

/// The term of a path.
pub fn flat_path_term(path: &str) -> String {
    format!("{PATH}{path}")
}

/// Visits the values of an object, each with its path. `null` is none.
pub fn visit_flat_object(object: &Map<String, Json>, visit: &mut dyn FnMut(FlatValue<'_>)) {
    visit_members(object, "", visit);
}

fn visit_members(object: &Map<String, Json>, prefix: &str, visit: &mut dyn FnMut(FlatValue<'_>)) {
    for (key, value) in object {
        let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        visit_value(value, &path, visit);
    }
}

fn visit_value(value: &Json, path: &str, visit: &mut dyn FnMut(FlatValue<'_>)) {
    match value {
        Json::Null => {}
        Json::Array(items) => items.iter().for_each(|item| visit_value(item, path, visit)),
        Json::Object(object) => visit_members(object, path, visit),
        value => visit(FlatValue { path, value }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_have_paths() {
        let json = json!({"a": "x", "b": {"c": [5, {"d": true}], "e": null}, "f.g": [["y"]]});
        let mut found = Vec::new();
        visit_flat_object(json.as_object().expect("an object"), &mut |value| {
            found.push(format!("{}={}", value.path, value.value));
        });
        assert_eq!(found, ["a=\"x\"", "b.c=5", "b.c.d=true", "f.g=\"y\""]);
    }

    #[test]
    fn names_lead_to_the_field_or_to_a_path_in_it() {
        let field = Field::new("o.f".to_owned(), FieldKind::FlatObject);
        assert_eq!(field.flat_prefix("o.f"), "\0");
        assert_eq!(field.flat_prefix("o.f.a.b"), "a.b=");
        assert_eq!(field.flat_path_term("o.f"), None);
        assert!(
            is_flat_value_with_path("a=b") && !is_flat_value_with_path("\0b") && !is_flat_value_with_path("\u{1}a")
        );
    }
}
