//! `{"_geo_distance": {"location": [13.4, 52.5], "unit": "km"}}`: a sort by the distance from points.

mod parse;

use quidditch_index::GeoPoint;
use serde_json::{Map, Value as Json, json};

use super::nested_sort::NestedSort;
use super::sort_mode::{MODES, Mode};
use crate::geo::{DISTANCE_PATHS, DistancePath, UNIT};

/// A sort by the distances between the points of a document and those of the request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DistanceSort {
    pub(crate) field: String,
    pub(crate) points: Vec<GeoPoint>,
    /// Without one, the smallest distance for an ascending sort and the largest for a descending.
    pub(crate) mode: Option<Mode>,
    /// The unit of the sort values, in metres.
    pub(crate) unit: f64,
    pub(crate) path: DistancePath,
    /// Whether a field that the mapping does not have is as one that no document has a value in.
    pub(crate) ignore_unmapped: bool,
    /// The nested objects whose points count, instead of those of the documents.
    pub(crate) nested: Option<NestedSort>,
}

impl DistanceSort {
    /// The options, as a request has them.
    pub(super) fn add_options(&self, options: &mut Map<String, Json>) {
        let points: Vec<Json> = self.points.iter().map(|point| json!([point.lon, point.lat])).collect();
        options.insert(self.field.clone(), points.into());
        options.insert("unit".to_owned(), UNIT.word(self.unit).into());
        options.insert("distance_type".to_owned(), DISTANCE_PATHS.word(self.path).into());
        options.insert("ignore_unmapped".to_owned(), self.ignore_unmapped.into());
        if let Some(mode) = self.mode {
            options.insert("mode".to_owned(), MODES.word(mode).into());
        }
        if let Some(nested) = &self.nested {
            options.insert("nested".to_owned(), nested.to_json());
        }
    }
}
