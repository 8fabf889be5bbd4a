//! `geo_centroid`: the average of points.

use serde_json::{Map, json};

use super::aggregation::{Aggregation, Opening, SegmentAggregation};
use super::answer::Answer;
use super::answering::Answering;
use super::batch::Batch;
use super::definition::Definition;
use super::metric::{Metric, MetricError};
use super::nodes::Nodes;
use super::options::required_point_field;
use super::partial::{Partial, PointSum};
use super::points::{PointReader, PointSource};
use crate::Error;
use crate::json::{Node, ParseError};
use crate::memory::Reservation;
use crate::plan::Planner;
use crate::request::Parser;

const WHAT: &str = "[geo_centroid] aggregation";

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    let field = required_point_field(&mut fields, WHAT)?;
    fields.finish(WHAT)?;
    Ok(Box::new(GeoCentroidDefinition(field)))
}

struct GeoCentroidDefinition(String);

impl Definition for GeoCentroidDefinition {
    fn plan(&self, planner: &Planner<'_>, _: &str, _: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        Ok(Box::new(GeoCentroid(PointSource::plan(planner, &self.0, "geo_centroid")?)))
    }
}

struct GeoCentroid(PointSource);

fn point_sum(partial: &Partial) -> &PointSum {
    match partial {
        Partial::PointSum(sum) => sum,
        _ => unreachable!("not a sum of points"),
    }
}

impl Aggregation for GeoCentroid {
    fn type_name(&self) -> &'static str {
        "geo_centroid"
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        let reader = PointReader::open(&self.0, opening.segment.reader)?;
        Ok(Box::new(SegmentGeoCentroid { reader, sums: Vec::new(), reservation: opening.memory.reservation() }))
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        let mut merged = PointSum::default();
        for partial in &partials {
            let PointSum { count, lat, lon } = point_sum(partial);
            merged.count += count;
            merged.lat.merge(lat);
            merged.lon.merge(lon);
        }
        Partial::PointSum(merged)
    }

    fn metric(&self, path: &[&str]) -> Result<Metric, MetricError> {
        let read: fn(&PointSum) -> f64 = match path {
            [] | ["value"] => return Err(MetricError::Ambiguous),
            ["count"] => |sum| sum.count as f64,
            ["lat"] => |sum| sum.average().0,
            ["lon"] => |sum| sum.average().1,
            [other, ..] => return Err(MetricError::NoSuchValue((*other).to_owned())),
        };
        Ok(Metric::new(move |partial| read(point_sum(partial))))
    }

    fn answer(&self, partial: Partial, _: &mut Answering) -> Result<Answer<'_>, Error> {
        let sum = point_sum(&partial);
        let mut shown = Map::new();
        if sum.count > 0 {
            let (lat, lon) = sum.average();
            shown.insert("location".to_owned(), json!({ "lat": lat, "lon": lon }));
        }
        shown.insert("count".to_owned(), sum.count.into());
        Ok(Answer::from_figures(shown, self, partial))
    }
}

struct SegmentGeoCentroid {
    reader: PointReader,
    sums: Vec<PointSum>,
    reservation: Reservation,
}

impl SegmentAggregation for SegmentGeoCentroid {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        let parents = batch.parents();
        if self.sums.len() < parents {
            self.sums.resize(parents, PointSum::default());
            self.reservation.reach(self.sums.len() * size_of::<PointSum>())?;
        }
        let sums = &mut self.sums;
        self.reader.for_each(batch, |position, lat, lon| {
            let sum = &mut sums[batch.buckets[position] as usize];
            sum.count += 1;
            sum.lat.add(lat);
            sum.lon.add(lon);
        });
        Ok(())
    }

    fn finish(mut self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        self.sums.resize(parents, PointSum::default());
        Ok(self.sums.into_iter().map(Partial::PointSum).collect())
    }
}
