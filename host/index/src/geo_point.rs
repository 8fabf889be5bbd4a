//! The ways to write a point on Earth.

use serde_json::{Map, Value as Json};

/// A point in degrees, within bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GeoPoint {
    /// Latitude, -90 to 90.
    pub lat: f64,
    /// Longitude, -180 to 180.
    pub lon: f64,
}

impl GeoPoint {
    /// Reads `{"lat": .., "lon": ..}`, `{"type": "Point", "coordinates": [lon, lat]}`, `[lon, lat]`, `"lat,lon"`, or
    /// `"POINT (lon lat)"`. A third coordinate, the altitude, is not indexed.
    ///
    /// # Errors
    /// A text that says what is wrong.
    pub fn from_json(json: &Json) -> Result<Self, String> {
        match json {
            Json::Object(object) if object.contains_key("type") => Self::from_geo_json(object),
            Json::Object(object) => Self::from_object(object),
            Json::Array(items) => Self::from_array(items),
            Json::String(text) => Self::from_text(text),
            _ => Err(unknown_shape()),
        }
    }

    /// Whether an array is one point, rather than several.
    pub fn is_point_array(items: &[Json]) -> bool {
        items.first().is_some_and(Json::is_number)
    }

    fn new(lat: f64, lon: f64) -> Result<Self, String> {
        if !(-90.0..=90.0).contains(&lat) {
            return Err(format!("the latitude {lat} is not between -90 and 90"));
        }
        if !(-180.0..=180.0).contains(&lon) {
            return Err(format!("the longitude {lon} is not between -180 and 180"));
        }
        // Adding zero makes -0.0 the same as 0.0.
        Ok(GeoPoint { lat: lat + 0.0, lon: lon + 0.0 })
    }

    fn from_object(object: &Map<String, Json>) -> Result<Self, String> {
        let mut lat = None;
        let mut lon = None;
        for (key, value) in object {
            let place = match key.as_str() {
                "lat" => &mut lat,
                "lon" => &mut lon,
                _ => return Err(format!("a point has the keys `lat` and `lon`, not {key:?}")),
            };
            *place = Some(degrees(value).ok_or_else(|| format!("{key:?} of a point is no number"))?);
        }
        match (lat, lon) {
            (Some(lat), Some(lon)) => Self::new(lat, lon),
            _ => Err("a point needs both `lat` and `lon`".to_owned()),
        }
    }

    fn from_geo_json(object: &Map<String, Json>) -> Result<Self, String> {
        let is_point = object.get("type").and_then(Json::as_str).is_some_and(|kind| kind.eq_ignore_ascii_case("point"));
        match object.get("coordinates") {
            Some(Json::Array(items)) if is_point && object.len() == 2 => Self::from_array(items),
            _ => Err(unknown_shape()),
        }
    }

    fn from_array(items: &[Json]) -> Result<Self, String> {
        if !(2..=3).contains(&items.len()) {
            return Err("a point as an array is [lon, lat]".to_owned());
        }
        match (items[0].as_f64(), items[1].as_f64()) {
            (Some(lon), Some(lat)) => Self::new(lat, lon),
            _ => Err("a point as an array is [lon, lat], both numbers".to_owned()),
        }
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let is_well_known_text = text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("point"));
        let numbers: Option<Vec<f64>> = if is_well_known_text {
            let inside = text[5..].trim().strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
            inside.and_then(|inside| inside.split_whitespace().map(finite).collect())
        } else {
            text.split(',').map(|part| finite(part.trim())).collect()
        };
        match numbers.as_deref() {
            Some([lon, lat] | [lon, lat, _]) if is_well_known_text => Self::new(*lat, *lon),
            Some([lat, lon] | [lat, lon, _]) if !is_well_known_text => Self::new(*lat, *lon),
            _ => Err(format!("{text:?} is no point; it is e.g. \"52.5,13.4\" (lat,lon) or \"POINT (13.4 52.5)\"")),
        }
    }
}

fn degrees(json: &Json) -> Option<f64> {
    match json {
        Json::Number(number) => number.as_f64(),
        Json::String(text) => finite(text),
        _ => None,
    }
}

fn finite(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

fn unknown_shape() -> String {
    "a point is {\"lat\": .., \"lon\": ..}, [lon, lat], \"lat,lon\", \"POINT (lon lat)\", or GeoJSON".to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_way_to_write_a_point_is_understood() {
        for json in [
            json!({"lat": 52.5, "lon": 13.25}),
            json!({"lon": "13.25", "lat": "52.5"}),
            json!([13.25, 52.5]),
            json!([13.25, 52.5, 100.0]),
            json!("52.5,13.25"),
            json!(" 52.5 , 13.25 "),
            json!("POINT (13.25 52.5)"),
            json!("point(13.25 52.5)"),
            json!({"type": "Point", "coordinates": [13.25, 52.5]}),
        ] {
            assert_eq!(GeoPoint::from_json(&json), Ok(GeoPoint { lat: 52.5, lon: 13.25 }), "{json}");
        }
    }

    #[test]
    fn degrees_are_limited() {
        for (lat, lon) in [(90.0, 180.0), (-90.0, -180.0)] {
            assert_eq!(GeoPoint::from_json(&json!([lon, lat])), Ok(GeoPoint { lat, lon }));
        }
        insta::assert_snapshot!(GeoPoint::from_json(&json!([0, 90.001])).expect_err("too far north"), @"the latitude 90.001 is not between -90 and 90");
        insta::assert_snapshot!(GeoPoint::from_json(&json!("0,-180.5")).expect_err("too far west"), @"the longitude -180.5 is not between -180 and 180");
    }

    #[test]
    fn what_is_no_point_is_refused() {
        for json in [
            json!(1),
            json!(true),
            json!({}),
            json!({"lat": 1}),
            json!({"lat": 1, "lon": 2, "z": 3}),
            json!({"lat": null, "lon": 1}),
            json!([1]),
            json!([1, 2, 3, 4]),
            json!(["1", "2"]),
            json!("1"),
            json!("1,2,3,4"),
            json!("NaN,1"),
            json!("u33d"),
            json!("POINT 1 2"),
            json!("POINT (1)"),
            json!({"type": "Polygon", "coordinates": [1, 2]}),
        ] {
            assert!(GeoPoint::from_json(&json).is_err(), "{json}");
        }
    }
}
