//! `adjacency_matrix`: a bucket for each of several queries, and for each two of them together.

use serde_json::Map;

use super::aggregation::{Aggregation, Opening, SegmentAggregation};
use super::answer::{Answer, BucketAnswer, BucketKey, Style};
use super::answering::Answering;
use super::batch::Batch;
use super::definition::{Definition, Layout};
use super::filter::{Distinct, plan_filter};
use super::nodes::Nodes;
use super::partial::Partial;
use super::positions::{self, SegmentPositions};
use crate::Error;
use crate::clause::Clause;
use crate::json::{ErrorKind, Node, ParseError};
use crate::plan::Planner;
use crate::request::Parser;
use crate::stages::{Pipeline, SegmentPipeline};

const WHAT: &str = "[adjacency_matrix] aggregation";

/// Most queries: each two of them may have a bucket.
const MAX_FILTERS: usize = 100;

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    let filters = fields.required("filters", WHAT)?;
    let mut names: Vec<String> = filters.map()?.keys().cloned().collect();
    names.sort_unstable();
    if names.is_empty() || names.len() > MAX_FILTERS {
        let reason = format!("[filters] must have from 1 to {MAX_FILTERS} queries, got {}", names.len());
        return Err(filters.mistake(ErrorKind::Argument, reason));
    }
    let mut clauses = Vec::with_capacity(names.len());
    for name in &names {
        if let Some(filter) = filters.child(name) {
            clauses.push(parser.query(&filter)?);
        }
    }
    let separator = fields.optional("separator", Node::text)?.unwrap_or("&").to_owned();
    fields.finish(WHAT)?;
    Ok(Box::new(AdjacencyMatrixDefinition { names, clauses, separator }))
}

struct AdjacencyMatrixDefinition {
    /// Sorted.
    names: Vec<String>,
    clauses: Vec<Box<dyn Clause>>,
    separator: String,
}

impl Definition for AdjacencyMatrixDefinition {
    fn plan(&self, planner: &Planner<'_>, _: &str, inner: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        let pipelines = self.clauses.iter().map(|clause| plan_filter(&**clause, planner)).collect::<Result<_, _>>()?;
        let AdjacencyMatrixDefinition { names, separator, .. } = self;
        Ok(Box::new(AdjacencyMatrix { names: names.clone(), pipelines, separator: separator.clone(), inner }))
    }

    fn layout(&self) -> Layout {
        Layout::Many
    }
}

struct AdjacencyMatrix {
    names: Vec<String>,
    pipelines: Vec<Pipeline>,
    separator: String,
    inner: Nodes,
}

impl AdjacencyMatrix {
    /// Each query, and each two of them.
    fn width(&self) -> usize {
        let count = self.pipelines.len();
        count * (count + 1) / 2
    }
}

/// The place of two of some queries, the first of them not after the second; of one, if they are the same.
fn place(first: usize, second: usize, count: usize) -> usize {
    // The queries before the first have a place with each query from themselves on.
    first * count - first * first.saturating_sub(1) / 2 + (second - first)
}

impl Aggregation for AdjacencyMatrix {
    fn type_name(&self) -> &'static str {
        "adjacency_matrix"
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        let open = |pipeline: &Pipeline| pipeline.open(opening.segment.reader);
        Ok(Box::new(SegmentAdjacencyMatrix {
            pipelines: self.pipelines.iter().map(open).collect::<Result<_, _>>()?,
            distinct: Distinct::default(),
            matches: Vec::new(),
            buckets: SegmentPositions::open(self.width(), &self.inner, opening)?,
        }))
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        // Buckets without documents are not shown, so that the result of no documents may do without them.
        let width = if partials.is_empty() { 0 } else { self.width() };
        positions::merge(width, &self.inner, partials)
    }

    fn answer(&self, partial: Partial, answering: &mut Answering) -> Result<Answer<'_>, Error> {
        let mut results = positions::each(partial.into_buckets());
        let mut answers = Vec::new();
        for (first, name) in self.names.iter().enumerate() {
            for (second, other) in self.names.iter().enumerate().skip(first) {
                let Some((count, inner)) = results.next() else { continue };
                if count == 0 {
                    continue;
                }
                answering.count_buckets(1)?;
                let key = if first == second { name.clone() } else { format!("{name}{}{other}", self.separator) };
                answers.push(BucketAnswer {
                    name: None,
                    key: BucketKey::Text(key.clone()),
                    count,
                    shown: Map::from_iter([("key".to_owned(), key.into()), ("doc_count".to_owned(), count.into())]),
                    inner: self.inner.answer(inner, answering)?,
                });
            }
        }
        answers.sort_by_cached_key(BucketAnswer::name);
        Ok(Answer::from_buckets(Map::new(), answers, Style::List))
    }
}

struct SegmentAdjacencyMatrix<'a> {
    pipelines: Vec<SegmentPipeline>,
    distinct: Distinct,
    /// The positions of the batch's matches, with the numbers of the queries.
    matches: Vec<(u32, u32)>,
    buckets: SegmentPositions<'a>,
}

impl SegmentAggregation for SegmentAdjacencyMatrix<'_> {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        let SegmentAdjacencyMatrix { pipelines, distinct, matches, buckets } = self;
        buckets.begin(batch)?;
        distinct.begin(batch);
        matches.clear();
        for (number, pipeline) in pipelines.iter_mut().enumerate() {
            distinct.matching(batch, pipeline, |position| matches.push((position as u32, number as u32)))?;
        }
        // Back into the order of the documents.
        matches.sort_unstable();
        for of_document in matches.chunk_by(|(position, _), (other, _)| position == other) {
            for (index, (position, first)) in of_document.iter().enumerate() {
                for (_, second) in &of_document[index..] {
                    let place = place(*first as usize, *second as usize, pipelines.len());
                    buckets.add(batch, *position as usize, place);
                }
            }
        }
        buckets.end()
    }

    fn finish(self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        self.buckets.finish(parents)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_have_places_one_after_another() {
        let pairs = (0..4).flat_map(|first| (first..4).map(move |second| (first, second)));
        let places: Vec<usize> = pairs.map(|(first, second)| place(first, second, 4)).collect();
        assert_eq!(places, (0..10).collect::<Vec<_>>());
    }
}
