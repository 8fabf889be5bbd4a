//! Random queries for points.

use serde_json::{Value as Json, json};

use super::field_type::FieldType;
use super::schema::FieldSpec;
use super::world::World;

impl World {
    /// A query for points.
    pub(super) fn geo_query(&mut self) -> Json {
        let field = match self.field(|field| field.kind == FieldType::GeoPoint) {
            Some(field) => field,
            None if self.random.chance(0.2) => self.any_field().1,
            None => return self.range(),
        };
        match self.random.below(5) {
            0 | 1 => self.bounding_box(field),
            2 => self.polygon(field),
            _ => self.geo_distance(field),
        }
    }

    fn geo_distance(&mut self, field: FieldSpec) -> Json {
        let mut body = json!({ "distance": self.distance() });
        let is_point = field.kind == FieldType::GeoPoint;
        body[field.path.as_str()] = if is_point { self.query_value(&field) } else { json!([12, 52]) };
        if self.random.chance(0.1) {
            body["distance_type"] = "arc".into();
        }
        if self.random.chance(0.1) {
            body["ignore_unmapped"] = self.random.chance(0.5).into();
        }
        self.with_boost("geo_distance", body)
    }

    fn distance(&mut self) -> Json {
        let distances = [
            json!("100km"),
            json!("20mi"),
            json!("250000m"),
            json!("1km"),
            json!(150_000),
            json!("9000km"),
            json!("0.5nmi"),
        ];
        self.random.pick(&distances)
    }

    fn bounding_box(&mut self, field: FieldSpec) -> Json {
        let (west, south) = (9 + self.random.below(4), 49 + self.random.below(3));
        let (east, north) = (west + 1 + self.random.below(4), south + 1 + self.random.below(4));
        let rectangle = self.random.pick(&[
            json!({ "top_left": { "lat": north, "lon": west }, "bottom_right": [east, south] }),
            json!({ "top_right": format!("{north},{east}"), "bottom_left": { "lat": south, "lon": west } }),
            json!({ "top": north, "left": west, "bottom": south, "right": east }),
            json!({ "wkt": format!("BBOX ({west}, {east}, {north}, {south})") }),
            json!({ "top_left": [170, 60], "bottom_right": [-170, -60] }),
            json!({ "top_left": "u3", "bottom_right": "u6" }),
        ]);
        let mut body = json!({ field.path: rectangle });
        if self.random.chance(0.2) {
            body["type"] = self.random.pick(&["indexed", "memory"]).into();
        }
        if self.random.chance(0.1) {
            body["validation_method"] = self.random.pick(&["STRICT", "COERCE", "IGNORE_MALFORMED"]).into();
        }
        self.with_boost("geo_bounding_box", body)
    }

    fn polygon(&mut self, field: FieldSpec) -> Json {
        let (west, south) = (9 + self.random.below(4), 49 + self.random.below(3));
        let points = self.random.pick(&[
            json!([{ "lat": south, "lon": west }, [west + 4, south], format!("{},{}", south + 4, west + 2)]),
            json!([[west, south], [west + 3, south], [west + 3, south + 3], [west, south + 3], [west, south]]),
        ]);
        self.with_boost("geo_polygon", json!({ field.path: { "points": points } }))
    }
}
