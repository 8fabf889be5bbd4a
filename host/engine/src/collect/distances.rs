//! What a sort by distance computes.

use quidditch_expression::DistanceFrom;
use quidditch_index::Field;

use crate::Error;
use crate::geo::{DistancePath, distance_from};
use crate::request::DistanceSort;

/// Distances between the points of a field and those of a request.
pub(super) struct Distances {
    /// The columns of the field.
    pub(super) lat: String,
    pub(super) lon: String,
    from: Vec<DistanceFrom>,
    path: DistancePath,
    /// In metres.
    unit: f64,
}

impl Distances {
    pub(super) fn plan(sort: &DistanceSort, field: &Field) -> Result<Self, Error> {
        let Some((lat, lon)) = field.point_columns() else {
            let (name, kind) = (field.name(), field.kind().type_name());
            return Err(Error::shard_argument(format!("field [{name}] is of type [{kind}], not a geo_point")));
        };
        Ok(Distances {
            lat: lat.to_owned(),
            lon: lon.to_owned(),
            from: sort.points.iter().map(|point| distance_from(*point)).collect(),
            path: sort.path,
            unit: sort.unit,
        })
    }

    /// No distance of a point on this latitude from those of the request is less.
    pub(super) fn at_least(&self, lat: f64) -> f64 {
        // What rounding may take away from a distance is much less.
        const ROUNDED: f64 = 1.0 - 1e-7;
        let nearest = self.from.iter().map(|from| from.metres_at_least(lat)).fold(f64::INFINITY, f64::min);
        nearest / self.unit * ROUNDED
    }

    /// The distances of a point from all those of the request.
    pub(super) fn to(&self, lat: f64, lon: f64) -> impl Iterator<Item = f64> {
        self.from.iter().map(move |from| self.path.metres(from, lat, lon) / self.unit)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quidditch_index::GeoPoint;

    use super::*;

    fn point() -> impl Strategy<Value = GeoPoint> {
        (-90.0..=90.0_f64, -180.0..=180.0_f64).prop_map(|(lat, lon)| GeoPoint { lat, lon })
    }

    proptest! {
        #[test]
        fn no_distance_is_below_the_least(
            from in prop::collection::vec(point(), 1..3), to in point(), near in -1e-9..1e-9_f64, is_near: bool, is_plane: bool,
        ) {
            let distances = Distances {
                lat: String::new(),
                lon: String::new(),
                from: from.iter().copied().map(distance_from).collect(),
                path: if is_plane { DistancePath::Plane } else { DistancePath::Arc },
                unit: 1_000.0,
            };
            let lat = if is_near { (from[0].lat + near).clamp(-90.0, 90.0) } else { to.lat };
            let least = distances.at_least(lat);
            prop_assert!(distances.to(lat, to.lon).all(|distance| least <= distance));
            prop_assert!(distances.to(lat, from[0].lon).all(|distance| least <= distance));
        }
    }
}
