//! `composite`: a bucket for each combination of values, page by page.

mod found;
mod segment;
mod source;

pub(super) use found::Page;
pub(super) use segment::SegmentComposite;
pub(super) use source::{ValueSource, compare};

use serde_json::{Map, Value as Json};
use tantivy::SegmentReader;

use super::aggregation::{Aggregation, Opening, SegmentAggregation, TEXT_BUCKET_COST};
use super::answer::{Answer, BucketAnswer, BucketKey, Style};
use super::answering::Answering;
use super::definition::{Definition, Layout};
use super::failure;
use super::keyed::{self, TakeBuckets};
use super::nodes::Nodes;
use super::options::positive;
use super::partial::{Buckets, KeyPart, Keys, Partial};
use crate::Error;
use crate::json::{ErrorKind, Node, ParseError};
use crate::plan::Planner;
use crate::request::Parser;
use crate::terms::KeywordTerms;
use crate::warmup::WarmupInfo;
use source::SourceRequest;

const WHAT: &str = "[composite] aggregation";

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    // Clients expect this mistake as one of the whole aggregation.
    let list = fields.required_or(ErrorKind::Argument, "sources", WHAT);
    let list = list.map_err(|error| error.inside(ErrorKind::Argument))?;
    let sources = list.items().map(|item| SourceRequest::parse(&item, parser)).collect::<Result<Vec<_>, _>>()?;
    if sources.is_empty() {
        return Err(list.mistake(ErrorKind::Argument, "[sources] must not be empty"));
    }
    for (index, source) in sources.iter().enumerate() {
        if sources[..index].iter().any(|other| other.name == source.name) {
            let name = &source.name;
            return Err(list.mistake(ErrorKind::Argument, format!("[sources] must not have the name [{name}] twice")));
        }
    }
    let size = fields.optional("size", |node| positive(node, "size"))?.unwrap_or(10);
    let after = fields.optional("after", |node| node.map().cloned())?;
    fields.finish(WHAT)?;
    Ok(Box::new(CompositeDefinition { sources, size, after }))
}

struct CompositeDefinition {
    sources: Vec<SourceRequest>,
    size: usize,
    after: Option<Map<String, Json>>,
}

impl Definition for CompositeDefinition {
    fn plan(&self, planner: &Planner<'_>, _: &str, inner: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        let sources =
            self.sources.iter().map(|source| source.plan(planner)).collect::<Result<Vec<ValueSource>, Error>>()?;
        let after = match &self.after {
            None => None,
            Some(after) if after.len() != sources.len() => {
                return Err(failure::argument(format!(
                    "[after] has {} values, but [sources] has {}",
                    after.len(),
                    sources.len()
                )));
            }
            Some(after) => {
                let part = |source: &ValueSource| source.read_after(after.get(&source.name), planner);
                Some(sources.iter().map(part).collect::<Result<Vec<KeyPart>, Error>>()?)
            }
        };
        Ok(Box::new(Composite { sources, size: self.size, after, inner }))
    }

    fn layout(&self) -> Layout {
        Layout::Pages
    }
}

struct Composite {
    sources: Vec<ValueSource>,
    size: usize,
    /// The key that the page begins after.
    after: Option<Vec<KeyPart>>,
    inner: Nodes,
}

impl Composite {
    /// Sorts buckets and keeps those of the page. Every key of the page is on the page of each part that has it.
    fn page(&self, buckets: Buckets) -> Buckets {
        let keys = buckets.keys.tuples();
        let mut positions: Vec<u32> = (0..keys.len() as u32).collect();
        positions.sort_unstable_by(|a, b| compare(&self.sources, &keys[*a as usize], &keys[*b as usize]));
        positions.truncate(self.size);
        TakeBuckets::new(buckets).take(&positions)
    }

    /// The first source, if its keywords lead to the page in their order, and the keyword from which on they do.
    fn first_keywords(&self) -> Option<(&str, Option<&str>)> {
        let column = self.sources.first().filter(|_| self.inner.is_empty())?.ascending_keywords()?;
        let from = match self.after.as_deref() {
            Some([KeyPart::Text(text), ..]) => Some(text.as_str()),
            _ => None,
        };
        Some((column, from))
    }

    fn json(&self, key: &[KeyPart]) -> Json {
        let parts = self.sources.iter().zip(key);
        Json::Object(parts.map(|(source, part)| (source.name.clone(), source.json(part))).collect())
    }
}

/// The place of each key among all of them in ascending order, whatever the order of the page is.
fn ranks(keys: &[Vec<KeyPart>]) -> Vec<usize> {
    let mut positions: Vec<usize> = (0..keys.len()).collect();
    positions.sort_by(|a, b| keys[*a].cmp(&keys[*b]));
    let mut ranks = vec![0; keys.len()];
    positions.into_iter().enumerate().for_each(|(rank, position)| ranks[position] = rank);
    ranks
}

impl Aggregation for Composite {
    fn type_name(&self) -> &'static str {
        "composite"
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        let page = Page { size: self.size, after: self.after.as_deref() };
        Ok(Box::new(SegmentComposite::open(&self.sources, page, &self.inner, opening)?))
    }

    fn of_all(&self, opening: &Opening<'_>) -> Result<Option<Partial>, Error> {
        let Some((column, from)) = self.first_keywords() else { return Ok(None) };
        let Some(terms) = KeywordTerms::open(column, opening.segment.reader)? else { return Ok(None) };
        let page = Page { size: self.size, after: self.after.as_deref() };
        SegmentComposite::open(&self.sources, page, &self.inner, opening)?.of_terms(&terms, from)
    }

    fn record_of_all(&self, info: &mut WarmupInfo) {
        if let Some((column, from)) = self.first_keywords() {
            info.first_keywords.push((column.to_owned(), from.map(str::to_owned), self.size));
        }
    }

    fn merge_cost(&self, segment: &SegmentReader) -> tantivy::Result<Option<u64>> {
        self.inner.merge_cost_in(self.size as u64, TEXT_BUCKET_COST, segment)
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        let merged = keyed::merge(&self.inner, partials, Keys::Tuples(Vec::new()));
        Partial::Buckets(Box::new(self.page(merged.into_buckets())))
    }

    fn answer(&self, partial: Partial, answering: &mut Answering) -> Result<Answer<'_>, Error> {
        let buckets = partial.into_buckets();
        answering.count_buckets(buckets.len())?;
        let keys: Vec<Json> = buckets.keys.tuples().iter().map(|key| self.json(key)).collect();
        let ranks = ranks(buckets.keys.tuples());
        let mut answer = Map::new();
        if let Some(last) = keys.last() {
            answer.insert("after_key".to_owned(), last.clone());
        }
        let mut answers = Vec::with_capacity(keys.len());
        let mut buckets = TakeBuckets::new(buckets);
        for (position, key) in keys.into_iter().enumerate() {
            let taken = buckets.take(&[position as u32]);
            let count = taken.counts[0];
            answers.push(BucketAnswer {
                name: None,
                key: BucketKey::Rank(ranks[position]),
                count,
                shown: Map::from_iter([("key".to_owned(), key), ("doc_count".to_owned(), count.into())]),
                inner: self.inner.answer(taken.inner.into_iter().flatten(), answering)?,
            });
        }
        Ok(Answer::from_buckets(answer, answers, Style::List))
    }
}
