//! Distances on the Earth.

/// Mean radius of the Earth in metres, with the digits that OpenSearch uses.
pub const EARTH_RADIUS: f64 = 6_371_008.771_4;

/// Metres along the great circle, by the haversine formula.
pub(crate) fn arc_distance(lat: f64, lon: f64, other_lat: f64, other_lon: f64) -> f64 {
    let half_lat = ((other_lat - lat).to_radians() / 2.0).sin();
    let half_lon = ((other_lon - lon).to_radians() / 2.0).sin();
    let haversine = half_lat * half_lat + lat.to_radians().cos() * other_lat.to_radians().cos() * half_lon * half_lon;
    2.0 * EARTH_RADIUS * haversine.min(1.0).sqrt().asin()
}

/// Metres on a plane: fast, and good for short distances that are not near a pole.
pub(crate) fn plane_distance(lat: f64, lon: f64, other_lat: f64, other_lon: f64) -> f64 {
    let x = (other_lon - lon).to_radians() * ((other_lat + lat) / 2.0).to_radians().cos();
    let y = (other_lat - lat).to_radians();
    (x * x + y * y).sqrt() * EARTH_RADIUS
}

/// Parses `"lat,lon"`.
pub(crate) fn parse_point(text: &str) -> Option<(f64, f64)> {
    let (lat, lon) = text.split_once(',')?;
    let (lat, lon): (f64, f64) = (lat.trim().parse().ok()?, lon.trim().parse().ok()?);
    (lat.abs() <= 90.0 && lon.abs() <= 180.0).then_some((lat, lon))
}

/// Units of length, as clients write them, in metres. A unit comes before those that it ends with.
pub const LENGTH_UNITS: &[(&str, f64)] = &[
    ("nauticalmiles", 1_852.0),
    ("kilometers", 1_000.0),
    ("centimeters", 0.01),
    ("millimeters", 0.001),
    ("meters", 1.0),
    ("inches", 0.0254),
    ("miles", 1_609.344),
    ("yards", 0.9144),
    ("feet", 0.3048),
    ("inch", 0.0254),
    ("nmi", 1_852.0),
    ("NM", 1_852.0),
    ("km", 1_000.0),
    ("mi", 1_609.344),
    ("yd", 0.9144),
    ("ft", 0.3048),
    ("in", 0.0254),
    ("cm", 0.01),
    ("mm", 0.001),
    ("m", 1.0),
];

/// A distance such as `"100km"` in metres; `unit` is the unit of a distance without one, in metres. `None` if it is not a distance.
pub fn parse_distance(text: &str, unit: f64) -> Option<f64> {
    let text = text.trim();
    let found = LENGTH_UNITS.iter().find_map(|(name, metres)| Some((text.strip_suffix(name)?, *metres)));
    let (number, metres) = found.unwrap_or((text, unit));
    Some(number.trim().parse::<f64>().ok().filter(|number| number.is_finite())? * metres)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_opensearch() {
        let close = |left: f64, right: f64| (left / right - 1.0).abs() < 1e-9;
        let (lat, lon) = (51.199_999_982_491_136, 6.799_999_997_019_768);
        assert!(close(arc_distance(lat, lon, 51.0, 7.0), 26_260.266_131_011_187));
        assert!(close(plane_distance(lat, lon, 51.0, 7.0), 26_260.289_558_785_866));
        assert!(close(arc_distance(1.0, 2.0, 3.0, 4.0), 314_403.383_884_113_74));
    }

    #[test]
    fn points_and_distances_are_parsed() {
        assert_eq!(parse_point("51, 7"), Some((51.0, 7.0)));
        assert_eq!((parse_point("x"), parse_point("91,0")), (None, None));
        assert_eq!(
            (parse_distance("1.5km", 1.0), parse_distance("0", 1.0), parse_distance("x km", 1.0)),
            (Some(1_500.0), Some(0.0), None)
        );
    }
}
