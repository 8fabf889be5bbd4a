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

    /// The distances of a point from all those of the request.
    pub(super) fn to(&self, lat: f64, lon: f64) -> impl Iterator<Item = f64> {
        self.from.iter().map(move |from| self.path.metres(from, lat, lon) / self.unit)
    }
}
