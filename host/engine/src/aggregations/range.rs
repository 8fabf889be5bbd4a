//! `range` and `date_range`: buckets between given numbers or dates.

use quidditch_function::ColumnKind;
use serde_json::{Map, Value as Json};
use tantivy::{SegmentReader, f64_to_u64, i64_to_u64};

use super::aggregation::{Aggregation, BUCKET_COST, Opening, SegmentAggregation};
use super::answer::{Answer, BucketAnswer, BucketKey, Style};
use super::answering::Answering;
use super::batch::Batch;
use super::decimal_json::decimal_json;
use super::definition::{Definition, Layout};
use super::failure;
use super::gathered::Repeats;
use super::kind::Kind;
use super::nodes::Nodes;
use super::options::FieldOptions;
use super::partial::{Buckets, Keys, Partial};
use super::positions::{self, SegmentPositions};
use super::reader::Reader;
use super::source::{Source, Taken};
use super::time_zone;
use super::value_format::ValueFormat;
use crate::Error;
use crate::columns::NumberRanges;
use crate::json::{Node, ParseError};
use crate::plan::Planner;
use crate::request::Parser;
use crate::warmup::WarmupInfo;

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    parse_of(node, Of::Numbers, parser)
}

pub(super) fn parse_dates(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    parse_of(node, Of::Dates, parser)
}

/// What the ranges are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Numbers,
    Dates,
}

impl Of {
    fn type_name(self) -> &'static str {
        if self == Of::Numbers { "range" } else { "date_range" }
    }
}

fn parse_of(node: &Node<'_>, of: Of, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let what = format!("[{}] aggregation", of.type_name());
    let mut fields = node.fields()?;
    let options = match of {
        Of::Numbers => FieldOptions::take(&mut fields, &what, ColumnKind::Floats, parser)?,
        Of::Dates => FieldOptions::take(&mut fields, &what, ColumnKind::Dates, parser)?.with_time_zone(&mut fields)?,
    };
    let list = fields.required("ranges", &what)?;
    let ranges = list.list()?.map(|range| RangeRequest::parse(&range)).collect::<Result<Vec<_>, _>>()?;
    if ranges.is_empty() {
        return Err(list.error("[ranges] must not be empty"));
    }
    let style = fields.optional("keyed", Style::parse)?.unwrap_or(Style::List);
    fields.finish(&what)?;
    Ok(Box::new(RangeDefinition { of, options, ranges, style }))
}

#[derive(Debug, Clone)]
struct RangeRequest {
    key: Option<String>,
    from: Option<Json>,
    to: Option<Json>,
}

impl RangeRequest {
    fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        let mut fields = node.fields()?;
        let end = |node: &Node<'_>| match node.json() {
            Json::Number(_) | Json::String(_) => Ok(node.json().clone()),
            _ => Err(node.error("an end of a range must be a number or a string")),
        };
        let range = RangeRequest {
            key: fields.optional("key", |node| match node.json() {
                Json::Number(number) => Ok(number.to_string()),
                _ => node.text().map(str::to_owned),
            })?,
            from: fields.nullable("from", end)?,
            to: fields.nullable("to", end)?,
        };
        fields.finish("a range")?;
        Ok(range)
    }
}

struct RangeDefinition {
    of: Of,
    options: FieldOptions,
    ranges: Vec<RangeRequest>,
    style: Style,
}

impl Definition for RangeDefinition {
    fn plan(&self, planner: &Planner<'_>, _: &str, inner: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        let RangeDefinition { of, options, style, .. } = self;
        let taken = if *of == Of::Numbers { Taken::numbers(of.type_name()) } else { Taken::dates(of.type_name()) };
        let source = Source::plan(planner, options, taken)?;
        let ends = Ends { source: &source, planner };
        let mut ranges = Vec::with_capacity(self.ranges.len());
        for request in &self.ranges {
            ranges.push(Range::plan(request, &ends)?);
        }
        ranges.sort_by(|a, b| a.from.total_cmp(&b.from).then(a.to.total_cmp(&b.to)));
        Ok(Box::new(RangeAggregation { of: *of, source, ranges, style: *style, inner }))
    }

    fn width(&self) -> usize {
        self.ranges.len()
    }

    fn layout(&self) -> Layout {
        Layout::Many
    }
}

/// What the ends of ranges are read with.
struct Ends<'a> {
    source: &'a Source,
    planner: &'a Planner<'a>,
}

impl Ends<'_> {
    fn read(&self, json: &Json) -> Result<f64, Error> {
        if self.source.kind == Kind::Date {
            return self.read_date(json).map(|millis| millis as f64);
        }
        let number = match json {
            Json::String(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
            json => json.as_f64(),
        };
        number.ok_or_else(|| failure::number_format(format!("the end of a range must be a number, got [{json}]")))
    }

    fn read_date(&self, json: &Json) -> Result<i64, Error> {
        let read = |text: &str| match &self.source.format {
            ValueFormat::Date(format, zone) => time_zone::read_date(text, format, zone, self.planner.now_millis),
            _ => Err(failure::number_format(format!("the end of a range must be a number, got [{json}]"))),
        };
        match json {
            Json::String(text) => read(text),
            // Clients expect numbers to be in the format, too: 2020 is a year in most formats.
            json => read(&(json.as_f64().unwrap_or_default() as i64).to_string()),
        }
    }
}

struct Range {
    key: Option<String>,
    from: f64,
    to: f64,
    /// What values are compared with: of a field of single precision, the ends are rounded as its values are.
    compared: (f64, f64),
}

impl Range {
    fn plan(request: &RangeRequest, ends: &Ends<'_>) -> Result<Self, Error> {
        let from = request.from.as_ref().map_or(Ok(f64::NEG_INFINITY), |json| ends.read(json))?;
        let to = request.to.as_ref().map_or(Ok(f64::INFINITY), |json| ends.read(json))?;
        let rounded = |end: f64| if ends.source.kind == Kind::Single { f64::from(end as f32) } else { end };
        Ok(Range { key: request.key.clone(), from, to, compared: (rounded(from), rounded(to)) })
    }

    fn name(&self, format: &ValueFormat) -> String {
        let end = |end: f64| if end.is_infinite() { "*".to_owned() } else { format.key(end) };
        self.key.clone().unwrap_or_else(|| format!("{}-{}", end(self.from), end(self.to)))
    }
}

struct RangeAggregation {
    of: Of,
    source: Source,
    /// Sorted by their ends.
    ranges: Vec<Range>,
    style: Style,
    inner: Nodes,
}

impl RangeAggregation {
    /// The ranges as those of a stored column; `None` if more than the numbers of documents in each is wanted, or values are not
    /// compared as they are stored.
    fn stored_ranges(&self) -> Option<NumberRanges> {
        let column = self.source.stored().filter(|_| self.inner.is_empty())?;
        let kind = self.source.kind;
        let stored = |range: &Range| {
            let (from, to) = range.compared;
            Some(bits_from(kind, from)?..=bits_below(kind, to)?)
        };
        let ranges: Option<Vec<_>> = self.ranges.iter().map(stored).collect();
        Some(NumberRanges::counted(column, ranges?))
    }
}

/// The bits of the least value of a column that is not less than a number.
fn bits_from(kind: Kind, number: f64) -> Option<u64> {
    /// Not every greater integer is a float.
    const LARGEST: f64 = (1_u64 << f64::MANTISSA_DIGITS) as f64;
    match kind {
        // -0.0 comes before 0.0, and is the same number.
        Kind::Float | Kind::Single => Some(f64_to_u64(if number == 0.0 { -0.0 } else { number })),
        Kind::Integer | Kind::Date if number == f64::NEG_INFINITY => Some(u64::MIN),
        Kind::Integer | Kind::Date if number.abs() < LARGEST => Some(i64_to_u64(number.ceil() as i64)),
        _ => None,
    }
}

/// The bits of the greatest value of a column that is less than a number.
fn bits_below(kind: Kind, number: f64) -> Option<u64> {
    match kind {
        Kind::Integer | Kind::Date if number == f64::INFINITY => Some(u64::MAX),
        _ => bits_from(kind, number)?.checked_sub(1),
    }
}

impl Aggregation for RangeAggregation {
    fn type_name(&self) -> &'static str {
        self.of.type_name()
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        Ok(Box::new(SegmentRange {
            reader: Reader::open(&self.source, opening.segment)?,
            ranges: self.ranges.iter().map(|range| range.compared).collect(),
            buckets: SegmentPositions::open(self.ranges.len(), &self.inner, opening)?,
            last: Vec::new(),
        }))
    }

    fn of_all(&self, opening: &Opening<'_>) -> Result<Option<Partial>, Error> {
        let Some(ranges) = self.stored_ranges() else { return Ok(None) };
        let Some(counts) = ranges.counts(opening.segment.reader)? else { return Ok(None) };
        let counts = counts.into_iter().map(u64::from).collect();
        let buckets = Buckets { keys: Keys::Positions, counts, others: 0, inner: Vec::new() };
        Ok(Some(Partial::Buckets(Box::new(buckets))))
    }

    fn record_of_all(&self, info: &mut WarmupInfo) {
        info.counted_ranges.extend(self.stored_ranges());
    }

    fn merge_cost(&self, segment: &SegmentReader) -> tantivy::Result<Option<u64>> {
        self.inner.merge_cost_in(self.ranges.len() as u64, BUCKET_COST, segment)
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        positions::merge(self.ranges.len(), &self.inner, partials)
    }

    fn answer(&self, partial: Partial, answering: &mut Answering) -> Result<Answer<'_>, Error> {
        answering.count_buckets(self.ranges.len())?;
        let format = &self.source.format;
        let mut buckets = Vec::with_capacity(self.ranges.len());
        for (range, (count, inner)) in self.ranges.iter().zip(positions::each(partial.into_buckets())) {
            let name = range.name(format);
            let mut bucket = Map::new();
            if self.style == Style::List {
                bucket.insert("key".to_owned(), name.clone().into());
            }
            for (end, value) in [("from", range.from), ("to", range.to)] {
                if value.is_finite() {
                    bucket.insert(end.to_owned(), decimal_json(value));
                    if let Some(text) = format.figure(value) {
                        bucket.insert(format!("{end}_as_string"), text);
                    }
                }
            }
            bucket.insert("doc_count".to_owned(), count.into());
            let inner = self.inner.answer(inner, answering)?;
            buckets.push(BucketAnswer {
                key: BucketKey::Text(name.clone()),
                name: Some(name),
                count,
                shown: bucket,
                inner,
            });
        }
        Ok(Answer::from_buckets(Map::new(), buckets, self.style))
    }
}

struct SegmentRange<'a> {
    reader: Reader,
    ranges: Vec<(f64, f64)>,
    buckets: SegmentPositions<'a>,
    /// For each range, the position after the last document of the batch that is in it.
    last: Vec<usize>,
}

impl SegmentAggregation for SegmentRange<'_> {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        let SegmentRange { reader, ranges, buckets, last } = self;
        buckets.begin(batch)?;
        let numbers = reader.numbers(batch, Repeats::Keep);
        if numbers.is_one_each() && buckets.only_counts_for_one() {
            // Without branches, range by range.
            for (place, (from, to)) in ranges.iter().enumerate() {
                let is_inside = |value: &&f64| (*from <= **value) & (**value < *to);
                buckets.count(place, numbers.values.iter().filter(is_inside).count());
            }
            return buckets.end();
        }
        last.clear();
        last.resize(ranges.len(), 0);
        numbers.for_each(|position, value| {
            for (place, (from, to)) in ranges.iter().enumerate() {
                // A document with several values in a range is in it once.
                if *from <= value && value < *to && last[place] <= position {
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
