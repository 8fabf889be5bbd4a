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

/// Now and then makes the values of an aggregation those of a script: of one that stands alone, or of each value of the field.
pub(super) fn scripted(world: &mut World, body: &mut Json, field: Option<&FieldSpec>) {
    let Some(field) = field.filter(|field| field.kind.is_number()) else { return };
    // Scripts compute values of documents only.
    if world.is_in_nested || !world.random.chance(0.12) {
        return;
    }
    if world.random.chance(0.5) {
        body["script"] = world.random.pick(&[json!("_value * 2"), json!("Math.abs(_value) + 1"), json!("-_value")]);
        return;
    }
    let values = format!("doc['{}']", field.path);
    if let Some(members) = body.as_object_mut() {
        members.shift_remove("field");
        members.shift_remove("missing");
    }
    let source = format!("{values}.size() == 0 ? params.none : {values}.value * 0.5 + 1");
    body["script"] = json!({ "source": source, "params": { "none": -1 } });
}

/// The body of an aggregation of a field, sometimes with a value for missing ones.
pub(super) fn body(world: &mut World, field: Option<&FieldSpec>) -> Json {
    let Some(field) = field else { return json!({ "field": "unmapped" }) };
    let mut body = json!({ "field": field.path });
    if world.random.chance(0.2) {
        body["missing"] = world.query_value(field);
    }
    body
}
