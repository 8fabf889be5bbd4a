//! Where the values of fields are in the source of a document.

use std::collections::HashMap;

use quidditch_index::{Field, Mapping};
use serde_json::{Map, Value as Json};

/// The paths of the fields of a mapping.
pub(crate) struct SourcePaths<'a> {
    /// The field of each sub-field.
    parents: HashMap<&'a str, &'a str>,
}

impl<'a> SourcePaths<'a> {
    pub(crate) fn new(mapping: &'a Mapping) -> Self {
        let fields = mapping.fields();
        let subfields =
            |field: &'a Field| field.subfields().iter().map(move |index| (fields[*index].name(), field.name()));
        SourcePaths { parents: fields.iter().flat_map(subfields).collect() }
    }

    /// The path of a field's values. A sub-field has the values of its field.
    pub(crate) fn of(&self, field: &'a Field) -> &'a str {
        self.parents.get(field.name()).copied().unwrap_or(field.name())
    }
}

/// All values at a path. `a.b` is in an object, in each of a list of objects, and under the key `a.b`.
pub(crate) fn values_at<'s>(object: &'s Map<String, Json>, path: &str) -> Vec<&'s Json> {
    let mut found = Vec::new();
    collect(object, path, &mut found);
    found
}

fn collect<'s>(object: &'s Map<String, Json>, path: &str, found: &mut Vec<&'s Json>) {
    found.extend(object.get(path));
    for (end, _) in path.match_indices('.') {
        if let Some(inner) = object.get(&path[..end]) {
            collect_in(inner, &path[end + 1..], found);
        }
    }
}

fn collect_in<'s>(value: &'s Json, path: &str, found: &mut Vec<&'s Json>) {
    match value {
        Json::Object(object) => collect(object, path, found),
        Json::Array(items) => items.iter().for_each(|item| collect_in(item, path, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_found_in_objects_lists_and_dotted_keys() {
        let source = json!({"a": {"b": 1, "c.d": 2}, "a.b": 3, "l": [{"x": 4}, {"x": [5, 6]}, 7, [{"x": 8}]]});
        let Json::Object(source) = source else { panic!("an object") };
        let found = |path| values_at(&source, path).into_iter().cloned().collect::<Vec<_>>();
        assert_eq!(found("a.b"), [json!(3), json!(1)]);
        assert_eq!(found("a.c.d"), [json!(2)]);
        assert_eq!(found("l.x"), [json!(4), json!([5, 6]), json!(8)]);
        assert!(found("nope").is_empty() && found("a.b.c").is_empty());
    }
}
