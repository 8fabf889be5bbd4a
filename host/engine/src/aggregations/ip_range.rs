//! `ip_range`: buckets between given addresses.

use std::net::IpAddr;
use std::ops::Bound;

use quidditch_index::{ip_term, ip_text};
use serde_json::{Map, Value as Json};
use tantivy::columnar::StrColumn;
use tantivy::{SegmentReader, TantivyError};

use super::aggregation::{Aggregation, BUCKET_COST, Opening, SegmentAggregation};
use super::answer::{Answer, BucketAnswer, BucketKey, Style};
use super::answering::Answering;
use super::batch::Batch;
use super::definition::{Definition, Layout};
use super::failure;
use super::gathered::Repeats;
use super::metric::{Metric, MetricError};
use super::nodes::Nodes;
use super::options::{FieldOptions, required_field};
use super::partial::Partial;
use super::positions::{self, SegmentPositions};
use super::reader::Reader;
use super::source::{Missing, Source, Taken};
use super::value_format::ValueFormat;
use crate::Error;
use crate::json::{ErrorKind, Fields, Node, ParseError};
use crate::plan::Planner;
use crate::request::Parser;

const WHAT: &str = "[ip_range] aggregation";

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    let field = required_field(&mut fields, WHAT)?;
    let missing = fields.optional("missing", |node| node.scalar().map(|text| Json::String(text.into_owned())))?;
    let options = FieldOptions::new(field, missing);
    let list = fields.optional("ranges", |node| {
        node.list()?.map(|range| Range::parse(&range).map_err(|error| error.inside(ErrorKind::Object))).collect()
    })?;
    let style = fields.optional("keyed", Style::parse)?.unwrap_or(Style::List);
    fields.finish(WHAT)?;
    let mut ranges: Vec<Range> = list.unwrap_or_default();
    ranges.sort_by(|a, b| a.from.cmp(&b.from).then_with(|| a.end().cmp(&b.end())));
    Ok(Box::new(IpRangeDefinition { options, ranges, style }))
}

/// From one address up to another, which is not in it. Addresses are as the index has them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Range {
    key: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

impl Range {
    fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        let mut fields = node.fields()?;
        let key = fields.nullable("key", |node| node.scalar().map(|key| key.into_owned()))?;
        let (from, to) = (end(&mut fields, "from")?, end(&mut fields, "to")?);
        let range = match fields.take_nullable("mask") {
            None => Range { key, from, to },
            Some(mask) if from.is_some() || to.is_some() => {
                return Err(mask.error("[mask] cannot be used together with [from] or [to]"));
            }
            Some(mask) => Range::from_mask(key, &mask)?,
        };
        fields.finish("a range of addresses")?;
        Ok(range)
    }

    /// The addresses that begin as one does: `10.0.0.0/8`.
    fn from_mask(key: Option<String>, node: &Node<'_>) -> Result<Self, ParseError> {
        let text = node.scalar()?;
        let wrong = |reason: String| node.mistake(ErrorKind::Argument, reason);
        let parts = text.split_once('/').and_then(|(address, prefix)| Some((address.parse().ok()?, prefix)));
        let Some((address, prefix)): Option<(IpAddr, &str)> = parts else {
            return Err(wrong(format!(
                "expected an address and the length of its prefix, such as [10.0.0.0/8], got [{text}]"
            )));
        };
        let (bits, longest) = match address {
            IpAddr::V4(address) => (u128::from(address.to_ipv6_mapped()), 32),
            IpAddr::V6(address) => (u128::from(address), 128),
        };
        let Some(prefix) = prefix.parse().ok().filter(|prefix: &u32| *prefix <= longest) else {
            return Err(wrong(format!("the length of the prefix in [{text}] must be from 0 to {longest}")));
        };
        // How many of the last bits are free.
        let free = longest - prefix;
        let others = if free == 128 { u128::MAX } else { (1_u128 << free) - 1 };
        let (first, last) = (bits & !others, bits | others);
        let term = |bits: u128| format!("{bits:032x}");
        Ok(Range {
            key: Some(key.unwrap_or_else(|| text.clone().into_owned())),
            from: (first > 0).then(|| term(first)),
            to: last.checked_add(1).map(term),
        })
    }

    /// Orders like `to`: without one, the range goes on to the last address.
    fn end(&self) -> (bool, &Option<String>) {
        (self.to.is_none(), &self.to)
    }

    fn name(&self) -> String {
        let end = |end: &Option<String>| end.as_deref().map_or_else(|| "*".to_owned(), ip_text);
        self.key.clone().unwrap_or_else(|| format!("{}-{}", end(&self.from), end(&self.to)))
    }
}

fn end(fields: &mut Fields<'_>, key: &'static str) -> Result<Option<String>, ParseError> {
    fields.nullable(key, |node| {
        let text = node.scalar()?;
        ip_term(&text).ok_or_else(|| node.mistake(ErrorKind::Argument, format!("[{text}] is not an address")))
    })
}

struct IpRangeDefinition {
    options: FieldOptions,
    /// Sorted by their ends.
    ranges: Vec<Range>,
    style: Style,
}

impl Definition for IpRangeDefinition {
    fn plan(&self, planner: &Planner<'_>, name: &str, inner: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        if self.ranges.is_empty() {
            return Err(failure::argument(format!("no [ranges] specified for the aggregation [{name}]")));
        }
        let source = Source::plan(planner, &self.options, Taken::values("ip_range"))?;
        let field = planner.field(&self.options.field).filter(|_| !matches!(source.format, ValueFormat::Ip));
        if source.computed.is_some() || field.is_some() {
            let type_name = field.map_or("keyword", |field| field.kind().type_name());
            return Err(failure::argument(format!(
                "field [{}] of type [{type_name}] is not supported for aggregation [ip_range]",
                self.options.field
            )));
        }
        // A field that is not mapped has no type that its missing values are read with.
        let missing = match &source.missing {
            Some(Missing::Text(text)) => {
                let term = if source.column.is_some() { Some(text.clone()) } else { ip_term(text) };
                Some(term.ok_or_else(|| failure::argument(format!("[missing]: [{text}] is not an address")))?)
            }
            _ => None,
        };
        Ok(Box::new(IpRange { source, missing, ranges: self.ranges.clone(), style: self.style, inner }))
    }

    fn width(&self) -> usize {
        self.ranges.len()
    }

    fn layout(&self) -> Layout {
        Layout::Many
    }
}

struct IpRange {
    source: Source,
    /// What missing values count as.
    missing: Option<String>,
    ranges: Vec<Range>,
    style: Style,
    inner: Nodes,
}

impl Aggregation for IpRange {
    fn type_name(&self) -> &'static str {
        "ip_range"
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        let reader = Reader::open(&self.source, opening.segment)?;
        let mut ranges = Vec::with_capacity(self.ranges.len());
        for range in &self.ranges {
            ranges.push((place(&reader, range.from.as_deref(), 0)?, place(&reader, range.to.as_deref(), u64::MAX)?));
        }
        Ok(Box::new(SegmentIpRange {
            is_missing_inside: self.ranges.iter().map(|range| self.has_missing(range)).collect(),
            fills_missing: self.missing.is_some(),
            reader,
            ranges,
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

    fn metric(&self, _: &[&str]) -> Result<Metric, MetricError> {
        Err(MetricError::Buckets)
    }

    fn answer(&self, partial: Partial, answering: &mut Answering) -> Result<Answer<'_>, Error> {
        answering.count_buckets(self.ranges.len())?;
        let mut buckets = Vec::with_capacity(self.ranges.len());
        for (range, (count, inner)) in self.ranges.iter().zip(positions::each(partial.into_buckets())) {
            let name = range.name();
            let mut shown = Map::new();
            if self.style == Style::List {
                shown.insert("key".to_owned(), name.clone().into());
            }
            for (key, end) in [("from", &range.from), ("to", &range.to)] {
                if let Some(end) = end {
                    shown.insert(key.to_owned(), ip_text(end).into());
                }
            }
            shown.insert("doc_count".to_owned(), count.into());
            let inner = self.inner.answer(inner, answering)?;
            buckets.push(BucketAnswer { key: BucketKey::Text(name.clone()), name: Some(name), count, shown, inner });
        }
        Ok(Answer::from_buckets(Map::new(), buckets, self.style))
    }
}

impl IpRange {
    /// Whether the address of missing values is in a range.
    fn has_missing(&self, range: &Range) -> bool {
        let Some(missing) = &self.missing else { return false };
        let is_behind = range.from.as_ref().is_none_or(|from| from <= missing);
        is_behind && range.to.as_ref().is_none_or(|to| missing < to)
    }
}

/// The number of the first address of the segment that is not less than this one; `open` if there is none.
fn place(reader: &Reader, address: Option<&str>, open: u64) -> Result<u64, Error> {
    let Some(address) = address else { return Ok(open) };
    let Some(texts) = reader.texts() else { return Ok(0) };
    first_from(texts, address)
}

fn first_from(texts: &StrColumn, address: &str) -> Result<u64, Error> {
    let dictionary = texts.dictionary();
    if let Some(ordinal) = dictionary.term_ord(address).map_err(TantivyError::from)? {
        return Ok(ordinal);
    }
    let bounds = dictionary.term_bounds_to_ord(Bound::Included(address), Bound::Unbounded);
    let next = match bounds.map_err(TantivyError::from)?.0 {
        Bound::Included(next) | Bound::Excluded(next) => next,
        Bound::Unbounded => 0,
    };
    // Behind the last term, the dictionary does not say how many there are.
    Ok(next.min(dictionary.num_terms() as u64))
}

struct SegmentIpRange<'a> {
    reader: Reader,
    /// Numbers in the dictionary: the first, and the first behind the range.
    ranges: Vec<(u64, u64)>,
    fills_missing: bool,
    /// For each range, whether documents without an address are in it.
    is_missing_inside: Vec<bool>,
    buckets: SegmentPositions<'a>,
    /// For each range, the position after the last document of the batch that is in it.
    last: Vec<usize>,
}

impl SegmentAggregation for SegmentIpRange<'_> {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        const MISSING: u64 = u64::MAX;
        let SegmentIpRange { reader, ranges, fills_missing, is_missing_inside, buckets, last } = self;
        buckets.begin(batch)?;
        last.clear();
        last.resize(ranges.len(), 0);
        reader.bits_or(batch, Repeats::Drop, fills_missing.then_some(MISSING)).for_each(|position, ordinal| {
            for (place, (from, to)) in ranges.iter().enumerate() {
                let is_inside = match ordinal {
                    MISSING => is_missing_inside[place],
                    ordinal => *from <= ordinal && ordinal < *to,
                };
                // A document with several addresses in a range is in it once.
                if is_inside && last[place] <= position {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn range(json: &Json) -> Result<(String, Option<String>, Option<String>), ErrorKind> {
        let range = Range::parse(&Node::root(json)).map_err(|error| error.kind)?;
        Ok((range.name(), range.from.as_deref().map(ip_text), range.to.as_deref().map(ip_text)))
    }

    #[test]
    fn masks_are_ranges() {
        for (mask, from, to) in [
            ("10.0.0.127/25", Some("10.0.0.0"), Some("10.0.0.128")),
            ("10.0.0.1/32", Some("10.0.0.1"), Some("10.0.0.2")),
            ("10.0.0.0/0", Some("0.0.0.0"), Some("::1:0:0:0")),
            ("2001:db8::/32", Some("2001:db8::"), Some("2001:db9::")),
            ("ff00::/8", Some("ff00::"), None),
            ("::/0", None, None),
        ] {
            let owned = |end: Option<&str>| end.map(str::to_owned);
            assert_eq!(range(&json!({ "mask": mask })), Ok((mask.to_owned(), owned(from), owned(to))));
        }
        for mask in ["10.0.0.0", "x/8", "10.0.0.0/33", "::1/129", "10.0.0.0/-1"] {
            assert_eq!(range(&json!({ "mask": mask })), Err(ErrorKind::Argument), "{mask}");
        }
    }

    #[test]
    fn ranges_have_names() {
        let name = |json: Json| range(&json).map(|(name, ..)| name);
        assert_eq!(name(json!({})), Ok("*-*".to_owned()));
        assert_eq!(name(json!({"from": "::ffff:10.0.0.1", "to": null})), Ok("10.0.0.1-*".to_owned()));
        assert_eq!(name(json!({"mask": "10.0.0.0/8", "key": 1})), Ok("1".to_owned()));
        assert_eq!(name(json!({"mask": "10.0.0.0/8", "from": "10.0.0.1"})), Err(ErrorKind::Parsing));
        assert_eq!(name(json!({"nope": 1})), Err(ErrorKind::Parsing));
    }
}
