//! `{"_geo_distance": {"location": [13.4, 52.5], "unit": "km"}}`: a sort by the distance from points.

use quidditch_index::GeoPoint;
use serde_json::{Map, Value as Json, json};

use super::nested_sort::NestedSort;
use super::sort_mode::{MODES, Mode};
use crate::geo::{DISTANCE_PATHS, DistancePath, UNIT, VALIDATION_METHODS, parse_point};
use crate::json::{ErrorKind, Fields, Node, ParseError};

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
    /// Parses everything but the order.
    pub(super) fn parse(node: &Node<'_>, fields: &mut Fields<'_>) -> Result<Self, ParseError> {
        let unit = fields.nullable("unit", |node| UNIT.read(node))?.unwrap_or(1.0);
        let path = fields.nullable("distance_type", |node| DISTANCE_PATHS.read(node))?.unwrap_or(DistancePath::Arc);
        let mode = fields.nullable("mode", distance_mode)?;
        fields.optional("validation_method", |node| VALIDATION_METHODS.read(node))?;
        let ignore_unmapped = fields.optional("ignore_unmapped", Node::boolean)?.unwrap_or(false);
        let nested = NestedSort::take(fields)?;
        let mut found: Option<(String, Vec<GeoPoint>)> = None;
        for (name, value) in fields.rest() {
            if matches!(value.json(), Json::Null | Json::Bool(_) | Json::Number(_)) {
                return Err(value.error(format!("[_geo_distance] does not support [{name}]")));
            }
            if let Some((field, _)) = &found {
                return Err(value.error(format!("[_geo_distance] accepts one field, found [{field}] and [{name}]")));
            }
            found = Some((name.to_owned(), parse_points(&value)?));
        }
        match found {
            Some((field, points)) if !points.is_empty() => {
                Ok(DistanceSort { field, points, mode, unit, path, ignore_unmapped, nested })
            }
            _ => Err(node.mistake(ErrorKind::Argument, "a sort by [_geo_distance] requires a field with a point")),
        }
    }

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

fn distance_mode(node: &Node<'_>) -> Result<Mode, ParseError> {
    match MODES.read(node)? {
        Mode::Sum => Err(node.mistake(ErrorKind::Argument, "[mode] [sum] is not supported in a sort by distance")),
        mode => Ok(mode),
    }
}

/// One point in any notation, or a list of points. A list that begins with a number is one point.
fn parse_points(node: &Node<'_>) -> Result<Vec<GeoPoint>, ParseError> {
    let parse = |node: &Node<'_>| {
        // Clients expect a point that is not on Earth to be a failure of the search itself.
        parse_point(node).map_err(|error| match error.kind {
            ErrorKind::Query => error.of_kind(ErrorKind::Setting),
            _ => error,
        })
    };
    match node.json().as_array() {
        Some(items) if !items.first().is_some_and(Json::is_number) => node.items().map(|item| parse(&item)).collect(),
        _ => Ok(vec![parse(node)?]),
    }
}
