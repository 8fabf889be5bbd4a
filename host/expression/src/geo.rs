//! Distances on the Earth.

/// Mean radius of the Earth in metres, with the digits that OpenSearch uses.
pub const EARTH_RADIUS: f64 = 6_371_008.771_4;

/// Distances from one point.
#[derive(Debug, Clone, Copy)]
pub struct DistanceFrom {
    /// In radians.
    lat: f64,
    lon: f64,
    cos_lat: f64,
}

impl DistanceFrom {
    /// From a point in degrees.
    pub fn new(lat: f64, lon: f64) -> Self {
        let lat = lat.to_radians();
        DistanceFrom { lat, lon: lon.to_radians(), cos_lat: lat.cos() }
    }

    /// Metres along the great circle to a point in degrees, by the haversine formula (R. W. Sinnott, "Virtues of the Haversine",
    /// 1984).
    #[inline]
    pub fn metres(&self, lat: f64, lon: f64) -> f64 {
        let (lat, lon) = (lat.to_radians(), lon.to_radians());
        let half_lat = ((lat - self.lat) / 2.0).sin();
        let half_lon = ((lon - self.lon) / 2.0).sin();
        let haversine = half_lat * half_lat + self.cos_lat * lat.cos() * half_lon * half_lon;
        2.0 * EARTH_RADIUS * haversine.min(1.0).sqrt().asin()
    }

    /// Metres on a plane: fast, and good for short distances that are not near a pole.
    #[inline]
    pub fn metres_on_plane(&self, lat: f64, lon: f64) -> f64 {
        let (lat, lon) = (lat.to_radians(), lon.to_radians());
        let x = (lon - self.lon) * ((lat + self.lat) / 2.0).cos();
        let y = lat - self.lat;
        EARTH_RADIUS * x.hypot(y)
    }

    /// Metres along the meridian: never more than the distance, and much cheaper.
    #[inline]
    pub fn metres_at_least(&self, lat: f64) -> f64 {
        EARTH_RADIUS * (lat.to_radians() - self.lat).abs()
    }
}

/// Metres along the great circle.
pub(crate) fn arc_distance(lat: f64, lon: f64, other_lat: f64, other_lon: f64) -> f64 {
    DistanceFrom::new(lat, lon).metres(other_lat, other_lon)
}

/// Metres on a plane.
pub(crate) fn plane_distance(lat: f64, lon: f64, other_lat: f64, other_lon: f64) -> f64 {
    DistanceFrom::new(lat, lon).metres_on_plane(other_lat, other_lon)
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

    #[test]
    fn haversine_of_known_places() {
        let berlin = DistanceFrom::new(52.52, 13.405);
        // A quarter of a meridian is the definition of the metre, give or take the Earth's real shape.
        let pole = DistanceFrom::new(0.0, 0.0);
        assert!((pole.metres(90.0, 0.0) - 10_007_557.0).abs() < 1.0);
        let paris = berlin.metres(48.8566, 2.3522);
        assert!((877_000.0..879_000.0).contains(&paris), "{paris}");
        assert_eq!(berlin.metres(52.52, 13.405), 0.0);
        let plane = berlin.metres_on_plane(48.8566, 2.3522);
        assert!((paris..paris * 1.002).contains(&plane), "{plane}");
        assert!(berlin.metres_at_least(48.8566) < paris);
    }
}
