//! `value_count`: the number of values.

use quidditch_function::ColumnKind;
use serde_json::Map;
use tantivy::SegmentReader;

use super::aggregation::{Aggregation, METRIC_COST, Opening, SegmentAggregation};
use super::answer::Answer;
use super::answering::Answering;
use super::batch::Batch;
use super::definition::Definition;
use super::gathered::Repeats;
use super::kind::Kind;
use super::metric::{self, Metric, MetricError};
use super::nodes::Nodes;
use super::options::FieldOptions;
use super::partial::Partial;
use super::reader::Reader;
use super::source::{Source, Taken};
use crate::Error;
use crate::json::{Node, ParseError};
use crate::memory::Reservation;
use crate::plan::Planner;
use crate::request::Parser;

const WHAT: &str = "[value_count] aggregation";

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    let options = FieldOptions::take(&mut fields, WHAT, ColumnKind::Texts, parser)?;
    fields.finish(WHAT)?;
    Ok(Box::new(ValueCountDefinition(options)))
}

struct ValueCountDefinition(FieldOptions);

impl Definition for ValueCountDefinition {
    fn plan(&self, planner: &Planner<'_>, _: &str, _: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        let source = Source::plan(planner, &self.0, Taken::anything("value_count"))?;
        Ok(Box::new(ValueCount(source)))
    }
}

struct ValueCount(Source);

impl Aggregation for ValueCount {
    fn type_name(&self) -> &'static str {
        "value_count"
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        // A keyword is stored once for each document that has it, however often it is there.
        let repeats = if self.0.kind == Kind::Text { Repeats::Drop } else { Repeats::Keep };
        Ok(Box::new(SegmentValueCount {
            reader: Reader::open(&self.0, opening.segment)?,
            missing: self.0.missing.as_ref().map(|_| 0),
            repeats,
            counts: Vec::new(),
            reservation: opening.memory.reservation(),
        }))
    }

    fn merge_cost(&self, _: &SegmentReader) -> tantivy::Result<Option<u64>> {
        Ok(Some(METRIC_COST))
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        Partial::Count(partials.iter().map(Partial::count).sum())
    }

    fn metric(&self, path: &[&str]) -> Result<Metric, MetricError> {
        metric::single(path, |partial| partial.count() as f64)
    }

    fn answer(&self, partial: Partial, _: &mut Answering) -> Result<Answer<'_>, Error> {
        let shown = Map::from_iter([("value".to_owned(), partial.count().into())]);
        Ok(Answer::from_figures(shown, self, partial))
    }
}

struct SegmentValueCount {
    reader: Reader,
    /// Any value, if a missing one counts.
    missing: Option<u64>,
    repeats: Repeats,
    counts: Vec<u64>,
    reservation: Reservation,
}

impl SegmentAggregation for SegmentValueCount {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        let parents = batch.parents();
        if self.counts.len() < parents {
            self.reservation.reach(parents * size_of::<u64>())?;
            self.counts.resize(parents, 0);
        }
        let counts = &mut self.counts;
        let values = self.reader.bits_or(batch, self.repeats, self.missing);
        values.for_each(|position, _| counts[batch.buckets[position] as usize] += 1);
        Ok(())
    }

    fn finish(mut self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        self.counts.resize(parents, 0);
        Ok(self.counts.into_iter().map(Partial::Count).collect())
    }
}
