//! Random fields that scripts compute.

use serde_json::{Map, Value as Json, json};

use super::world::World;

/// Adds a field, a filter by it next to the query, and its values.
pub(super) fn add_derived_field(world: &mut World, body: &mut Map<String, Json>) {
    let Some(field) = world.field(|field| field.kind.is_number()) else { return };
    let doc = format!("doc['{}']", field.path);
    let (kind, source, filter) = world.random.pick(&[
        (
            "long",
            format!("if ({doc}.size() > 0) {{ emit((long) {doc}.value) }}"),
            json!({ "range": { "d": { "gte": 5 } } }),
        ),
        ("double", format!("emit({doc}.size() * 1.5)"), json!({ "terms": { "d": [1.5, 3] } })),
        ("keyword", format!("emit('n' + {doc}.size())"), json!({ "prefix": { "d": "n1" } })),
        ("boolean", format!("emit({doc}.size() > 0)"), json!({ "term": { "d": true } })),
    ]);
    body.insert("derived".to_owned(), json!({ "d": { "type": kind, "script": { "source": source } } }));
    let query = body.get("query").cloned().unwrap_or_else(|| json!({ "match_all": {} }));
    let key = world.random.pick(&["filter", "must_not", "must"]);
    body.insert("query".to_owned(), json!({ "bool": { "should": [query], key: [filter] } }));
    if world.random.chance(0.5) {
        body.insert("fields".to_owned(), json!(["d"]));
    }
}
