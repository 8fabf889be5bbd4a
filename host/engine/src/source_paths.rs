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

/// The values at a path in the order in which clients expect those of `fields`: of lists in lists, the outer values first. Of the
/// keys `a` and `a.b` of an object, only the first with a value counts. An explicit `null` counts as `null_value`.
pub(crate) fn shown_values<'s>(
    object: &'s Map<String, Json>,
    path: &str,
    null_value: Option<&'s Json>,
) -> Vec<&'s Json> {
    let mut values = Vec::new();
    let mut level: Vec<Found<'s>> = found_in(object, path, null_value).into_iter().collect();
    while !level.is_empty() {
        let mut next = Vec::new();
        for found in level {
            match found {
                Found::Value(value) => values.push(value),
                Found::List(items) => next.extend(items),
            }
        }
        level = next;
    }
    values
}

/// What is at a path.
enum Found<'s> {
    Value(&'s Json),
    List(Vec<Found<'s>>),
}

fn found_in<'s>(object: &'s Map<String, Json>, path: &str, null_value: Option<&'s Json>) -> Option<Found<'s>> {
    let ends = path.match_indices('.').map(|(end, _)| (end, &path[end + 1..]));
    let mut found = ends.filter_map(|(end, rest)| found_at(object.get(&path[..end])?, Some(rest), null_value));
    found.next().or_else(|| found_at(object.get(path)?, None, null_value))
}

/// `path` is what is left of it.
fn found_at<'s>(value: &'s Json, path: Option<&str>, null_value: Option<&'s Json>) -> Option<Found<'s>> {
    match (value, path) {
        (Json::Array(items), _) => {
            Some(Found::List(items.iter().filter_map(|item| found_at(item, path, null_value)).collect()))
        }
        (Json::Object(object), Some(path)) => found_in(object, path, null_value),
        (_, Some(_)) => None,
        (Json::Null, None) => null_value.map(Found::Value),
        (value, None) => Some(Found::Value(value)),
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

    #[test]
    fn shown_values_are_the_outer_ones_first() {
        let source = json!({"a": [1, [2, null, [3]], 4], "l": [{"x": [5, 6]}, {"x": 7}, {"x": null}, 8], "n": null});
        let Json::Object(source) = source else { panic!("an object") };
        let null = json!(0);
        let found = |path| shown_values(&source, path, Some(&null)).into_iter().cloned().collect::<Vec<_>>();
        assert_eq!(found("a"), [json!(1), json!(4), json!(2), json!(0), json!(3)]);
        assert_eq!(found("l.x"), [json!(7), json!(0), json!(5), json!(6)]);
        assert_eq!(found("n"), [json!(0)]);
        assert!(found("n.x").is_empty() && found("l.x.y").is_empty());
        assert!(shown_values(&source, "n", None).is_empty());
    }

    #[test]
    fn the_first_key_with_a_value_is_shown() {
        let source = json!({"a.b": 1, "a": {"b": 2, "c": {}}, "a.c.d": 3});
        let Json::Object(source) = source else { panic!("an object") };
        assert_eq!(shown_values(&source, "a.b", None), [&json!(2)]);
        assert_eq!(shown_values(&source, "a.c.d", None), [&json!(3)]);
    }
}
