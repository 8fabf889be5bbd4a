//! `reverse_nested`: the documents around nested objects.

use super::aggregation::{Aggregation, Opening, SegmentAggregation};
use super::answer::Answer;
use super::answering::Answering;
use super::batch::{Batch, Inner};
use super::definition::{Definition, Layout};
use super::failure;
use super::metric::{Metric, MetricError};
use super::nested::scope_of_path;
use super::nodes::Nodes;
use super::parents::Parents;
use super::partial::Partial;
use super::positions::{self, SegmentPositions};
use crate::Error;
use crate::json::{Node, ParseError};
use crate::nested::{DocBits, NestedScope, ScopeDocuments};
use crate::plan::Planner;
use crate::request::Parser;

const WHAT: &str = "[reverse_nested] aggregation";

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    let path = fields.optional("path", |node| node.text().map(str::to_owned))?;
    fields.finish(WHAT)?;
    Ok(Box::new(ReverseNestedDefinition { path }))
}

struct ReverseNestedDefinition {
    /// `None` means the documents of the index.
    path: Option<String>,
}

impl Definition for ReverseNestedDefinition {
    fn plan(&self, planner: &Planner<'_>, name: &str, inner: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        let documents = match self.scope_inside(planner, name)? {
            None | Some(NestedScope::Nowhere) => None,
            Some(scope) => Some(planner.scope_documents(scope)),
        };
        Ok(Box::new(ReverseNested { documents, inner }))
    }

    fn scope_inside(&self, planner: &Planner<'_>, name: &str) -> Result<Option<NestedScope>, Error> {
        let around = planner.scope.get();
        if around == NestedScope::Root {
            return Err(failure::argument(format!(
                "Reverse nested aggregation [{name}] can only be used inside a [nested] aggregation"
            )));
        }
        let Some(path) = &self.path else { return Ok(Some(NestedScope::Root)) };
        let scope = scope_of_path(planner, path, "reverse_nested")?;
        let is_around = scope == around || around.is_inside(scope, planner.mapping());
        if is_around || [scope, around].contains(&NestedScope::Nowhere) {
            return Ok(Some(scope));
        }
        let inner = around.path(planner.mapping()).unwrap_or_default();
        Err(failure::execution(format!("[reverse_nested] the path [{path}] of [{name}] is not one around [{inner}]")))
    }

    fn layout(&self) -> Layout {
        Layout::One
    }
}

struct ReverseNested {
    /// `None` if there are none.
    documents: Option<ScopeDocuments>,
    inner: Nodes,
}

impl Aggregation for ReverseNested {
    fn type_name(&self) -> &'static str {
        "reverse_nested"
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        let segment = opening.segment.reader;
        let documents = match &self.documents {
            Some(documents) => documents.of(segment)?,
            None => DocBits::empty(segment.max_doc()).into(),
        };
        Ok(Box::new(SegmentReverseNested {
            parents: Parents::new(documents, opening),
            found: Inner::default(),
            buckets: SegmentPositions::open(1, &self.inner, opening)?,
        }))
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        positions::merge(1, &self.inner, partials)
    }

    fn metric(&self, path: &[&str]) -> Result<Metric, MetricError> {
        positions::metric(&self.inner, path)
    }

    fn answer(&self, partial: Partial, answering: &mut Answering) -> Result<Answer<'_>, Error> {
        positions::answer(&self.inner, partial, answering)
    }
}

struct SegmentReverseNested<'a> {
    parents: Parents,
    found: Inner,
    buckets: SegmentPositions<'a>,
}

impl SegmentAggregation for SegmentReverseNested<'_> {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        self.parents.begin(batch)?;
        self.found.clear();
        for (doc, bucket) in batch.docs.iter().zip(batch.buckets) {
            if let Some(parent) = self.parents.next(*doc, *bucket) {
                self.found.push(parent, *bucket);
            }
        }
        let found = self.found.batch();
        self.buckets.begin(found)?;
        for position in 0..found.docs.len() {
            self.buckets.add(found, position, 0);
        }
        self.buckets.end()
    }

    fn finish(self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        self.buckets.finish(parents)
    }
}
