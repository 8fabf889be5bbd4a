//! `multi_terms`: a bucket for each combination of the values of several fields.

use quidditch_function::ColumnKind;
use quidditch_index::float_text;

use serde_json::{Map, Value as Json};

use super::aggregation::{Aggregation, Opening, SegmentAggregation};
use super::answer::{Answer, BucketAnswer, BucketKey, Style};
use super::answering::Answering;
use super::composite::{Page, SegmentComposite, ValueSource, compare};
use super::definition::{Definition, Layout};
use super::first_terms::FirstTerms;
use super::keyed::{self, TakeBuckets};
use super::nodes::Nodes;
use super::options::FieldOptions;
use super::order::{Order, OrderRequest};
use super::partial::{Keys, Partial};
use super::terms::take_collect_mode;
use crate::Error;
use crate::json::{ErrorKind, Node, ParseError};
use crate::plan::Planner;
use crate::request::Parser;

const WHAT: &str = "[multi_terms] aggregation";

/// Most fields of a combination.
const MAX_FIELDS: usize = 32;

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    let list = fields.required("terms", WHAT)?;
    let mut sources = Vec::new();
    for item in list.list()? {
        let mut fields = item.fields()?;
        let options = FieldOptions::take(&mut fields, "[multi_terms] source", ColumnKind::Texts, parser)?
            .with_time_zone(&mut fields)?;
        fields.finish("[multi_terms] source")?;
        sources.push(options);
    }
    if !(2..=MAX_FIELDS).contains(&sources.len()) {
        let reason = format!("[terms] must have from 2 to {MAX_FIELDS} fields, got {}", sources.len());
        return Err(list.mistake(ErrorKind::Argument, reason));
    }
    let definition = MultiTermsDefinition {
        sources,
        first: FirstTerms::take(&mut fields)?,
        order: fields.optional("order", OrderRequest::parse)?.unwrap_or_else(OrderRequest::by_count),
        shows_errors: fields.optional("show_term_doc_count_error", Node::boolean)?.unwrap_or(false),
    };
    take_collect_mode(&mut fields)?;
    fields.finish(WHAT)?;
    Ok(Box::new(definition))
}

struct MultiTermsDefinition {
    sources: Vec<FieldOptions>,
    first: FirstTerms,
    order: OrderRequest,
    shows_errors: bool,
}

impl Definition for MultiTermsDefinition {
    fn plan(&self, planner: &Planner<'_>, name: &str, inner: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        let sources = self.sources.iter().map(|options| ValueSource::of_terms(planner, options, "multi_terms"));
        Ok(Box::new(MultiTerms {
            sources: sources.collect::<Result<_, Error>>()?,
            first: self.first,
            order: self.order.plan(name, &inner)?,
            shows_errors: self.shows_errors,
            inner,
        }))
    }

    fn layout(&self) -> Layout {
        Layout::Many
    }
}

struct MultiTerms {
    sources: Vec<ValueSource>,
    first: FirstTerms,
    order: Order,
    shows_errors: bool,
    inner: Nodes,
}

impl Aggregation for MultiTerms {
    fn type_name(&self) -> &'static str {
        "multi_terms"
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        Ok(Box::new(SegmentComposite::open(&self.sources, Page::ALL, &self.inner, opening)?))
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        keyed::merge(&self.inner, partials, Keys::Tuples(Vec::new()))
    }

    fn answer(&self, partial: Partial, answering: &mut Answering) -> Result<Answer<'_>, Error> {
        let buckets = partial.into_buckets();
        let keys = buckets.keys.tuples();
        let counts = &buckets.counts;
        let mut positions: Vec<u32> = (0..keys.len() as u32).collect();
        let others = self.first.keep(&mut positions, &self.order, counts, &buckets.inner, &|a, b| {
            compare(&self.sources, &keys[a], &keys[b])
        });
        answering.count_buckets(positions.len())?;
        let mut answers = Vec::with_capacity(positions.len());
        let mut buckets = TakeBuckets::new(buckets);
        for position in positions {
            let taken = buckets.take(&[position]);
            let count = taken.counts[0];
            let key = &taken.keys.tuples()[0];
            let parts = self.sources.iter().zip(key);
            let values: Vec<Json> = parts.map(|(source, part)| source.json(part)).collect();
            let texts: Vec<String> = values.iter().map(text).collect();
            let mut shown = Map::from_iter([
                ("key".to_owned(), Json::Array(values)),
                ("key_as_string".to_owned(), texts.join("|").into()),
                ("doc_count".to_owned(), count.into()),
            ]);
            if self.shows_errors {
                shown.insert("doc_count_error_upper_bound".to_owned(), 0.into());
            }
            let inner = self.inner.answer(taken.inner.into_iter().flatten(), answering)?;
            answers.push(BucketAnswer { name: None, key: BucketKey::None, count, shown, inner });
        }
        let shown = Map::from_iter([
            ("doc_count_error_upper_bound".to_owned(), 0.into()),
            ("sum_other_doc_count".to_owned(), others.into()),
        ]);
        Ok(Answer::from_buckets(shown, answers, Style::List))
    }
}

/// A value in the text of a key.
fn text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Number(number) if number.is_f64() => number.as_f64().map_or_else(String::new, float_text),
        other => other.to_string(),
    }
}
