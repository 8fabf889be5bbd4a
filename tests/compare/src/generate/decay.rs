//! Random decay functions.

use serde_json::{Value as Json, json};

use super::field_type::FieldType;
use super::schema::FieldSpec;
use super::world::World;

/// A shape and its body; `None` if no field can decay.
pub(super) fn decay(world: &mut World) -> Option<(&'static str, Json)> {
    // The other server does not decay a `scaled_float`.
    let can_decay = |field: &FieldSpec| {
        (field.kind.is_number() && !field.is_scaled()) || matches!(field.kind, FieldType::Date | FieldType::GeoPoint)
    };
    let field = world.field(can_decay)?;
    let random = &mut world.random;
    let shape = random.pick(&["gauss", "exp", "linear"]);
    let scales = match field.kind {
        FieldType::Date => [json!("10d"), json!("36h"), json!("60d"), json!("1d")],
        FieldType::GeoPoint => [json!("100km"), json!("50mi"), json!("300000m"), json!("20km")],
        _ => [json!(5), json!(2.5), json!(10), json!("3")],
    };
    let mut body = json!({ "scale": random.pick(&scales) });
    if random.chance(0.3) {
        body["offset"] = random.pick(&scales);
    }
    if random.chance(0.4) {
        body["decay"] = random.pick(&[0.1, 0.3, 0.5, 0.9]).into();
    }
    if field.kind != FieldType::Date || random.chance(0.8) {
        body["origin"] = world.query_value(&field);
    }
    let mut decay = json!({ field.path: body });
    if world.random.chance(0.3) {
        decay["multi_value_mode"] = world.random.pick(&["min", "max", "avg", "sum"]).into();
    }
    Some((shape, decay))
}
