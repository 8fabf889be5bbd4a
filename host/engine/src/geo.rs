//! Points and distances on the Earth.

use quidditch_expression::{DistanceFrom, EARTH_RADIUS, LENGTH_UNITS, parse_distance as parse_length};
use quidditch_index::{GeoPoint, GeoPointError};

use crate::json::{Case, ErrorKind, Node, ParseError, Words};

/// `{"lat": .., "lon": ..}`, `[lon, lat]`, `"lat,lon"`: as in documents, but without an altitude.
pub(crate) fn parse_point(node: &Node<'_>) -> Result<GeoPoint, ParseError> {
    if GeoPoint::has_altitude(node.json()) {
        return Err(node.mistake(ErrorKind::Value, "a point of a request has two coordinates, not three"));
    }
    GeoPoint::from_json(node.json()).map_err(|error| {
        let kind = match error {
            GeoPointError::Latitude(_) | GeoPointError::Longitude(_) => ErrorKind::Query,
            GeoPointError::NotANumber(_) => ErrorKind::NumberFormat,
            GeoPointError::UnknownKey(_) => ErrorKind::Parsing,
            _ => ErrorKind::Value,
        };
        node.mistake(kind, error.to_string())
    })
}

/// The way along which a distance is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DistancePath {
    /// The great circle.
    Arc,
    /// A line on a plane: good for short distances that are not near a pole.
    Plane,
}

pub(crate) const DISTANCE_PATHS: Words<DistancePath> = Words {
    key: "distance_type",
    case: Case::Any,
    error: ErrorKind::Argument,
    words: &[("arc", DistancePath::Arc), ("plane", DistancePath::Plane)],
};

/// What is done with points that are not on Earth. They are an error in any case.
pub(crate) const VALIDATION_METHODS: Words<()> = Words {
    key: "validation_method",
    case: Case::Any,
    error: ErrorKind::Argument,
    words: &[("strict", ()), ("coerce", ()), ("ignore_malformed", ())],
};

impl DistancePath {
    /// Metres along it to a point in degrees.
    pub(crate) fn metres(self, from: &DistanceFrom, lat: f64, lon: f64) -> f64 {
        match self {
            DistancePath::Arc => from.metres(lat, lon),
            DistancePath::Plane => from.metres_on_plane(lat, lon),
        }
    }
}

/// Distances from a point.
pub(crate) fn distance_from(point: GeoPoint) -> DistanceFrom {
    DistanceFrom::new(point.lat, point.lon)
}

/// The degrees of latitude that a distance along a meridian spans, rounded up so that no document is lost to rounding.
pub(crate) fn degrees_of_latitude(metres: f64) -> f64 {
    (metres / EARTH_RADIUS).to_degrees() * (1.0 + 1e-9) + 1e-9
}

/// A unit of length by itself, in metres.
pub(crate) const UNIT: Words<f64> =
    Words { key: "unit", case: Case::Exact, error: ErrorKind::Argument, words: LENGTH_UNITS };

/// A distance in metres: a number, or `"12km"`. `unit` is the unit of a distance without one, in metres.
pub(crate) fn parse_distance(node: &Node<'_>, unit: f64) -> Result<f64, ParseError> {
    if !node.json().is_string() {
        return node.number().map(|number| number * unit);
    }
    let text = node.text()?.trim();
    parse_length(text, unit).ok_or_else(|| {
        let kind = if text.is_empty() { ErrorKind::Argument } else { ErrorKind::NumberFormat };
        node.mistake(kind, format!("expected a distance such as \"12km\", found [{text}]"))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn distances_have_units() {
        let metres = |json: serde_json::Value| parse_distance(&Node::root(&json), 1.0).map_err(|error| error.reason);
        assert_eq!(metres(json!(12)), Ok(12.0));
        assert_eq!(metres(json!("1.5km")), Ok(1_500.0));
        assert_eq!(metres(json!("2 mi")), Ok(3_218.688));
        assert_eq!(metres(json!("7m")), Ok(7.0));
        assert_eq!(metres(json!("3cm")), Ok(0.03));
        assert_eq!(metres(json!("4")), Ok(4.0));
        assert_eq!(parse_distance(&Node::root(&json!("4")), 1_000.0), Ok(4_000.0));
        assert_eq!(parse_distance(&Node::root(&json!("4m")), 1_000.0), Ok(4.0));
        assert_eq!(UNIT.read(&Node::root(&json!("km"))), Ok(1_000.0));
        assert_eq!(UNIT.read(&Node::root(&json!("KM"))).map_err(|error| error.kind), Err(ErrorKind::Argument));
        assert_eq!(metres(json!("4 parsec")), Err("expected a distance such as \"12km\", found [4 parsec]".to_owned()));
    }
}
