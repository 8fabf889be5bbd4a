//! `geo_distance`: buckets of points by their distance from a point.

use quidditch_expression::DistanceFrom;
use quidditch_index::float_text;
use serde_json::{Map, Value as Json};
use tantivy::SegmentReader;

use super::aggregation::{Aggregation, BUCKET_COST, Opening, SegmentAggregation};
use super::answer::{Answer, BucketAnswer, BucketKey, Style};
use super::answering::Answering;
use super::batch::Batch;
use super::decimal_json::decimal_json;
use super::definition::{Definition, Layout};
use super::failure;
use super::nodes::Nodes;
use super::options::required_point_field;
use super::partial::Partial;
use super::points::{PointReader, PointSource};
use super::positions::{self, SegmentPositions};
use crate::Error;
use crate::geo::{DISTANCE_PATHS, DistancePath, UNIT, distance_from, parse_point};
use crate::json::{ErrorKind, Node, ParseError};
use crate::plan::Planner;
use crate::request::Parser;

const WHAT: &str = "[geo_distance] aggregation";

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    let field = required_point_field(&mut fields, WHAT)?;
    // Clients expect this mistake as one of the whole aggregation.
    let origin = fields.required_or(ErrorKind::Argument, "origin", WHAT);
    let origin = parse_point(&origin.map_err(|error| error.inside(ErrorKind::Argument))?)?;
    let unit = fields.optional("unit", |node| UNIT.read(node))?.unwrap_or(1.0);
    let path = fields.optional("distance_type", |node| DISTANCE_PATHS.read(node))?.unwrap_or(DistancePath::Arc);
    let mut ranges = match fields.take("ranges") {
        None => Vec::new(),
        Some(list) => list.list()?.map(|range| parse_range(&range)).collect::<Result<Vec<_>, _>>()?,
    };
    ranges.sort_by(|a, b| a.from.total_cmp(&b.from).then(a.to.total_cmp(&b.to)));
    let style = fields.optional("keyed", Style::parse)?.unwrap_or(Style::List);
    fields.finish(WHAT)?;
    let origin = distance_from(origin);
    Ok(Box::new(GeoDistanceDefinition { field, distances: Distances { origin, unit, path }, ranges, style }))
}

fn parse_range(node: &Node<'_>) -> Result<Range, ParseError> {
    let mut fields = node.fields()?;
    let key = fields.optional("key", |node| node.scalar().map(|key| key.into_owned()))?;
    let from = fields.nullable("from", Node::number)?.unwrap_or(0.0);
    let to = fields.nullable("to", Node::number)?.unwrap_or(f64::INFINITY);
    fields.finish("a range")?;
    let end = |end: f64, open: f64| if end == open { "*".to_owned() } else { float_text(end) };
    let name = key.unwrap_or_else(|| format!("{}-{}", end(from, 0.0), end(to, f64::INFINITY)));
    Ok(Range { name, from, to })
}

/// Distances from `from`, included, to `to`, excluded.
#[derive(Debug, Clone)]
struct Range {
    name: String,
    from: f64,
    to: f64,
}

#[derive(Debug, Clone, Copy)]
struct Distances {
    origin: DistanceFrom,
    /// In metres.
    unit: f64,
    path: DistancePath,
}

impl Distances {
    fn of(&self, lat: f64, lon: f64) -> f64 {
        self.path.metres(&self.origin, lat, lon) / self.unit
    }
}

struct GeoDistanceDefinition {
    field: String,
    distances: Distances,
    ranges: Vec<Range>,
    style: Style,
}

impl Definition for GeoDistanceDefinition {
    fn plan(&self, planner: &Planner<'_>, name: &str, inner: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        if self.ranges.is_empty() {
            return Err(failure::argument(format!("aggregation [{name}] requires [ranges]")));
        }
        let source = PointSource::plan(planner, &self.field, "geo_distance")?;
        let GeoDistanceDefinition { distances, ranges, style, .. } = self;
        Ok(Box::new(GeoDistance { source, distances: *distances, ranges: ranges.clone(), style: *style, inner }))
    }

    fn width(&self) -> usize {
        self.ranges.len()
    }

    fn layout(&self) -> Layout {
        Layout::Many
    }
}

struct GeoDistance {
    source: PointSource,
    distances: Distances,
    /// Sorted by their ends.
    ranges: Vec<Range>,
    style: Style,
    inner: Nodes,
}

impl Aggregation for GeoDistance {
    fn type_name(&self) -> &'static str {
        "geo_distance"
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        Ok(Box::new(SegmentGeoDistance {
            distances: self.distances,
            ranges: &self.ranges,
            reader: PointReader::open(&self.source, opening.segment.reader)?,
            buckets: SegmentPositions::open(self.ranges.len(), &self.inner, opening)?,
            last: Vec::new(),
        }))
    }

    fn merge_cost(&self, segment: &SegmentReader) -> tantivy::Result<Option<u64>> {
        self.inner.merge_cost_in(self.ranges.len() as u64, BUCKET_COST, segment)
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        positions::merge(self.ranges.len(), &self.inner, partials)
    }

    fn answer(&self, partial: Partial, answering: &mut Answering) -> Result<Answer<'_>, Error> {
        answering.count_buckets(self.ranges.len())?;
        let mut buckets = Vec::with_capacity(self.ranges.len());
        for (range, (count, inner)) in self.ranges.iter().zip(positions::each(partial.into_buckets())) {
            let mut shown = Map::new();
            if self.style == Style::List {
                shown.insert("key".to_owned(), Json::String(range.name.clone()));
            }
            shown.insert("from".to_owned(), decimal_json(range.from));
            if range.to.is_finite() {
                shown.insert("to".to_owned(), decimal_json(range.to));
            }
            shown.insert("doc_count".to_owned(), count.into());
            let inner = self.inner.answer(inner, answering)?;
            let (name, key) = (Some(range.name.clone()), BucketKey::Text(range.name.clone()));
            buckets.push(BucketAnswer { name, key, count, shown, inner });
        }
        Ok(Answer::from_buckets(Map::new(), buckets, self.style))
    }
}

struct SegmentGeoDistance<'a> {
    distances: Distances,
    ranges: &'a [Range],
    reader: PointReader,
    buckets: SegmentPositions<'a>,
    /// For each range, the position after the last document of the batch that is in it.
    last: Vec<usize>,
}

impl SegmentAggregation for SegmentGeoDistance<'_> {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        let SegmentGeoDistance { distances, ranges, reader, buckets, last } = self;
        buckets.begin(batch)?;
        last.clear();
        last.resize(ranges.len(), 0);
        reader.for_each(batch, |position, lat, lon| {
            let distance = distances.of(lat, lon);
            for (place, range) in ranges.iter().enumerate() {
                // A document with several points in a range is in it once.
                if range.from <= distance && distance < range.to && last[place] <= position {
                    last[place] = position + 1;
                    buckets.add(batch, position, place);
                }
            }
        });
        buckets.end()
    }

    fn finish(self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        self.buckets.finish(parents)
    }
}
