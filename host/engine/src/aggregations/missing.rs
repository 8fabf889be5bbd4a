//! `missing`: the documents without a value in a field.

use quidditch_function::ColumnKind;
use tantivy::SegmentReader;

use super::aggregation::{Aggregation, BUCKET_COST, Opening, SegmentAggregation};
use super::answer::Answer;
use super::answering::Answering;
use super::batch::Batch;
use super::definition::{Definition, Layout};
use super::metric::{Metric, MetricError};
use super::nodes::Nodes;
use super::options::FieldOptions;
use super::partial::Partial;
use super::positions::{self, SegmentPositions};
use super::reader::Reader;
use super::source::{Source, Taken};
use crate::Error;
use crate::json::{Node, ParseError};
use crate::plan::Planner;
use crate::request::Parser;

const WHAT: &str = "[missing] aggregation";

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    let options = FieldOptions::take(&mut fields, WHAT, ColumnKind::Texts, parser)?;
    fields.finish(WHAT)?;
    Ok(Box::new(MissingDefinition(options)))
}

struct MissingDefinition(FieldOptions);

impl Definition for MissingDefinition {
    fn plan(&self, planner: &Planner<'_>, _: &str, inner: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        let source = Source::plan(planner, &self.0, Taken::anything("missing"))?;
        Ok(Box::new(MissingAggregation { source, inner }))
    }

    fn layout(&self) -> Layout {
        Layout::One
    }
}

struct MissingAggregation {
    source: Source,
    inner: Nodes,
}

impl Aggregation for MissingAggregation {
    fn type_name(&self) -> &'static str {
        "missing"
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        Ok(Box::new(SegmentMissing {
            // With a value for missing ones, no document misses one.
            reader: match self.source.missing {
                Some(_) => None,
                None => Some(Reader::open(&self.source, opening.segment)?),
            },
            buckets: SegmentPositions::open(1, &self.inner, opening)?,
        }))
    }

    fn merge_cost(&self, segment: &SegmentReader) -> tantivy::Result<Option<u64>> {
        self.inner.merge_cost_in(1, BUCKET_COST, segment)
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        positions::merge(1, &self.inner, partials)
    }

    fn metric(&self, path: &[&str]) -> Result<Metric, MetricError> {
        positions::metric(&self.inner, path)
    }

    fn answer(&self, partial: Partial, answering: &mut Answering) -> Result<Answer<'_>, Error> {
        positions::answer(&self.inner, partial, answering)
    }
}

struct SegmentMissing<'a> {
    reader: Option<Reader>,
    buckets: SegmentPositions<'a>,
}

impl SegmentAggregation for SegmentMissing<'_> {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        let Some(reader) = &self.reader else { return Ok(()) };
        self.buckets.begin(batch)?;
        let buckets = &mut self.buckets;
        reader.for_each_without(batch.docs, |position| buckets.add(batch, position, 0));
        buckets.end()
    }

    fn finish(self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        self.buckets.finish(parents)
    }
}
