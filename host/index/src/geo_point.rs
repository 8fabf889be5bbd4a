//! Points on Earth, and their notations.

mod geohash;

pub use geohash::GEOHASH_DIGITS;

use serde_json::{Map, Value as Json};

use crate::{excerpt, json_excerpt};

/// A point on Earth, in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GeoPoint {
    /// Latitude, -90 to 90.
    pub lat: f64,
    /// Longitude, -180 to 180.
    pub lon: f64,
}

/// Why JSON is not a point.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GeoPointError {
    /// Latitude out of range.
    #[error("latitude {0} is not between -90 and 90")]
    Latitude(f64),
    /// Longitude out of range.
    #[error("longitude {0} is not between -180 and 180")]
    Longitude(f64),
    /// An object with a key other than `lat` and `lon`.
    #[error("unknown key {0:?}: a point has the keys `lat` and `lon`, or only `geohash`")]
    UnknownKey(String),
    /// Not a geohash: an excerpt.
    #[error("{0} is not a geohash; an example is \"u33dc1\"")]
    NotAGeohash(String),
    /// An object without one of the keys.
    #[error("a point requires both `lat` and `lon`")]
    MissingKey,
    /// A key of an object without a number.
    #[error("{0:?} of a point is not a number")]
    NotANumber(String),
    /// Not an array of two or three numbers.
    #[error("a point as an array must be two numbers: [lon, lat]")]
    NotLonLat,
    /// A text in another notation.
    #[error(
        "{0:?} is not a point; examples are \"52.5,13.4\" (lat,lon), \"POINT (13.4 52.5)\" and \"u33dc1\" (a geohash)"
    )]
    UnknownText(String),
    /// JSON in another notation.
    #[error(
        "a point must be {{\"lat\": .., \"lon\": ..}}, [lon, lat], \"lat,lon\", \"POINT (lon lat)\", a geohash, or GeoJSON"
    )]
    UnknownNotation,
}

impl GeoPoint {
    /// Converts `{"lat": .., "lon": ..}`, `{"type": "Point", "coordinates": [lon, lat]}`, `[lon, lat]`, `"lat,lon"`,
    /// `"POINT (lon lat)"`, or a geohash, as text or under the key `geohash`: clients expect the south-western corner of its cell.
    /// A third coordinate, the altitude, is not indexed.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_json(json: &Json) -> Result<Self, GeoPointError> {
        match json {
            Json::Object(object) if object.contains_key("type") => Self::from_geo_json(object),
            Json::Object(object) if object.len() == 1 && object.contains_key("geohash") => {
                let corner = object["geohash"].as_str().and_then(Self::from_geohash);
                corner.ok_or_else(|| GeoPointError::NotAGeohash(json_excerpt(&object["geohash"])))
            }
            Json::Object(object) => Self::from_object(object),
            Json::Array(items) => Self::from_array(items),
            Json::String(text) => Self::from_text(text),
            _ => Err(GeoPointError::UnknownNotation),
        }
    }

    /// Whether a point has a third coordinate, which [`from_json`](Self::from_json) ignores.
    pub fn has_altitude(json: &Json) -> bool {
        match json {
            Json::Array(items) => items.len() == 3,
            Json::Object(object) => object.get("coordinates").is_some_and(Self::has_altitude),
            Json::String(text) => text.split(',').count() == 3,
            _ => false,
        }
    }

    /// Whether an array is one point, rather than several.
    pub fn is_point_array(items: &[Json]) -> bool {
        items.first().is_some_and(Json::is_number)
    }

    fn new(lat: f64, lon: f64) -> Result<Self, GeoPointError> {
        if !(-90.0..=90.0).contains(&lat) {
            return Err(GeoPointError::Latitude(lat));
        }
        if !(-180.0..=180.0).contains(&lon) {
            return Err(GeoPointError::Longitude(lon));
        }
        // Adding zero makes -0.0 the same as 0.0.
        Ok(GeoPoint { lat: lat + 0.0, lon: lon + 0.0 })
    }

    /// The geohash of the cell that it is in, of 1 to 12 digits.
    pub fn geohash(self, digits: usize) -> String {
        geohash::geohash(self.lat, self.lon, digits)
    }

    /// A number of digits of a geohash, also in a string; `None` if it is not one.
    pub fn geohash_digits(json: &Json) -> Option<u8> {
        let number = json.as_u64().or_else(|| json.as_str()?.parse().ok())?;
        u8::try_from(number).ok().filter(|digits| (1..=geohash::MAX_DIGITS as u8).contains(digits))
    }

    /// The geohashes of the cells around one.
    pub fn geohash_neighbours(geohash: &str) -> Vec<String> {
        geohash::neighbours(geohash)
    }

    /// The south-western corner of the cell of a geohash.
    fn from_geohash(text: &str) -> Option<Self> {
        geohash::south_west(text).map(|(lat, lon)| GeoPoint { lat, lon })
    }

    fn from_object(object: &Map<String, Json>) -> Result<Self, GeoPointError> {
        let mut lat = None;
        let mut lon = None;
        for (key, value) in object {
            let degrees_of = match key.as_str() {
                "lat" => &mut lat,
                "lon" => &mut lon,
                _ => return Err(GeoPointError::UnknownKey(key.clone())),
            };
            *degrees_of = Some(degrees(value).ok_or_else(|| GeoPointError::NotANumber(key.clone()))?);
        }
        match (lat, lon) {
            (Some(lat), Some(lon)) => Self::new(lat, lon),
            _ => Err(GeoPointError::MissingKey),
        }
    }

    fn from_geo_json(object: &Map<String, Json>) -> Result<Self, GeoPointError> {
        let is_point = object.get("type").and_then(Json::as_str).is_some_and(|kind| kind.eq_ignore_ascii_case("point"));
        match object.get("coordinates") {
            Some(Json::Array(items)) if is_point && object.len() == 2 => Self::from_array(items),
            _ => Err(GeoPointError::UnknownNotation),
        }
    }

    fn from_array(items: &[Json]) -> Result<Self, GeoPointError> {
        if !(2..=3).contains(&items.len()) {
            return Err(GeoPointError::NotLonLat);
        }
        match (items[0].as_f64(), items[1].as_f64()) {
            (Some(lon), Some(lat)) => Self::new(lat, lon),
            _ => Err(GeoPointError::NotLonLat),
        }
    }

    fn from_text(text: &str) -> Result<Self, GeoPointError> {
        if let Some(corner) = Self::from_geohash(text) {
            return Ok(corner);
        }
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
            _ => Err(GeoPointError::UnknownText(excerpt(text))),
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn all_notations_are_read() {
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
    fn geohashes_are_the_corners_of_their_cells() {
        let corner = GeoPoint { lat: 52.520_141_601_562_5, lon: 13.403_320_312_5 };
        for json in [json!("u33dc1"), json!({"geohash": "u33dc1"})] {
            assert_eq!(GeoPoint::from_json(&json), Ok(corner), "{json}");
        }
        for json in [json!({"geohash": ""}), json!({"geohash": 1}), json!({"geohash": "U33"})] {
            assert!(matches!(GeoPoint::from_json(&json), Err(GeoPointError::NotAGeohash(_))), "{json}");
        }
        insta::assert_snapshot!(GeoPoint::from_json(&json!({"geohash": "u33a"})).expect_err("no a"), @r#""u33a" is not a geohash; an example is "u33dc1""#);
        insta::assert_snapshot!(GeoPoint::from_json(&json!({"lat": 1, "geohash": "u33"})).expect_err("both"), @r#"unknown key "geohash": a point has the keys `lat` and `lon`, or only `geohash`"#);
        insta::assert_snapshot!(GeoPoint::from_json(&json!("somewhere")).expect_err("no point"), @r#""somewhere" is not a point; examples are "52.5,13.4" (lat,lon), "POINT (13.4 52.5)" and "u33dc1" (a geohash)"#);
    }

    #[test]
    fn degrees_are_limited() {
        for (lat, lon) in [(90.0, 180.0), (-90.0, -180.0)] {
            assert_eq!(GeoPoint::from_json(&json!([lon, lat])), Ok(GeoPoint { lat, lon }));
        }
        insta::assert_snapshot!(GeoPoint::from_json(&json!([0, 90.001])).expect_err("too far north"), @"latitude 90.001 is not between -90 and 90");
        insta::assert_snapshot!(GeoPoint::from_json(&json!("0,-180.5")).expect_err("too far west"), @"longitude -180.5 is not between -180 and 180");
    }

    #[test]
    fn other_json_is_rejected() {
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
            json!(""),
            json!("52.5"),
            json!(" u33"),
            json!("U33"),
            json!("1,2,3,4"),
            json!("NaN,1"),
            json!("POINT 1 2"),
            json!("POINT (1)"),
            json!({"type": "Polygon", "coordinates": [1, 2]}),
        ] {
            assert!(GeoPoint::from_json(&json).is_err(), "{json}");
        }
    }
}
