//! Random documents.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::Random;
use super::field_type::FieldType;
use super::schema::{FieldSpec, NESTED, Schema};
use super::style::Wildness;
use super::values::value;

/// A document with an id, one line of JSON.
pub(super) fn document(random: &mut Random, schema: &Schema, id: &str, wildness: Wildness) -> String {
    let mut root = Object::default();
    let (nested, others): (Vec<&FieldSpec>, Vec<&FieldSpec>) =
        schema.fields.iter().partition(|field| field.is_nested());
    root.add_fields(random, &others, "", wildness);
    if schema.has_nested && random.chance(0.85) {
        let objects = nested_objects(random, &nested, wildness);
        root.insert(NESTED, objects);
    }
    if schema.dynamic != "strict" && random.chance(0.1) {
        let surprise =
            random.pick(&["5", "2.5", "true", "\"some words\"", "\"2024-05-17\"", "[1,2]", "{\"x\":1}", "null"]);
        root.insert(random.pick(&["new1", "new2", "part.new3"]), surprise.to_owned());
    }
    let layout = random.pick(&[Layout::Objects, Layout::Objects, Layout::Objects, Layout::Lists, Layout::Dots]);
    let mut members = vec![format!("\"_id\":{}", Json::from(id))];
    members.extend(root.members(layout));
    format!("{{{}}}", members.join(","))
}

/// Mostly a list of objects, which have the fields of their list.
fn nested_objects(random: &mut Random, fields: &[&FieldSpec], wildness: Wildness) -> String {
    let count = random.below(4);
    let objects: Vec<String> = (0..count)
        .map(|_| {
            let mut object = Object::default();
            object.add_fields(random, fields, NESTED, wildness);
            format!("{{{}}}", object.members(Layout::Objects).join(","))
        })
        .collect();
    match objects.as_slice() {
        [only] if random.chance(0.5) => only.clone(),
        objects => format!("[{}]", objects.join(",")),
    }
}

fn field_value(random: &mut Random, field: &FieldSpec, wildness: Wildness) -> String {
    if random.chance(wildness.edge / 4.0) {
        let missing = random.pick(match field.kind {
            // What the other server accepts.
            FieldType::GeoPoint => &["null", "[]"][..],
            FieldType::ConstantKeyword => &["[]"][..],
            _ => &["null", "[]", "[null]"][..],
        });
        return if field.without.contains(&missing) { "[]".to_owned() } else { missing.to_owned() };
    }
    if !random.chance(field.several) {
        return one_value(random, field, wildness);
    }
    let count = 2 + random.below(3);
    let values: Vec<String> = (0..count).map(|_| one_value(random, field, wildness)).collect();
    format!("[{}]", values.join(","))
}

fn one_value(random: &mut Random, field: &FieldSpec, wildness: Wildness) -> String {
    loop {
        let style = wildness.style(random);
        let value = value(random, field, style);
        if !field.without.contains(&value.as_str()) {
            return value;
        }
    }
}

/// An object that is written by the paths in it.
#[derive(Default)]
struct Object {
    values: Vec<(String, String)>,
    objects: BTreeMap<String, Object>,
}

impl Object {
    /// Adds values of fields, whose names begin with that of the list that it is in.
    fn add_fields(&mut self, random: &mut Random, fields: &[&FieldSpec], list: &str, wildness: Wildness) {
        for field in fields {
            if random.chance(field.density) {
                let value = field_value(random, field, wildness);
                let path = field.path.strip_prefix(list).unwrap_or(&field.path);
                self.insert(path.trim_start_matches('.'), value);
            }
        }
    }

    fn insert(&mut self, path: &str, value: String) {
        match path.split_once('.') {
            Some((object, rest)) => self.objects.entry(object.to_owned()).or_default().insert(rest, value),
            None => self.values.push((path.to_owned(), value)),
        }
    }

    /// Its members as JSON text.
    fn members(&self, layout: Layout) -> Vec<String> {
        let mut members: Vec<String> =
            self.values.iter().map(|(key, value)| format!("{}:{value}", Json::from(key.as_str()))).collect();
        for (key, object) in &self.objects {
            let inside = object.members(layout);
            match layout {
                Layout::Objects => members.push(format!("{}:{{{}}}", Json::from(key.as_str()), inside.join(","))),
                Layout::Lists => members.push(format!("{}:[{{{}}}]", Json::from(key.as_str()), inside.join(","))),
                // What is inside begins with the quote of its key.
                Layout::Dots => members.extend(inside.iter().map(|member| format!("\"{key}.{}", &member[1..]))),
            }
        }
        members
    }
}

/// How objects inside of objects are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    Objects,
    /// Each in a list of its own.
    Lists,
    /// `"a.b": 1` in place of objects.
    Dots,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_objects() {
        let mut object = Object::default();
        object.insert("a", "1.10".to_owned());
        object.insert("b.c", "[2]".to_owned());
        object.insert("b.d.e", "null".to_owned());
        let written = |layout| object.members(layout).join(",");
        assert_eq!(written(Layout::Objects), r#""a":1.10,"b":{"c":[2],"d":{"e":null}}"#);
        assert_eq!(written(Layout::Lists), r#""a":1.10,"b":[{"c":[2],"d":[{"e":null}]}]"#);
        assert_eq!(written(Layout::Dots), r#""a":1.10,"b.c":[2],"b.d.e":null"#);
    }
}
