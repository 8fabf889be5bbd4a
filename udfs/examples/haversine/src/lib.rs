//! The distance in kilometres from a point.

#![no_std]

extern crate alloc;
#[cfg(any(test, not(target_arch = "wasm32")))]
extern crate std;

use alloc::borrow::ToOwned;
use alloc::string::String;

use quidditch_udf::{Arguments, Error, Floats, Parameter, ParameterKind, Values};

mod trigonometry;

use trigonometry::{arc_sine, cosine, sine, square_root};

/// The mean radius of the earth (IUGG).
const EARTH_RADIUS_KM: f64 = 6_371.008_8;
const RADIANS: f64 = core::f64::consts::PI / 180.0;

/// Computes the distance from a point to the nearest location of a document.
pub struct Haversine {
    field: String,
    lat: f64,
    lon: f64,
    cos_lat: f64,
}

impl Values for Haversine {
    type Columns = (Floats, Floats);
    type Value = f64;

    fn bind(arguments: &Arguments) -> Result<Self, Error> {
        let (lat, lon): (f64, f64) = (arguments.get("lat")?, arguments.get("lon")?);
        if !(-90.0..=90.0).contains(&lat) {
            return Err(Error::InvalidArgument("parameter [lat] must be from -90 to 90".to_owned()));
        }
        if !(-180.0..=180.0).contains(&lon) {
            return Err(Error::InvalidArgument("parameter [lon] must be from -180 to 180".to_owned()));
        }
        Ok(Haversine { field: arguments.get("field")?, lat, lon, cos_lat: cosine(lat * RADIANS) })
    }

    fn columns(&self) -> (Floats, Floats) {
        (Floats::of(self.field.clone() + ".lat"), Floats::of(self.field.clone() + ".lon"))
    }

    /// The same positions of both columns are one location.
    fn value(&self, (lats, lons): (&[f64], &[f64])) -> Option<f64> {
        let haversines = lats.iter().zip(lons).map(|(lat, lon)| self.haversine(*lat, *lon));
        let least = haversines.reduce(f64::min)?;
        Some(2.0 * EARTH_RADIUS_KM * arc_sine(square_root(least.min(1.0))))
    }
}

impl Haversine {
    /// The square of the sine of half the angle between the points. It grows with the distance.
    fn haversine(&self, lat: f64, lon: f64) -> f64 {
        let lon_difference = (lon - self.lon).abs();
        let lon_difference = if lon_difference > 180.0 { 360.0 - lon_difference } else { lon_difference };
        let half_lat = sine((lat - self.lat) * (RADIANS / 2.0));
        let half_lon = sine(lon_difference * (RADIANS / 2.0));
        half_lat * half_lat + self.cos_lat * cosine(lat * RADIANS) * half_lon * half_lon
    }
}

quidditch_udf::export! {
    summary: "The distance in kilometres from a point to the nearest location of a document.",
    parameters: [
        Parameter::required(ParameterKind::Field, "field", "The geo point field to measure to."),
        Parameter::required(ParameterKind::Float, "lat", "Latitude to measure from, in degrees."),
        Parameter::required(ParameterKind::Float, "lon", "Longitude to measure from, in degrees."),
    ],
    values: Haversine,
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use proptest::prelude::*;
    use quidditch_udf::Value;
    use quidditch_udf::testing::{Documents, arguments, compute, fields};

    use super::*;

    fn from(lat: f64, lon: f64) -> Arguments {
        arguments([("field", "location".into()), ("lat", lat.into()), ("lon", lon.into())])
    }

    fn distances(lat: f64, lon: f64, lats: &[&[f64]], lons: &[&[f64]]) -> Vec<Option<f64>> {
        let documents = Documents::new(lats.len()).floats(lats).floats(lons);
        let values = compute::<Haversine>(&from(lat, lon), &documents).expect("valid");
        let distance = |values: Vec<Value>| match values.as_slice() {
            [] => None,
            [Value::Float(distance)] => Some(*distance),
            other => panic!("{other:?}"),
        };
        values.into_iter().map(distance).collect()
    }

    /// By the spherical law of cosines, in terms of vectors.
    fn expected(lat: f64, lon: f64, other_lat: f64, other_lon: f64) -> f64 {
        let vector = |lat: f64, lon: f64| {
            let (lat, lon) = (lat.to_radians(), lon.to_radians());
            [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
        };
        let (one, other) = (vector(lat, lon), vector(other_lat, other_lon));
        let chord: f64 = one.iter().zip(other).map(|(a, b)| (a - b) * (a - b)).sum();
        2.0 * EARTH_RADIUS_KM * (chord.sqrt() / 2.0).min(1.0).asin()
    }

    #[test]
    fn the_nearest_location_counts_and_may_be_missing() {
        let found = distances(52.0, 13.0, &[&[52.0], &[], &[10.0, 53.0]], &[&[13.0], &[], &[13.0, 13.0]]);
        assert_eq!(found[..2], [Some(0.0), None]);
        assert!((found[2].expect("a distance") - 111.195).abs() < 0.001, "{found:?}");
    }

    #[test]
    fn the_points_of_the_column_are_requested() {
        let haversine = Haversine::bind(&from(1.0, 2.0)).expect("valid");
        assert_eq!(fields(&haversine.columns()), ["location.lat", "location.lon"]);
    }

    #[test]
    fn invalid_arguments_are_rejected() {
        let rejection = |lat, lon| Haversine::bind(&from(lat, lon)).map(|_| ()).expect_err("invalid");
        insta::assert_snapshot!(rejection(90.5, 0.0), @"parameter [lat] must be from -90 to 90");
        insta::assert_snapshot!(rejection(0.0, f64::NAN), @"parameter [lon] must be from -180 to 180");
    }

    proptest! {
        #[test]
        fn agrees_with_the_distance_between_vectors(
            lat in -90.0..=90.0_f64, lon in -180.0..=180.0_f64, other_lat in -90.0..=90.0_f64, other_lon in -180.0..=180.0_f64,
        ) {
            let found = distances(lat, lon, &[&[other_lat]], &[&[other_lon]])[0].expect("a distance");
            let expected = expected(lat, lon, other_lat, other_lon);
            prop_assert!((found - expected).abs() < 0.001, "{} {}", found, expected);
        }
    }
}
