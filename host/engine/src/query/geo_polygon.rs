//! `{"geo_polygon": {"location": {"points": [[0, 40], [20, 40], [20, 60]]}}}`: documents with a point in a polygon, whose sides are
//! straight lines on a map of latitudes and longitudes.

use std::ops::Bound;
use std::sync::Arc;

use quidditch_index::{Field, FieldValue, GeoPoint};

use crate::Error;
use crate::clause::Clause;
use crate::geo::{VALIDATION_METHODS, parse_point};
use crate::json::{ErrorKind, Node, ParseError};
use crate::plan::{Planned, Planner, Pruner, UnmappedField};
use crate::request::{Parser, take_boost};
use crate::scores::Scoring;
use crate::stages::PointFilter;

/// Most corners. Each costs time for each document.
const MAX_POINTS: usize = 10_000;

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    const QUERY: &str = "[geo_polygon] query";
    let mut fields = node.fields()?;
    fields.optional("validation_method", |node| VALIDATION_METHODS.read(node))?;
    let unmapped = fields.optional("ignore_unmapped", UnmappedField::parse)?.unwrap_or(UnmappedField::Fails);
    let boost = take_boost(&mut fields)?;
    let mut entries = fields.rest();
    let Some((field, body)) = entries.next() else {
        return Err(node.mistake(ErrorKind::Argument, "[geo_polygon] query requires a field with points"));
    };
    if let Some((other, node)) = entries.next() {
        return Err(node.error(format!("{QUERY} accepts one field, found [{field}] and [{other}]")));
    }
    let mut keys = body.fields()?;
    let points = match keys.take("points") {
        Some(list) => list.list()?.map(|point| parse_point(&point)).collect::<Result<Vec<_>, _>>()?,
        None => Vec::new(),
    };
    keys.finish(QUERY)?;
    let polygon = Polygon::new(points).map_err(|reason| body.mistake(ErrorKind::Argument, reason.to_string()))?;
    Ok(Box::new(GeoPolygon { field: field.to_owned(), polygon: Arc::new(polygon), unmapped, boost }))
}

/// A closed polygon.
#[derive(Debug)]
struct Polygon {
    /// The last one is the first one.
    points: Vec<GeoPoint>,
    south: f64,
    north: f64,
    west: f64,
    east: f64,
}

/// Why points are not a polygon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum NoPolygon {
    #[error("[geo_polygon] query requires at least three different points")]
    TooFewPoints,
    #[error("[geo_polygon] query accepts at most {MAX_POINTS} points, found {0}")]
    TooManyPoints(usize),
}

impl Polygon {
    fn new(mut points: Vec<GeoPoint>) -> Result<Self, NoPolygon> {
        let Some(&first) = points.first() else { return Err(NoPolygon::TooFewPoints) };
        if points.last() != Some(&first) {
            points.push(first);
        }
        match points.len() {
            ..4 => return Err(NoPolygon::TooFewPoints),
            count if count - 1 > MAX_POINTS => return Err(NoPolygon::TooManyPoints(count - 1)),
            _ => {}
        }
        let lats = || points.iter().map(|point| point.lat);
        let lons = || points.iter().map(|point| point.lon);
        Ok(Polygon {
            south: lats().fold(f64::INFINITY, f64::min),
            north: lats().fold(f64::NEG_INFINITY, f64::max),
            west: lons().fold(f64::INFINITY, f64::min),
            east: lons().fold(f64::NEG_INFINITY, f64::max),
            points,
        })
    }

    /// Whether a point is inside or on a side: whether a line to the east of it crosses an odd number of sides.
    fn contains(&self, lat: f64, lon: f64) -> bool {
        if !(self.south..=self.north).contains(&lat) || !(self.west..=self.east).contains(&lon) {
            return false;
        }
        let mut is_inside = false;
        for side in self.points.windows(2) {
            let (from, to) = (side[0], side[1]);
            // Twice the area of the triangle with this side: its sign says on which side of the line the point is.
            let area = (to.lon - from.lon) * (lat - from.lat) - (lon - from.lon) * (to.lat - from.lat);
            let is_between = (from.lat.min(to.lat)..=from.lat.max(to.lat)).contains(&lat)
                && (from.lon.min(to.lon)..=from.lon.max(to.lon)).contains(&lon);
            if area == 0.0 && is_between {
                return true;
            }
            let crosses = (from.lat > lat) != (to.lat > lat);
            if crosses && (area > 0.0) == (to.lat > from.lat) {
                is_inside = !is_inside;
            }
        }
        is_inside
    }
}

struct GeoPolygon {
    field: String,
    polygon: Arc<Polygon>,
    unmapped: UnmappedField,
    boost: f32,
}

impl Clause for GeoPolygon {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let score = scoring.boosted(self.boost)?.boost();
        let Some(source) = planner.geo_field(&self.field, self.unmapped)? else { return Ok(Planned::none()) };
        let polygon = Arc::clone(&self.polygon);
        let condition = move |lat, lon| polygon.contains(lat, lon);
        Ok(Planned::stage(Box::new(PointFilter { source, condition }), score))
    }

    fn may_match(&self, pruner: &Pruner<'_>) -> bool {
        let Some((lat, lon)) = pruner.field(&self.field).and_then(Field::point_columns) else { return true };
        let bound = |degrees| Bound::Included(FieldValue::Float(degrees));
        let Polygon { south, north, west, east, .. } = *self.polygon;
        pruner.split.may_have(lat, &bound(south), &bound(north))
            && pruner.split.may_have(lon, &bound(west), &bound(east))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polygon(points: &[(f64, f64)]) -> Result<Polygon, NoPolygon> {
        Polygon::new(points.iter().map(|&(lon, lat)| GeoPoint { lat, lon }).collect())
    }

    #[test]
    fn points_inside_and_on_the_sides_are_contained() {
        let triangle = polygon(&[(0.0, 0.0), (10.0, 0.0), (0.0, 10.0)]).expect("a polygon");
        for (lon, lat) in [(1.0, 1.0), (0.0, 0.0), (5.0, 0.0), (0.0, 5.0), (5.0, 5.0), (10.0, 0.0)] {
            assert!(triangle.contains(lat, lon), "{lon} {lat}");
        }
        for (lon, lat) in [(-1.0, 1.0), (6.0, 5.0), (5.0, -0.1), (10.1, 0.0), (0.0, 10.1)] {
            assert!(!triangle.contains(lat, lon), "{lon} {lat}");
        }
    }

    #[test]
    fn where_it_crosses_itself_it_has_holes() {
        let bow = polygon(&[(0.0, 0.0), (10.0, 10.0), (10.0, 0.0), (0.0, 10.0)]).expect("a polygon");
        assert!(bow.contains(5.0, 9.0));
        assert!(bow.contains(5.0, 1.0));
        assert!(!bow.contains(9.0, 5.0));
        assert!(!bow.contains(1.0, 5.0));
    }

    #[test]
    fn the_number_of_points_is_limited() {
        assert_eq!(polygon(&[]).err(), Some(NoPolygon::TooFewPoints));
        assert_eq!(polygon(&[(0.0, 0.0), (1.0, 0.0), (0.0, 0.0)]).err(), Some(NoPolygon::TooFewPoints));
        let many = |count: usize| polygon(&(0..count).map(|x| (x as f64 / 100.0, 0.0)).collect::<Vec<_>>()).err();
        assert_eq!(many(MAX_POINTS), None);
        assert_eq!(many(MAX_POINTS + 1), Some(NoPolygon::TooManyPoints(MAX_POINTS + 1)));
    }
}
