//! `histogram`: buckets of numbers, all of the same width.

use quidditch_function::ColumnKind;
use tantivy::{SegmentReader, i64_to_u64};

use super::aggregation::{Aggregation, Opening, SegmentAggregation};
use super::answer::{Answer, Style};
use super::answering::Answering;
use super::batch::Batch;
use super::definition::{Definition, Layout};
use super::failure;
use super::gathered::{Gathered, Repeats};
use super::histogram_buckets::{HistogramBuckets, Steps};
use super::keyed::{SegmentKeyed, SegmentKeys};
use super::nodes::Nodes;
use super::options::FieldOptions;
use super::order::OrderRequest;
use super::partial::{Keys, Partial};
use super::reader::Reader;
use super::source::{Source, Taken};
use crate::Error;
use crate::json::{Node, ParseError};
use crate::plan::Planner;
use crate::request::Parser;

const WHAT: &str = "[histogram] aggregation";

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    let options = FieldOptions::take(&mut fields, WHAT, ColumnKind::Floats, parser)?;
    let interval = fields.required("interval", WHAT)?;
    let width = interval.number()?;
    if width <= 0.0 {
        return Err(interval.error(format!("[interval] must be greater than 0, got [{width}]")));
    }
    let definition = HistogramDefinition {
        options,
        interval: width,
        offset: fields.optional("offset", Node::number)?.unwrap_or(0.0),
        min_doc_count: fields.optional("min_doc_count", Node::count)?.unwrap_or(0) as u64,
        extended: fields.optional("extended_bounds", parse_bounds)?.unwrap_or_default(),
        hard: fields.optional("hard_bounds", parse_bounds)?.unwrap_or_default(),
        style: fields.optional("keyed", Style::parse)?.unwrap_or(Style::List),
        order: fields.optional("order", OrderRequest::parse)?.unwrap_or_else(OrderRequest::by_key),
    };
    fields.finish(WHAT)?;
    Ok(Box::new(definition))
}

fn parse_bounds(node: &Node<'_>) -> Result<NumberBounds, ParseError> {
    let mut fields = node.fields()?;
    let bounds =
        NumberBounds { min: fields.nullable("min", Node::number)?, max: fields.nullable("max", Node::number)? };
    fields.finish("bounds")?;
    match (bounds.min, bounds.max) {
        (Some(min), Some(max)) if min > max => {
            Err(node.error(format!("[min] must not be greater than [max]: {min}, {max}")))
        }
        _ => Ok(bounds),
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct NumberBounds {
    min: Option<f64>,
    max: Option<f64>,
}

impl NumberBounds {
    fn contain(&self, value: f64) -> bool {
        self.min.is_none_or(|min| min <= value) && self.max.is_none_or(|max| value <= max)
    }
}

struct HistogramDefinition {
    options: FieldOptions,
    interval: f64,
    offset: f64,
    min_doc_count: u64,
    extended: NumberBounds,
    hard: NumberBounds,
    style: Style,
    order: OrderRequest,
}

impl Definition for HistogramDefinition {
    fn plan(&self, planner: &Planner<'_>, name: &str, inner: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        let source = Source::plan(planner, &self.options, Taken::numbers("histogram"))?;
        if [self.extended.min, self.extended.max].into_iter().flatten().any(|end| !self.hard.contain(end)) {
            return Err(failure::argument(format!(
                "[extended_bounds] of aggregation [{name}] must be within [hard_bounds]"
            )));
        }
        let Self { interval, offset, hard, .. } = *self;
        let key = |value: f64| key_of(value, interval, offset);
        let buckets = HistogramBuckets {
            steps: Steps::Numbers { interval, offset },
            min_doc_count: self.min_doc_count,
            extended: (self.extended.min.map(key), self.extended.max.map(key)),
            order: self.order.plan(name, &inner)?,
            style: self.style,
            format: source.format.clone(),
            inner,
        };
        Ok(Box::new(Histogram { source, interval, offset, hard, buckets }))
    }

    fn layout(&self) -> Layout {
        Layout::Sequence { min_doc_count: self.min_doc_count }
    }
}

/// The number of the bucket that a value is in.
fn key_of(value: f64, interval: f64, offset: f64) -> i64 {
    let steps = (value - offset) / interval;
    // Rounds down; `floor` would be a call.
    let truncated = steps as i64;
    truncated.saturating_sub(i64::from(truncated as f64 > steps))
}

struct Histogram {
    source: Source,
    interval: f64,
    offset: f64,
    hard: NumberBounds,
    buckets: HistogramBuckets,
}

impl Aggregation for Histogram {
    fn type_name(&self) -> &'static str {
        "histogram"
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        let keys = NumberKeys {
            reader: Reader::open(&self.source, opening.segment)?,
            missing: self.source.missing.as_ref().map(|missing| missing.number()),
            interval: self.interval,
            offset: self.offset,
            hard: self.hard,
            keys: Gathered::default(),
        };
        Ok(Box::new(SegmentKeyed::open(keys, &self.buckets.inner, opening)?))
    }

    fn merge_cost(&self, segment: &SegmentReader) -> tantivy::Result<Option<u64>> {
        self.buckets.merge_cost(&self.source, segment)
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        self.buckets.merge(partials)
    }

    fn answer(&self, partial: Partial, answering: &mut Answering) -> Result<Answer<'_>, Error> {
        self.buckets.answer(partial, answering)
    }
}

struct NumberKeys {
    reader: Reader,
    missing: Option<f64>,
    interval: f64,
    offset: f64,
    hard: NumberBounds,
    keys: Gathered<u64>,
}

impl SegmentKeys for NumberKeys {
    fn bounds(&self) -> Option<(u64, u64)> {
        let (mut first, mut last) = self.reader.bounds()?;
        if let Some(missing) = self.missing {
            (first, last) = (first.min(missing), last.max(missing));
        }
        let key = |value| i64_to_u64(key_of(value, self.interval, self.offset));
        Some((key(first), key(last)))
    }

    fn read(&mut self, batch: Batch<'_>) -> &Gathered<u64> {
        let NumberKeys { reader, interval, offset, hard, keys, .. } = self;
        let numbers = reader.numbers(batch, Repeats::Drop);
        keys.convert(numbers, |value| i64_to_u64(key_of(value, *interval, *offset)));
        keys.drop_repeats();
        if *hard != NumberBounds::default() {
            keys.retain(|key| hard.contain(tantivy::u64_to_i64(key) as f64 * *interval));
        }
        keys
    }

    fn name(&self, keys: &[u64]) -> Result<Keys, Error> {
        Ok(Keys::Bits(keys.to_vec()))
    }
}
