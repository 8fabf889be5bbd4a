//! `nested`: the objects of a path that are inside of the documents.

use std::sync::Arc;

use tantivy::DocId;

use super::aggregation::{Aggregation, Opening, SegmentAggregation};
use super::answer::Answer;
use super::answering::Answering;
use super::batch::{Batch, Inner};
use super::definition::{Definition, Layout};
use super::failure;
use super::metric::{Metric, MetricError};
use super::nodes::Nodes;
use super::parents::Parents;
use super::partial::Partial;
use super::positions::{self, SegmentPositions};
use crate::Error;
use crate::json::{Node, ParseError};
use crate::nested::{DocBits, NestedScope, ScopeDocuments, block};
use crate::plan::Planner;
use crate::request::Parser;

/// Objects that are handed on together. Some more, if a document has many.
const BATCH: usize = 4_096;

const WHAT: &str = "[nested] aggregation";

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    let path = fields.required("path", WHAT)?.text()?.to_owned();
    fields.finish(WHAT)?;
    Ok(Box::new(NestedDefinition { path }))
}

struct NestedDefinition {
    path: String,
}

/// The scope of a path; [`NestedScope::Nowhere`] if the mapping has no such object.
pub(super) fn scope_of_path(planner: &Planner<'_>, path: &str, what: &str) -> Result<NestedScope, Error> {
    if !planner.mapping().has_object(path) {
        return Ok(NestedScope::Nowhere);
    }
    planner.nested_scope(path).map_err(|_| failure::execution(format!("[{what}] nested path [{path}] is not nested")))
}

impl Definition for NestedDefinition {
    fn plan(&self, planner: &Planner<'_>, _: &str, inner: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        let scope = scope_of_path(planner, &self.path, "nested")?;
        if scope == NestedScope::Nowhere {
            return Ok(Box::new(Nested { documents: None, inner }));
        }
        // Where the path is not inside of the documents, it is inside of those around them.
        let mut around = planner.scope.get();
        while !scope.is_inside(around, planner.mapping()) {
            around = around.around(planner.mapping()).unwrap_or_default();
        }
        let documents = Some((planner.scope_documents(around), planner.scope_documents(scope)));
        Ok(Box::new(Nested { documents, inner }))
    }

    fn scope_inside(&self, planner: &Planner<'_>, _: &str) -> Result<Option<NestedScope>, Error> {
        scope_of_path(planner, &self.path, "nested").map(Some)
    }

    fn layout(&self) -> Layout {
        Layout::One
    }
}

struct Nested {
    /// The documents that the objects are in, and the objects; `None` if there are none.
    documents: Option<(ScopeDocuments, ScopeDocuments)>,
    inner: Nodes,
}

impl Aggregation for Nested {
    fn type_name(&self) -> &'static str {
        "nested"
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        let segment = opening.segment.reader;
        let max_doc = segment.max_doc();
        let (parents, objects) = match &self.documents {
            Some((parents, objects)) => (parents.of(segment)?, objects.of(segment)?),
            None => (Arc::new(DocBits::empty(max_doc)), Arc::new(DocBits::empty(max_doc))),
        };
        Ok(Box::new(SegmentNested {
            parents: Parents::new(parents, opening),
            objects,
            current: None,
            objects_found: Inner::default(),
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

struct SegmentNested<'a> {
    parents: Parents,
    objects: Arc<DocBits>,
    /// The document whose objects are next, and its buckets. The next batch may add buckets to it.
    current: Option<(DocId, Vec<u32>)>,
    objects_found: Inner,
    buckets: SegmentPositions<'a>,
}

impl SegmentNested<'_> {
    /// Adds the objects of the current document to all of its buckets, in the order of the objects.
    fn add_objects(&mut self) -> Result<(), Error> {
        let Some((parent, buckets)) = self.current.take() else { return Ok(()) };
        for object in self.objects.in_range(block(self.parents.documents(), parent)) {
            for bucket in &buckets {
                self.objects_found.push(object, *bucket);
            }
        }
        if self.objects_found.batch().docs.len() >= BATCH {
            self.hand_on()?;
        }
        Ok(())
    }

    fn hand_on(&mut self) -> Result<(), Error> {
        let batch = self.objects_found.batch();
        self.buckets.begin(batch)?;
        for position in 0..batch.docs.len() {
            self.buckets.add(batch, position, 0);
        }
        self.buckets.end()?;
        self.objects_found.clear();
        Ok(())
    }
}

impl SegmentAggregation for SegmentNested<'_> {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        self.parents.begin(batch)?;
        for (doc, bucket) in batch.docs.iter().zip(batch.buckets) {
            let Some(parent) = self.parents.next(*doc, *bucket) else { continue };
            match &mut self.current {
                Some((current, buckets)) if *current == parent => buckets.push(*bucket),
                _ => {
                    self.add_objects()?;
                    self.current = Some((parent, vec![*bucket]));
                }
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        self.add_objects()?;
        self.hand_on()?;
        self.buckets.finish(parents)
    }
}
