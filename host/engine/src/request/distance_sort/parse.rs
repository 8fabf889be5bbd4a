//! Parses a sort by distance.

use quidditch_index::GeoPoint;
use serde_json::Value as Json;

use super::super::nested_sort::NestedSort;
use super::super::parser::Parser;
use super::super::sort_mode::{MODES, Mode};
use super::DistanceSort;
use crate::geo::{DISTANCE_PATHS, DistancePath, UNIT, VALIDATION_METHODS, parse_point};
use crate::json::{ErrorKind, Fields, Node, ParseError};

impl DistanceSort {
    /// Parses everything but the order.
    pub(in super::super) fn parse(
        node: &Node<'_>,
        fields: &mut Fields<'_>,
        parser: &mut Parser<'_>,
    ) -> Result<Self, ParseError> {
        let unit = fields.nullable("unit", |node| UNIT.read(node))?.unwrap_or(1.0);
        let path = fields.nullable("distance_type", |node| DISTANCE_PATHS.read(node))?.unwrap_or(DistancePath::Arc);
        let mode = fields.nullable("mode", distance_mode)?;
        fields.optional("validation_method", |node| VALIDATION_METHODS.read(node))?;
        let ignore_unmapped = fields.optional("ignore_unmapped", Node::boolean)?.unwrap_or(false);
        let nested = NestedSort::take(fields, parser)?;
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
