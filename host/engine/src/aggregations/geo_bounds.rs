//! `geo_bounds`: the smallest rectangle with all points in it.

use serde_json::{Map, Value as Json, json};

use super::aggregation::{Aggregation, Opening, SegmentAggregation};
use super::answer::Answer;
use super::answering::Answering;
use super::batch::Batch;
use super::definition::Definition;
use super::metric::{Metric, MetricError};
use super::nodes::Nodes;
use super::options::required_point_field;
use super::partial::{Outermost, Partial, Wrap};
use super::points::{PointReader, PointSource};
use crate::Error;
use crate::json::{Node, ParseError};
use crate::memory::Reservation;
use crate::plan::Planner;
use crate::request::Parser;

const WHAT: &str = "[geo_bounds] aggregation";

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    let field = required_point_field(&mut fields, WHAT)?;
    let wrap = fields.optional("wrap_longitude", Node::boolean)?.unwrap_or(true);
    fields.finish(WHAT)?;
    let wrap = if wrap { Wrap::Allowed } else { Wrap::Never };
    Ok(Box::new(GeoBoundsDefinition { field, wrap }))
}

struct GeoBoundsDefinition {
    field: String,
    wrap: Wrap,
}

impl Definition for GeoBoundsDefinition {
    fn plan(&self, planner: &Planner<'_>, _: &str, _: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        let source = PointSource::plan(planner, &self.field, "geo_bounds")?;
        Ok(Box::new(GeoBounds { source, wrap: self.wrap }))
    }
}

struct GeoBounds {
    source: PointSource,
    wrap: Wrap,
}

fn outermost(partial: &Partial) -> &Outermost {
    match partial {
        Partial::Outermost(outermost) => outermost,
        _ => unreachable!("not the outermost points"),
    }
}

impl Aggregation for GeoBounds {
    fn type_name(&self) -> &'static str {
        "geo_bounds"
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        let reader = PointReader::open(&self.source, opening.segment.reader)?;
        Ok(Box::new(SegmentGeoBounds { reader, found: Vec::new(), reservation: opening.memory.reservation() }))
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        let mut merged = Outermost::default();
        partials.iter().for_each(|partial| merged.merge(outermost(partial)));
        Partial::Outermost(merged)
    }

    fn metric(&self, path: &[&str]) -> Result<Metric, MetricError> {
        let wrap = self.wrap;
        let read: fn(&Outermost, Wrap) -> f64 = match path {
            [] => return Err(MetricError::Ambiguous),
            ["top"] | ["top_left", "lat"] => |found, _| found.north,
            ["bottom"] | ["bottom_right", "lat"] => |found, _| found.south,
            ["left"] | ["top_left", "lon"] => |found, wrap| found.longitudes(wrap).0,
            ["right"] | ["bottom_right", "lon"] => |found, wrap| found.longitudes(wrap).1,
            [other, ..] => return Err(MetricError::NoSuchValue((*other).to_owned())),
        };
        Ok(Metric::new(move |partial| read(outermost(partial), wrap)))
    }

    fn answer(&self, partial: Partial, _: &mut Answering) -> Result<Answer<'_>, Error> {
        let found = outermost(&partial);
        let mut shown = Map::new();
        if found.north.is_finite() {
            let (west, east) = found.longitudes(self.wrap);
            let corner = |lat: f64, lon: f64| -> Json { json!({ "lat": lat, "lon": lon }) };
            let corners = json!({
                "top_left": corner(found.north, west),
                "bottom_right": corner(found.south, east),
            });
            shown.insert("bounds".to_owned(), corners);
        }
        Ok(Answer::from_figures(shown, self, partial))
    }
}

struct SegmentGeoBounds {
    reader: PointReader,
    found: Vec<Outermost>,
    reservation: Reservation,
}

impl SegmentAggregation for SegmentGeoBounds {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        let parents = batch.parents();
        if self.found.len() < parents {
            self.found.resize(parents, Outermost::default());
            self.reservation.reach(self.found.len() * size_of::<Outermost>())?;
        }
        let found = &mut self.found;
        self.reader.for_each(batch, |position, lat, lon| found[batch.buckets[position] as usize].add(lat, lon));
        Ok(())
    }

    fn finish(mut self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        self.found.resize(parents, Outermost::default());
        Ok(self.found.into_iter().map(Partial::Outermost).collect())
    }
}
