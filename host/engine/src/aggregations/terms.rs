//! `terms`: a bucket for each value of a field.

mod number_keys;
mod text_keys;

use std::cmp::Ordering;

use serde_json::{Map, Value as Json};
use tantivy::{u64_to_f64, u64_to_i64};

use super::aggregation::{Aggregation, Opening, SegmentAggregation};
use super::answering::Answering;
use super::decimal_text::decimal_json;
use super::definition::{Definition, Scope};
use super::keyed::{self, SegmentKeyed, TakeBuckets};
use super::metric::{Metric, MetricError};
use super::nodes::Nodes;
use super::options::{FieldOptions, positive};
use super::order::{Order, OrderRequest};
use super::partial::{Keys, Partial};
use super::reader::Reader;
use super::source::{Accepts, Kind, MixedNumbers, Source, check_classes};
use super::term_filter::{TermFilter, TermFilterRequest};
use crate::Error;
use crate::json::{Node, ParseError};
use crate::plan::Planner;
use crate::query::Parser;
use number_keys::NumberKeys;
use text_keys::TextKeys;

const WHAT: &str = "[terms] aggregation";

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    let definition = TermsDefinition {
        options: FieldOptions::take(&mut fields, WHAT)?,
        size: fields.optional("size", |node| positive(node, "size"))?.unwrap_or(10),
        min_doc_count: fields.optional("min_doc_count", Node::count)?.unwrap_or(1) as u64,
        order: fields.optional("order", OrderRequest::parse)?.unwrap_or_else(OrderRequest::by_count),
        filter: TermFilterRequest::take(&mut fields)?,
        shows_errors: fields.optional("show_term_doc_count_error", Node::boolean)?.unwrap_or(false),
    };
    // How the counts are computed. They are always exact here, and these change nothing.
    fields.optional("shard_size", |node| positive(node, "shard_size"))?;
    fields.optional("shard_min_doc_count", Node::count)?;
    fields.optional("collect_mode", |node| one_of(node, &["breadth_first", "depth_first"]))?;
    fields.optional("execution_hint", |node| one_of(node, &["map", "global_ordinals"]))?;
    fields.finish(WHAT)?;
    Ok(Box::new(definition))
}

fn one_of(node: &Node<'_>, values: &[&str]) -> Result<(), ParseError> {
    let text = node.text()?;
    if values.contains(&text) { Ok(()) } else { Err(node.error(format!("expected one of {values:?}, found [{text}]"))) }
}

struct TermsDefinition {
    options: FieldOptions,
    size: usize,
    min_doc_count: u64,
    order: OrderRequest,
    filter: TermFilterRequest,
    shows_errors: bool,
}

impl Definition for TermsDefinition {
    fn plan(&self, planner: &Planner<'_>, name: &str, inner: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        check_classes(planner, name, &self.options.field, MixedNumbers::Merge)?;
        let source = Source::plan(planner, &self.options, "terms", Accepts::Values, Kind::Text)?;
        let keys = match source.kind {
            Kind::Text => KeyKind::Text,
            _ if source.has_floats() => KeyKind::Float,
            _ => KeyKind::Integer,
        };
        Ok(Box::new(Terms {
            filter: self.filter.plan(&source, planner)?,
            source,
            keys,
            size: self.size,
            min_doc_count: self.min_doc_count,
            order: self.order.plan(name, &inner)?,
            shows_errors: self.shows_errors,
            inner,
        }))
    }

    fn scope(&self) -> Scope {
        if self.min_doc_count == 0 { Scope::MatchesInAllSplits } else { Scope::Matches }
    }
}

/// What keys are, between segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyKind {
    Integer,
    Float,
    Text,
}

struct Terms {
    source: Source,
    keys: KeyKind,
    filter: Option<TermFilter>,
    size: usize,
    min_doc_count: u64,
    order: Order,
    shows_errors: bool,
    inner: Nodes,
}

impl Aggregation for Terms {
    fn type_name(&self) -> &'static str {
        match self.keys {
            KeyKind::Integer => "lterms",
            KeyKind::Float => "dterms",
            KeyKind::Text => "sterms",
        }
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        let reader = Reader::open(&self.source, opening.segment.reader)?;
        if self.keys == KeyKind::Text {
            let keys = TextKeys::open(self, reader)?;
            return Ok(Box::new(SegmentKeyed::open(keys, &self.inner, opening)?));
        }
        let keys = NumberKeys::open(self, reader, opening.segment);
        Ok(Box::new(SegmentKeyed::open(keys, &self.inner, opening)?))
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        let none = if self.keys == KeyKind::Text { Keys::Texts(Vec::new()) } else { Keys::Bits(Vec::new()) };
        keyed::merge(&self.inner, partials, none)
    }

    fn metric(&self, _: &[&str]) -> Result<Metric, MetricError> {
        Err(MetricError::Buckets)
    }

    fn answer(&self, partial: Partial, answering: &mut Answering) -> Result<Map<String, Json>, Error> {
        let buckets = partial.into_buckets();
        let mut positions: Vec<u32> = (0..buckets.len() as u32).collect();
        let left_out = self.keep_first(&mut positions, &buckets.counts, &buckets.inner, |a, b| match &buckets.keys {
            Keys::Bits(bits) => bits[a].cmp(&bits[b]),
            Keys::Texts(texts) => texts[a].cmp(&texts[b]),
            Keys::Positions | Keys::Tuples(_) => a.cmp(&b),
        });
        let others = buckets.others + left_out;
        answering.count_buckets(positions.len())?;
        let mut list = Vec::with_capacity(positions.len());
        let mut buckets = TakeBuckets::new(buckets);
        for position in positions {
            let taken = buckets.take(&[position]);
            let count = taken.counts[0];
            let mut bucket = Map::new();
            self.add_key(&mut bucket, taken.keys);
            bucket.insert("doc_count".to_owned(), count.into());
            if self.shows_errors {
                bucket.insert("doc_count_error_upper_bound".to_owned(), 0.into());
            }
            self.inner.answer_into(taken.inner.into_iter().flatten(), answering, &mut bucket)?;
            list.push(Json::Object(bucket));
        }
        Ok(Map::from_iter([
            ("doc_count_error_upper_bound".to_owned(), 0.into()),
            ("sum_other_doc_count".to_owned(), others.into()),
            ("buckets".to_owned(), Json::Array(list)),
        ]))
    }
}

impl Terms {
    /// Sorts buckets, given by their positions, keeps those that are answered, and returns the number of documents of the others.
    fn keep_first(
        &self,
        positions: &mut Vec<u32>,
        counts: &[u64],
        inner: &[Vec<Partial>],
        compare_keys: impl Fn(usize, usize) -> Ordering,
    ) -> u64 {
        positions.retain(|position| counts[*position as usize] >= self.min_doc_count);
        let documents = |positions: &[u32]| positions.iter().map(|position| counts[*position as usize]).sum::<u64>();
        let all = documents(positions);
        self.order.sort(positions, self.size, counts, inner, compare_keys);
        all - documents(positions)
    }

    /// Adds the only one of these keys to a bucket.
    fn add_key(&self, bucket: &mut Map<String, Json>, keys: Keys) {
        let (key, value) = match keys {
            Keys::Texts(texts) => (texts.into_iter().next().map_or(Json::Null, Json::String), None),
            Keys::Bits(bits) if self.keys == KeyKind::Float => {
                let float = u64_to_f64(bits[0]);
                (decimal_json(float), Some(float))
            }
            Keys::Bits(bits) => {
                let integer = u64_to_i64(bits[0]);
                (integer.into(), Some(integer as f64))
            }
            Keys::Positions | Keys::Tuples(_) => (Json::Null, None),
        };
        bucket.insert("key".to_owned(), key);
        if let Some(value) = value {
            self.source.format.add_text(bucket, "key_as_string", value);
        }
    }
}
