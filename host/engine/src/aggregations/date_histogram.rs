//! `date_histogram`: buckets of dates, by calendar units or fixed times.

use quidditch_function::ColumnKind;
use quidditch_index::FieldKind;
use serde_json::Value as Json;
use tantivy::{SegmentReader, i64_to_u64, u64_to_i64};

use super::aggregation::{Aggregation, Opening, SegmentAggregation};
use super::answer::{Answer, Style};
use super::answering::Answering;
use super::batch::Batch;
use super::date_interval::{DateInterval, parse_offset};
use super::definition::{Definition, Layout};
use super::failure;
use super::gathered::{Gathered, Repeats};
use super::histogram_buckets::{HistogramBuckets, Steps};
use super::interval_starts::IntervalStarts;
use super::keyed::{SegmentKeyed, SegmentKeys};
use super::nodes::Nodes;
use super::options::FieldOptions;
use super::order::OrderRequest;
use super::partial::{Keys, Partial};
use super::reader::Reader;
use super::rounding::Rounding;
use super::source::{Missing, Source, Taken};
use super::time_zone;
use super::value_format::ValueFormat;
use crate::Error;
use crate::json::{Node, ParseError};
use crate::plan::Planner;
use crate::request::Parser;

const WHAT: &str = "[date_histogram] aggregation";

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    let definition = DateHistogramDefinition {
        options: FieldOptions::take(&mut fields, WHAT, ColumnKind::Dates, parser)?.with_time_zone(&mut fields)?,
        interval: DateInterval::take(node, &mut fields, WHAT)?,
        offset: fields.optional("offset", parse_offset)?.unwrap_or(0),
        min_doc_count: fields.optional("min_doc_count", Node::count)?.unwrap_or(0) as u64,
        extended: fields.optional("extended_bounds", parse_bounds)?.unwrap_or_default(),
        hard: fields.optional("hard_bounds", parse_bounds)?.unwrap_or_default(),
        style: fields.optional("keyed", Style::parse)?.unwrap_or(Style::List),
        order: fields.optional("order", OrderRequest::parse)?.unwrap_or_else(OrderRequest::by_key),
    };
    fields.finish(WHAT)?;
    Ok(Box::new(definition))
}

/// Numbers, or dates to be read in the format of the aggregation.
#[derive(Debug, Clone, Default)]
struct BoundsRequest {
    min: Option<Json>,
    max: Option<Json>,
}

fn parse_bounds(node: &Node<'_>) -> Result<BoundsRequest, ParseError> {
    let mut fields = node.fields()?;
    let bound = |node: &Node<'_>| match node.json() {
        Json::Number(_) | Json::String(_) => Ok(node.json().clone()),
        _ => Err(node.error("a bound must be a number or a string")),
    };
    let bounds = BoundsRequest { min: fields.nullable("min", bound)?, max: fields.nullable("max", bound)? };
    fields.finish("bounds")?;
    Ok(bounds)
}

struct DateHistogramDefinition {
    options: FieldOptions,
    interval: DateInterval,
    offset: i64,
    min_doc_count: u64,
    extended: BoundsRequest,
    hard: BoundsRequest,
    style: Style,
    order: OrderRequest,
}

impl Definition for DateHistogramDefinition {
    fn plan(&self, planner: &Planner<'_>, name: &str, inner: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        let mut options = self.options.clone();
        let zone = options.time_zone.clone().unwrap_or_default();
        let computed = planner.computed(&options.field).map(|computed| &computed.field);
        let field = computed.or_else(|| planner.mapping().field(&options.field));
        if let Some(field) = field.filter(|field| !matches!(field.kind(), FieldKind::Date { .. })) {
            if options.time_zone.is_some() && is_number_or_boolean(field.kind()) {
                return Err(failure::argument(format!(
                    "field [{}] of type [{}] is not a date and does not support [time_zone]",
                    options.field,
                    field.kind().type_name()
                )));
            }
            // The zone decides where days begin, but these values are not shown as dates.
            options.time_zone = None;
        }
        let source = Source::plan(planner, &options, Taken::dates("date_histogram"))?;
        let rounding = Rounding::new(self.interval, &zone.rules(), self.offset);
        let extended = Bounds::plan(&self.extended, &source, &rounding, planner)?;
        let hard = Bounds::plan(&self.hard, &source, &rounding, planner)?;
        if let (Some(min), Some(max)) = (extended.min, extended.max)
            && min > max
        {
            return Err(failure::argument(format!(
                "[extended_bounds.min] must not be greater than [extended_bounds.max] in aggregation [{name}]"
            )));
        }
        let is_within = |end: i64| hard.min.is_none_or(|min| min <= end) && hard.max.is_none_or(|max| end <= max);
        if ![extended.min, extended.max].into_iter().flatten().all(is_within) {
            return Err(failure::argument(format!(
                "[extended_bounds] of aggregation [{name}] must be within [hard_bounds]"
            )));
        }
        let buckets = HistogramBuckets {
            steps: Steps::Dates(rounding.clone()),
            min_doc_count: self.min_doc_count,
            extended: (extended.min, extended.max),
            order: self.order.plan(name, &inner)?,
            style: self.style,
            format: source.format.clone(),
            inner,
        };
        Ok(Box::new(DateHistogram { source, rounding, hard, buckets }))
    }

    fn layout(&self) -> Layout {
        Layout::Sequence { min_doc_count: self.min_doc_count }
    }
}

/// Whether values are numbers or booleans.
fn is_number_or_boolean(kind: &FieldKind) -> bool {
    kind.is_integer() || kind.is_float() || matches!(kind, FieldKind::UnsignedLong | FieldKind::Boolean)
}

/// Bounds of keys.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Bounds {
    min: Option<i64>,
    max: Option<i64>,
}

impl Bounds {
    fn plan(
        request: &BoundsRequest,
        source: &Source,
        rounding: &Rounding,
        planner: &Planner<'_>,
    ) -> Result<Self, Error> {
        let end = |json: &Json| {
            let millis = match (json, &source.format) {
                (Json::String(text), ValueFormat::Date(format, zone)) => {
                    time_zone::read_date(text, format, zone, planner.now_millis)?
                }
                (Json::String(text), _) => text.parse().map_err(|_| {
                    failure::number_format(format!("a bound of numbers must be a number, got [{text}]"))
                })?,
                (json, _) => json.as_f64().map_or(0, |number| number as i64),
            };
            Ok::<_, Error>(rounding.round(millis))
        };
        Ok(Bounds { min: request.min.as_ref().map(end).transpose()?, max: request.max.as_ref().map(end).transpose()? })
    }

    /// Whether a bucket may begin here: the end is not included.
    fn contain(&self, key: i64) -> bool {
        self.min.is_none_or(|min| min <= key) && self.max.is_none_or(|max| key < max)
    }
}

struct DateHistogram {
    source: Source,
    rounding: Rounding,
    hard: Bounds,
    buckets: HistogramBuckets,
}

impl Aggregation for DateHistogram {
    fn type_name(&self) -> &'static str {
        "date_histogram"
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        let reader = Reader::open(&self.source, opening.segment)?;
        let missing = match &self.source.missing {
            Some(Missing::Integer(integer)) => Some(*integer),
            Some(other) => Some(other.number() as i64),
            None => None,
        };
        let starts = Starts::plan(&self.rounding, reader.integer_bounds(), missing);
        let keys =
            DateKeys { reader, missing, rounding: &self.rounding, starts, hard: self.hard, keys: Gathered::default() };
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

/// How the interval of a date is found.
enum Starts {
    /// By arithmetic: keys are the numbers of intervals, from the first date's.
    Even { interval: i64, first: i64, count: u64 },
    /// In a table.
    Table(IntervalStarts),
    /// For each date by itself: keys are where intervals begin.
    Single,
}

impl Starts {
    /// `bounds` are the first and the last date.
    fn plan(rounding: &Rounding, bounds: Option<(i64, i64)>, missing: Option<i64>) -> Self {
        let ends = [bounds.map(|bounds| bounds.0), bounds.map(|bounds| bounds.1), missing];
        let (Some(first), Some(last)) = (ends.iter().flatten().min(), ends.iter().flatten().max()) else {
            return Starts::Single;
        };
        if let Rounding::Even { interval, .. } = rounding {
            let start = rounding.round(*first);
            return match last.checked_sub(start) {
                Some(span) => Starts::Even { interval: *interval, first: start, count: (span / interval) as u64 + 1 },
                None => Starts::Single,
            };
        }
        IntervalStarts::between(rounding, *first, *last).map_or(Starts::Single, Starts::Table)
    }

    /// Where the interval of a key begins.
    fn start(&self, key: u64) -> i64 {
        match self {
            Starts::Even { interval, first, .. } => first + key as i64 * interval,
            Starts::Table(starts) => starts.start(key as usize),
            Starts::Single => u64_to_i64(key),
        }
    }
}

struct DateKeys<'a> {
    reader: Reader,
    missing: Option<i64>,
    rounding: &'a Rounding,
    starts: Starts,
    hard: Bounds,
    keys: Gathered<u64>,
}

impl SegmentKeys for DateKeys<'_> {
    fn bounds(&self) -> Option<(u64, u64)> {
        match &self.starts {
            Starts::Even { count, .. } => Some((0, count - 1)),
            Starts::Table(starts) => Some((0, starts.len() as u64 - 1)),
            Starts::Single => None,
        }
    }

    fn read(&mut self, batch: Batch<'_>) -> &Gathered<u64> {
        let DateKeys { reader, missing, rounding, starts, hard, keys } = self;
        let to_integer = reader.to_integer();
        let missing = missing.map(|missing| reader.integer_bits(missing));
        let bits = reader.bits_or(batch, Repeats::Drop, missing);
        match starts {
            Starts::Even { interval, first, .. } => {
                // Multiplying by the inverse would round; an integer division is exact and takes a few cycles.
                keys.convert(bits, |bits| ((to_integer(bits) - *first) / *interval) as u64);
            }
            Starts::Table(starts) => keys.convert(bits, |bits| starts.index(to_integer(bits)) as u64),
            Starts::Single => keys.convert(bits, |bits| i64_to_u64(rounding.round(to_integer(bits)))),
        }
        keys.drop_repeats();
        if *hard != Bounds::default() {
            keys.retain(|key| hard.contain(starts.start(key)));
        }
        keys
    }

    fn bytes(&self) -> usize {
        match &self.starts {
            Starts::Table(starts) => starts.bytes(),
            Starts::Even { .. } | Starts::Single => 0,
        }
    }

    fn name(&self, keys: &[u64]) -> Result<Keys, Error> {
        Ok(Keys::Bits(keys.iter().map(|key| i64_to_u64(self.starts.start(*key))).collect()))
    }
}
