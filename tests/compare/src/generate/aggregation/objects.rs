//! Random aggregations of nested objects.

use serde_json::{Value as Json, json};

use super::super::schema::{OBJECTS, Place};
use super::super::world::World;

/// Now and then an aggregation to the nested objects of documents, or back to the documents. What is inside of it is about these.
pub(super) fn of_objects(world: &mut World) -> Option<Json> {
    let (place, aggregation) = match world.place {
        Place::Document if world.has_objects() && world.random.chance(0.25) => {
            (Place::Object, json!({ "nested": { "path": OBJECTS } }))
        }
        Place::Object if world.random.chance(0.15) => (Place::Document, json!({ "reverse_nested": {} })),
        _ => return None,
    };
    world.place = place;
    Some(aggregation)
}
