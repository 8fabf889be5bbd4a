//! Random documents.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::Random;
use super::schema::{FieldSpec, OBJECTS, Place, Schema};
use super::values::{Style, value};

/// How likely documents have what is unusual.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wildness {
    /// Values at an edge of what is valid.
    pub(super) edge: f64,
    /// Values that may be invalid.
    pub(super) misfit: f64,
}

/// A document with an id, one line of JSON.
pub(super) fn document(random: &mut Random, schema: &Schema, id: &str, wildness: Wildness) -> String {
    let mut root = Object::default();
    fill(&mut root, random, schema, Place::Document, wildness);
    if schema.fields.iter().any(|field| field.place() == Place::Object) && random.chance(0.8) {
        let objects = nested_objects(random, schema, wildness);
        root.insert(OBJECTS, objects);
    }
    if schema.dynamic != "strict" && random.chance(0.1) {
        let surprise =
            random.pick(&["5", "2.5", "true", "\"some words\"", "\"2024-05-17\"", "[1,2]", "{\"x\":1}", "null"]);
        root.insert(random.pick(&["new1", "new2", "part.new3"]), surprise.to_owned());
    }
    let mut members = vec![format!("\"_id\":{}", Json::from(id))];
    members.extend(root.members());
    format!("{{{}}}", members.join(","))
}

fn fill(object: &mut Object, random: &mut Random, schema: &Schema, place: Place, wildness: Wildness) {
    for field in schema.fields.iter().filter(|field| field.place() == place) {
        if random.chance(field.density) {
            let value = field_value(random, field, wildness);
            let path = field.path.strip_prefix(OBJECTS).and_then(|path| path.strip_prefix('.')).unwrap_or(&field.path);
            object.insert(path, value);
        }
    }
}

/// A list of nested objects.
fn nested_objects(random: &mut Random, schema: &Schema, wildness: Wildness) -> String {
    let mut texts = Vec::new();
    for _ in 0..random.below(4) {
        let mut object = Object::default();
        fill(&mut object, random, schema, Place::Object, wildness);
        texts.push(format!("{{{}}}", object.members().join(",")));
    }
    format!("[{}]", texts.join(","))
}

fn field_value(random: &mut Random, field: &FieldSpec, wildness: Wildness) -> String {
    if random.chance(wildness.edge / 4.0) {
        return random.pick(&["null", "[]", "[null]"]).to_owned();
    }
    if !random.chance(field.several) {
        return one_value(random, field, wildness);
    }
    let count = 2 + random.below(3);
    let values: Vec<String> = (0..count).map(|_| one_value(random, field, wildness)).collect();
    format!("[{}]", values.join(","))
}

fn one_value(random: &mut Random, field: &FieldSpec, wildness: Wildness) -> String {
    let style = if random.chance(wildness.misfit) {
        Style::Misfit
    } else if random.chance(wildness.edge) {
        Style::Edge
    } else {
        Style::Plain
    };
    value(random, field, style)
}

/// An object that is written by the paths in it.
#[derive(Default)]
struct Object {
    values: Vec<(String, String)>,
    objects: BTreeMap<String, Object>,
}

impl Object {
    fn insert(&mut self, path: &str, value: String) {
        match path.split_once('.') {
            Some((object, rest)) => self.objects.entry(object.to_owned()).or_default().insert(rest, value),
            None => self.values.push((path.to_owned(), value)),
        }
    }

    /// Its members as JSON text.
    fn members(&self) -> Vec<String> {
        let values = self.values.iter().map(|(key, value)| format!("{}:{value}", Json::from(key.as_str())));
        let objects = self
            .objects
            .iter()
            .map(|(key, object)| format!("{}:{{{}}}", Json::from(key.as_str()), object.members().join(",")));
        values.chain(objects).collect()
    }
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
        assert_eq!(object.members().join(","), r#""a":1.10,"b":{"c":[2],"d":{"e":null}}"#);
    }
}
