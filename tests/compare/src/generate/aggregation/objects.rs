//! Random aggregations of nested objects.

use serde_json::{Value as Json, json};

use super::super::schema::NESTED;
use super::super::world::World;

/// Now and then an aggregation to the nested objects of documents, or back to the documents. What is inside of it is about these.
pub(super) fn of_objects(world: &mut World) -> Option<Json> {
    let (is_in_nested, aggregation) = match world.is_in_nested {
        false if world.schema.has_nested && world.random.chance(0.25) => {
            (true, json!({ "nested": { "path": NESTED } }))
        }
        true if world.random.chance(0.15) => (false, json!({ "reverse_nested": {} })),
        _ => return None,
    };
    world.is_in_nested = is_in_nested;
    Some(aggregation)
}
