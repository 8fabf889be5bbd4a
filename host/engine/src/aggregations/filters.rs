//! `filters`: a bucket for each of several queries.

use serde_json::Map;
use tantivy::SegmentReader;

use super::aggregation::{Aggregation, BUCKET_COST, Opening, SegmentAggregation};
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

const WHAT: &str = "[filters] aggregation";

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    let filters = fields.required("filters", WHAT)?;
    let (mut clauses, mut names) = (Vec::new(), None);
    if filters.is_object() {
        let mut sorted: Vec<&String> = filters.map()?.keys().collect();
        sorted.sort_unstable();
        for name in &sorted {
            if let Some(filter) = filters.child(name) {
                clauses.push(parser.query(&filter)?);
            }
        }
        names = Some(sorted.into_iter().cloned().collect::<Vec<_>>());
    } else {
        for filter in filters.list()? {
            clauses.push(parser.query(&filter)?);
        }
    }
    if clauses.is_empty() {
        return Err(filters.mistake(ErrorKind::Argument, "[filters] must not be empty"));
    }
    let key = fields.optional("other_bucket_key", Node::text)?;
    let other = match fields.take("other_bucket") {
        None => key.is_some(),
        Some(node) => node.boolean()?,
    };
    if let (Some(names), true) = (&mut names, other) {
        names.push(key.unwrap_or("_other_").to_owned());
    }
    fields.finish(WHAT)?;
    let other = if other { Other::Bucket } else { Other::Nothing };
    Ok(Box::new(FiltersDefinition { clauses, names, other }))
}

/// What is done with documents that no query matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Other {
    Nothing,
    /// They have a bucket of their own, the last.
    Bucket,
}

struct FiltersDefinition {
    clauses: Vec<Box<dyn Clause>>,
    /// Of all buckets; `None` if the request gives no names.
    names: Option<Vec<String>>,
    other: Other,
}

impl Definition for FiltersDefinition {
    fn plan(&self, planner: &Planner<'_>, _: &str, inner: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        let pipelines = self.clauses.iter().map(|clause| plan_filter(&**clause, planner)).collect::<Result<_, _>>()?;
        Ok(Box::new(Filters { pipelines, names: self.names.clone(), other: self.other, inner }))
    }

    fn width(&self) -> usize {
        self.clauses.len() + usize::from(self.other == Other::Bucket)
    }

    fn layout(&self) -> Layout {
        Layout::Many
    }
}

struct Filters {
    pipelines: Vec<Pipeline>,
    names: Option<Vec<String>>,
    other: Other,
    inner: Nodes,
}

impl Filters {
    fn width(&self) -> usize {
        self.pipelines.len() + usize::from(self.other == Other::Bucket)
    }
}

impl Aggregation for Filters {
    fn type_name(&self) -> &'static str {
        "filters"
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        let open = |pipeline: &Pipeline| pipeline.open(opening.segment.reader);
        Ok(Box::new(SegmentFilters {
            pipelines: self.pipelines.iter().map(open).collect::<Result<_, _>>()?,
            other: self.other,
            distinct: Distinct::default(),
            places: Vec::new(),
            buckets: SegmentPositions::open(self.width(), &self.inner, opening)?,
        }))
    }

    fn merge_cost(&self, segment: &SegmentReader) -> tantivy::Result<Option<u64>> {
        self.inner.merge_cost_in(self.width() as u64, BUCKET_COST, segment)
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        positions::merge(self.width(), &self.inner, partials)
    }

    fn answer(&self, partial: Partial, answering: &mut Answering) -> Result<Answer<'_>, Error> {
        answering.count_buckets(self.width())?;
        let mut answers = Vec::with_capacity(self.width());
        for (place, (count, inner)) in positions::each(partial.into_buckets()).enumerate() {
            let name = self.names.as_ref().map(|names| names[place].clone());
            answers.push(BucketAnswer {
                key: name.clone().map_or(BucketKey::None, BucketKey::Text),
                name,
                count,
                shown: Map::from_iter([("doc_count".to_owned(), count.into())]),
                inner: self.inner.answer(inner, answering)?,
            });
        }
        let style = if self.names.is_some() { Style::Object } else { Style::List };
        Ok(Answer::from_buckets(Map::new(), answers, style))
    }
}

struct SegmentFilters<'a> {
    pipelines: Vec<SegmentPipeline>,
    other: Other,
    distinct: Distinct,
    /// The positions and places of the batch's matches.
    places: Vec<(u32, u32)>,
    buckets: SegmentPositions<'a>,
}

impl SegmentAggregation for SegmentFilters<'_> {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        let SegmentFilters { pipelines, other, distinct, places, buckets } = self;
        buckets.begin(batch)?;
        distinct.begin(batch);
        places.clear();
        for (place, pipeline) in pipelines.iter_mut().enumerate() {
            distinct.matching(batch, pipeline, |position| places.push((position as u32, place as u32)))?;
        }
        // Back into the order of the documents.
        places.sort_unstable();
        let mut matches = places.iter().peekable();
        for position in 0..batch.docs.len() {
            let mut is_matched = false;
            while let Some((_, place)) = matches.next_if(|(at, _)| *at as usize == position) {
                buckets.add(batch, position, *place as usize);
                is_matched = true;
            }
            if !is_matched && *other == Other::Bucket {
                buckets.add(batch, position, pipelines.len());
            }
        }
        buckets.end()
    }

    fn finish(self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        self.buckets.finish(parents)
    }
}
