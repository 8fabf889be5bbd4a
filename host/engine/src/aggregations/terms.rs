//! `terms`: a bucket for each value of a field.

mod number_keys;
mod planned_terms;
mod significant;
mod text_keys;

use quidditch_function::ColumnKind;
use serde_json::Map;
use tantivy::SegmentReader;

use super::aggregation::{Aggregation, Opening, SegmentAggregation, TEXT_BUCKET_COST};
use super::answer::{Answer, BucketAnswer, Style};
use super::answering::Answering;
use super::definition::{Definition, Layout, Scope};
use super::failure;
use super::first_terms::FirstTerms;
use super::keyed::{self, SegmentKeyed, TakeBuckets};
use super::kind::Kind;
use super::nodes::Nodes;
use super::options::FieldOptions;
use super::order::OrderRequest;
use super::partial::{Keys, Partial};
use super::reader::Reader;
use super::source::{MixedNumbers, Source, Taken, check_classes};
use super::term_filter::TermFilterRequest;
use crate::Error;
use crate::json::{ErrorKind, Fields, Node, ParseError};
use crate::plan::Planner;
use crate::request::Parser;
use crate::terms::KeywordTerms;
use crate::warmup::WarmupInfo;
use number_keys::NumberKeys;
use planned_terms::{KeyKind, Shown, Terms};
pub(super) use significant::{
    DEFAULT_MIN_DOC_COUNT, Scored, add_figures, most_significant, parse as parse_significant, sizes, take_background,
};
use text_keys::TextKeys;

const WHAT: &str = "[terms] aggregation";

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    let definition = TermsDefinition {
        options: FieldOptions::take(&mut fields, WHAT, ColumnKind::Texts, parser)?,
        first: FirstTerms::take(&mut fields)?,
        max_doc_count: u64::MAX,
        order: fields.optional("order", OrderRequest::parse)?.unwrap_or_else(OrderRequest::by_count),
        filter: TermFilterRequest::take(&mut fields)?,
        shown: match fields.optional("show_term_doc_count_error", Node::boolean)? {
            Some(true) => Shown::Errors,
            _ => Shown::Counts,
        },
    };
    take_collect_mode(&mut fields)?;
    fields.optional("execution_hint", |node| one_of(node, &["map", "global_ordinals"]))?;
    fields.finish(WHAT)?;
    Ok(Box::new(definition))
}

/// Takes how the buckets are collected, which changes nothing.
pub(super) fn take_collect_mode(fields: &mut Fields<'_>) -> Result<(), ParseError> {
    fields.optional("collect_mode", |node| one_of(node, &["breadth_first", "depth_first"]))?;
    Ok(())
}

/// `rare_terms`: the terms of few documents.
pub(super) fn parse_rare(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    const WHAT: &str = "[rare_terms] aggregation";
    const MOST: usize = 100;
    let mut fields = node.fields()?;
    let definition = TermsDefinition {
        options: FieldOptions::take(&mut fields, WHAT, ColumnKind::Texts, parser)?,
        first: FirstTerms::new(usize::MAX, 1),
        max_doc_count: fields
            .optional("max_doc_count", |node| match node.count()? {
                count @ 1..=MOST => Ok(count as u64),
                other => {
                    let reason = format!("[max_doc_count] must be from 1 to {MOST}, got [{other}]");
                    Err(node.mistake(ErrorKind::Argument, reason))
                }
            })?
            .unwrap_or(1),
        order: OrderRequest::by_rarity(),
        filter: TermFilterRequest::take(&mut fields)?,
        shown: Shown::Rare,
    };
    // How exact the counts are. They are exact here, and this changes nothing.
    fields.optional("precision", |node| match node.number()? {
        precision if precision >= 0.000_01 => Ok(()),
        other => {
            let reason = format!("[precision] must be at least 0.00001, got [{other}]");
            Err(node.mistake(ErrorKind::Argument, reason))
        }
    })?;
    fields.finish(WHAT)?;
    Ok(Box::new(definition))
}

fn one_of(node: &Node<'_>, values: &[&str]) -> Result<(), ParseError> {
    let text = node.text()?;
    if values.contains(&text) { Ok(()) } else { Err(node.error(format!("expected one of {values:?}, found [{text}]"))) }
}

struct TermsDefinition {
    options: FieldOptions,
    first: FirstTerms,
    max_doc_count: u64,
    order: OrderRequest,
    filter: TermFilterRequest,
    shown: Shown,
}

impl Definition for TermsDefinition {
    fn plan(&self, planner: &Planner<'_>, name: &str, inner: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        check_classes(planner, name, &self.options.field, MixedNumbers::Merge)?;
        let type_name = if self.shown == Shown::Rare { "rare_terms" } else { "terms" };
        let source = Source::plan(planner, &self.options, Taken::values(type_name))?;
        if self.shown == Shown::Rare && source.has_floats() {
            let field = &self.options.field;
            return Err(failure::argument(format!(
                "aggregation [rare_terms] does not support the floats of [{field}]"
            )));
        }
        let keys = match source.kind {
            Kind::Text => KeyKind::Text,
            _ if source.has_floats() => KeyKind::Float,
            _ => KeyKind::Integer,
        };
        let of_pattern = if self.shown == Shown::Rare { ErrorKind::Argument } else { ErrorKind::Aggregation };
        Ok(Box::new(Terms {
            filter: self.filter.plan(&source, planner, of_pattern)?,
            source,
            keys,
            first: self.first,
            max_doc_count: self.max_doc_count,
            order: self.order.plan(name, &inner)?,
            shown: self.shown,
            inner,
        }))
    }

    fn scope(&self) -> Scope {
        if self.first.min_doc_count == 0 { Scope::MatchesInAllSplits } else { Scope::Matches }
    }

    fn layout(&self) -> Layout {
        Layout::Many
    }
}

impl Terms {
    /// The column of keywords, if nothing but the number of documents of each is wanted.
    fn counted_keywords(&self) -> Option<&str> {
        let counts_all = self.keys == KeyKind::Text && self.filter.is_none() && self.inner.is_empty();
        self.source.stored().filter(|_| counts_all && self.first.min_doc_count > 0)
    }
}

impl Aggregation for Terms {
    fn type_name(&self) -> &'static str {
        match (self.keys, self.shown) {
            (KeyKind::Integer, Shown::Rare) => "lrareterms",
            (KeyKind::Text, Shown::Rare) if self.source.column.is_some() || self.source.computed.is_some() => {
                "srareterms"
            }
            (KeyKind::Integer, _) => "lterms",
            (KeyKind::Float, _) => "dterms",
            (KeyKind::Text, _) => "sterms",
        }
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        let reader = Reader::open(&self.source, opening.segment)?;
        if self.keys == KeyKind::Text {
            let keys = TextKeys::open(self, reader)?;
            return Ok(Box::new(SegmentKeyed::open(keys, &self.inner, opening)?));
        }
        let keys = NumberKeys::open(self, reader, opening.segment);
        Ok(Box::new(SegmentKeyed::open(keys, &self.inner, opening)?))
    }

    fn of_all(&self, opening: &Opening<'_>) -> Result<Option<Partial>, Error> {
        let Some(column) = self.counted_keywords() else { return Ok(None) };
        let Some(terms) = KeywordTerms::open(column, opening.segment.reader)? else { return Ok(None) };
        let Some(counts) = terms.document_counts()? else { return Ok(None) };
        let keys = TextKeys::open(self, Reader::open(&self.source, opening.segment)?)?;
        SegmentKeyed::open(keys, &self.inner, opening)?.finish_counted(counts)
    }

    fn record_of_all(&self, info: &mut WarmupInfo) {
        info.counted_keywords.extend(self.counted_keywords().map(str::to_owned));
    }

    fn merge_cost(&self, segment: &SegmentReader) -> tantivy::Result<Option<u64>> {
        let keys = match &self.source.column {
            Some(column) if self.keys == KeyKind::Text => {
                segment.fast_fields().str(column)?.map_or(0, |texts| texts.num_terms() as u64)
            }
            Some(_) => return Ok(None),
            // Computing the keys costs more than merging them.
            None => 0,
        };
        self.inner.merge_cost_in(keys, TEXT_BUCKET_COST, segment)
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        let none = if self.keys == KeyKind::Text { Keys::Texts(Vec::new()) } else { Keys::Bits(Vec::new()) };
        keyed::merge(&self.inner, partials, none)
    }

    fn answer(&self, partial: Partial, answering: &mut Answering) -> Result<Answer<'_>, Error> {
        let buckets = partial.into_buckets();
        let mut positions: Vec<u32> = (0..buckets.len() as u32).collect();
        let compare_keys = |a: usize, b: usize| match &buckets.keys {
            Keys::Bits(bits) => bits[a].cmp(&bits[b]),
            Keys::Texts(texts) => texts[a].cmp(&texts[b]),
            Keys::Positions | Keys::Tuples(_) => a.cmp(&b),
        };
        let left_out = self.keep_first(&mut positions, &buckets.counts, &buckets.inner, &compare_keys);
        let others = buckets.others + left_out;
        answering.count_buckets(positions.len())?;
        let mut list = Vec::with_capacity(positions.len());
        let mut buckets = TakeBuckets::new(buckets);
        for position in positions {
            let taken = buckets.take(&[position]);
            let count = taken.counts[0];
            let mut bucket = Map::new();
            let key = self.add_key(&mut bucket, taken.keys);
            bucket.insert("doc_count".to_owned(), count.into());
            if self.shown == Shown::Errors {
                bucket.insert("doc_count_error_upper_bound".to_owned(), 0.into());
            }
            let inner = self.inner.answer(taken.inner.into_iter().flatten(), answering)?;
            list.push(BucketAnswer { name: None, key, count, shown: bucket, inner });
        }
        let mut shown = Map::new();
        if self.shown != Shown::Rare {
            shown.insert("doc_count_error_upper_bound".to_owned(), 0.into());
            shown.insert("sum_other_doc_count".to_owned(), others.into());
        }
        Ok(Answer::from_buckets(shown, list, Style::List))
    }
}
