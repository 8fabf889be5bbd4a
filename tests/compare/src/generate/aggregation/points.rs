//! Random aggregations of points.

use serde_json::{Value as Json, json};

use super::super::field_type::FieldType;
use super::super::world::World;
use super::field::field;

/// An aggregation of points, and whether it has buckets.
pub(super) fn points(world: &mut World) -> (Json, bool) {
    let field = field(world, |field| field.kind == FieldType::GeoPoint);
    let field = field.map_or_else(|| "unmapped".to_owned(), |field| field.path);
    match world.random.below(5) {
        0 => (json!({ "geo_bounds": { "field": field, "wrap_longitude": world.random.chance(0.5) } }), false),
        1 => (json!({ "geo_centroid": { "field": field } }), false),
        2 => {
            let precision = 1 + world.random.below(6);
            (json!({ "geohash_grid": { "field": field, "precision": precision } }), true)
        }
        3 => {
            let precision = world.random.below(12);
            (json!({ "geotile_grid": { "field": field, "precision": precision } }), true)
        }
        _ => {
            let ranges = json!([{ "to": 500 }, { "from": 500, "to": 3_000 }, { "from": 3_000 }]);
            let kind = world.random.pick(&["arc", "plane"]);
            let body = json!({
                "field": field, "origin": "52.5,13.4", "unit": "km", "distance_type": kind, "ranges": ranges
            });
            (json!({ "geo_distance": body }), true)
        }
    }
}
