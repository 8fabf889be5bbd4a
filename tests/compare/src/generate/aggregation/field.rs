//! The fields of aggregations.

use serde_json::{Value as Json, json};

use super::super::field_type::FieldType;
use super::super::schema::FieldSpec;
use super::super::world::World;

/// A field, or now and then one that does not fit.
pub(super) fn field(world: &mut World, fits: impl Fn(&FieldSpec) -> bool) -> Option<FieldSpec> {
    if world.random.chance(0.03) { world.field(|_| true) } else { world.field(fits) }
}

/// Whether figures can be computed of it.
pub(super) fn is_numeric(field: &FieldSpec) -> bool {
    field.kind.is_number() || matches!(field.kind, FieldType::Date | FieldType::Boolean)
}

/// The body of an aggregation of a field, sometimes with a value for missing ones.
pub(super) fn body(world: &mut World, field: Option<&FieldSpec>) -> Json {
    let Some(field) = field else { return json!({ "field": "unmapped" }) };
    let mut body = json!({ "field": field.path });
    if world.random.chance(0.2) {
        body["missing"] = world.query_value(field);
    }
    if field.kind.is_number() && world.random.chance(0.08) {
        let doc = format!("doc['{}']", field.path);
        let script = world.random.pick(&["_value * 2", "_value % 5"]).to_owned();
        if world.random.chance(0.5) {
            body["script"] = script.into();
        } else {
            body = json!({ "script": format!("{doc}.size() == 0 ? null : {doc}.value + 1") });
        }
    }
    body
}
