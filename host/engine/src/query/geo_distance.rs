//! `{"geo_distance": {"distance": "12km", "location": {"lat": .., "lon": ..}}}`: documents within a radius.

use std::ops::Bound;

use quidditch_index::{Field, FieldKind, FieldValue, GeoPoint};
use tantivy::SegmentReader;

use super::{Clause, Parser, take_boost};
use crate::Error;
use crate::columns::{ColumnSource, FloatReader, Floats};
use crate::geo::{DistanceFrom, degrees_of_latitude, parse_distance, parse_point};
use crate::planned::{Planned, Scores};
use crate::planner::Planner;
use crate::pruner::Pruner;
use crate::request::{Node, ParseError};
use crate::stage::{Candidates, Effect, SegmentStage, Stage};

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let mut fields = node.fields()?;
    let distance = fields.required("distance", "[geo_distance] query")?;
    let radius = parse_distance(&distance)?;
    if radius <= 0.0 {
        return Err(distance.error("distance must be greater than zero"));
    }
    if let Some(kind) = fields.take("distance_type")
        && kind.text()? != "arc"
    {
        return Err(kind.error(format!("[distance_type] must be [arc], got [{}]", kind.text()?)));
    }
    let ignore_unmapped = fields.optional("ignore_unmapped", Node::boolean)?.unwrap_or(false);
    let boost = take_boost(&mut fields)?;
    let mut entries = fields.rest();
    let Some((field, point)) = entries.next() else {
        return Err(node.error("[geo_distance] query requires a field with a point"));
    };
    if let Some((other, node)) = entries.next() {
        return Err(node.error(format!("[geo_distance] query takes one field, found [{field}] and [{other}]")));
    }
    let center = parse_point(&point)?;
    Ok(Box::new(GeoDistance { field: field.to_owned(), center, radius, ignore_unmapped, boost }))
}

struct GeoDistance {
    field: String,
    center: GeoPoint,
    /// Metres.
    radius: f64,
    ignore_unmapped: bool,
    boost: f32,
}

impl Clause for GeoDistance {
    fn plan(&self, planner: &Planner<'_>, _: Scores) -> Result<Planned, Error> {
        let Some(field) = planner.field(&self.field) else {
            if self.ignore_unmapped {
                return Ok(Planned::none());
            }
            return Err(Error::Query(format!("failed to find geo field [{}]", self.field)));
        };
        let [lat, lon] = point_sources(planner, field)?;
        let stage = WithinRadius { lat, lon, center: DistanceFrom::new(self.center), radius: self.radius };
        Ok(Planned::stage(Box::new(stage), self.boost))
    }

    fn may_match(&self, pruner: &Pruner<'_>) -> bool {
        let Some((lat, _)) = pruner.mapping.field(&self.field).and_then(Field::point_columns) else { return true };
        let reach = degrees_of_latitude(self.radius);
        let [south, north] = [self.center.lat - reach, self.center.lat + reach];
        let bound = |degrees| Bound::Included(FieldValue::Float(degrees));
        pruner.split.may_have(lat, &bound(south), &bound(north))
    }
}

/// The columns of a point's latitudes and longitudes.
pub(super) fn point_sources(planner: &Planner<'_>, field: &Field) -> Result<[ColumnSource; 2], Error> {
    if !matches!(field.kind(), FieldKind::GeoPoint) {
        let (name, kind) = (field.name(), field.kind().type_name());
        return Err(Error::Query(format!("field [{name}] is of type [{kind}], not a geo_point")));
    }
    let source = |axis: &str| planner.point_axis(&format!("{}.{axis}", field.name()));
    Ok([source("lat")?, source("lon")?])
}

struct WithinRadius {
    lat: ColumnSource,
    lon: ColumnSource,
    center: DistanceFrom,
    radius: f64,
}

impl Stage for WithinRadius {
    fn effect(&self) -> Effect {
        Effect::Filters
    }

    fn needs_scores(&self) -> bool {
        false
    }

    fn is_costly(&self) -> bool {
        false
    }

    fn open(&self, segment: &SegmentReader) -> Result<Box<dyn SegmentStage>, Error> {
        let points = PointReader::open(&self.lat, &self.lon, segment)?;
        Ok(Box::new(SegmentWithin { points, center: self.center, radius: self.radius }))
    }
}

struct SegmentWithin {
    points: PointReader,
    center: DistanceFrom,
    radius: f64,
}

impl SegmentStage for SegmentWithin {
    fn apply(&mut self, candidates: &mut Candidates) -> Result<(), Error> {
        let (center, radius) = (self.center, self.radius);
        let points = self.points.gather(&candidates.docs)?;
        candidates.retain(|position, _| {
            points.of(position).any(|(lat, lon)| {
                // The meridian settles most documents without a sine.
                center.metres_at_least(lat) <= radius && center.metres(lat, lon) <= radius
            })
        });
        Ok(())
    }
}

/// Points of a segment's documents, batch by batch.
pub(super) struct PointReader {
    lat: FloatReader,
    lon: FloatReader,
}

impl PointReader {
    pub(super) fn open(lat: &ColumnSource, lon: &ColumnSource, segment: &SegmentReader) -> Result<Self, Error> {
        Ok(PointReader { lat: FloatReader::open(lat, segment)?, lon: FloatReader::open(lon, segment)? })
    }

    pub(super) fn gather(&mut self, docs: &[tantivy::DocId]) -> Result<Points<'_>, Error> {
        Ok(Points { lats: self.lat.gather(docs)?, lons: self.lon.gather(docs)? })
    }
}

/// The points of one batch.
pub(super) struct Points<'a> {
    lats: Floats<'a>,
    lons: Floats<'a>,
}

impl Points<'_> {
    /// Latitude and longitude of each point of a document.
    pub(super) fn of(&self, position: usize) -> impl Iterator<Item = (f64, f64)> {
        self.lats.of(position).iter().copied().zip(self.lons.of(position).iter().copied())
    }
}
