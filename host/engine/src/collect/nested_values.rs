//! The nested objects of a document whose values a sort reads.

use std::sync::Arc;

use tantivy::{DocId, SegmentReader};

use crate::Error;
use crate::nested::{DocBits, NestedScope, ScopeDocuments, block};
use crate::plan::Planner;
use crate::request::{Mode, NestedSort};
use crate::scores::{Scores, Scoring};
use crate::stages::Pipeline;

/// The objects whose values count, planned for one index.
pub(super) struct NestedValues {
    documents: ScopeDocuments,
    /// From the outermost to those that have the values.
    levels: Vec<Objects>,
    max_children: usize,
}

/// The objects of one path.
struct Objects {
    all: ScopeDocuments,
    filter: Option<Pipeline>,
}

impl NestedValues {
    /// `None` if the values are those of the documents themselves.
    pub(super) fn plan(sort: Option<&NestedSort>, mode: Mode, planner: &Planner<'_>) -> Result<Option<Self>, Error> {
        let Some((sort, scope)) = sort.map(|sort| Ok::<_, Error>((sort, scope(sort, planner)?))).transpose()? else {
            return Ok(None);
        };
        if scope == planner.scope.get() {
            return Ok(None);
        }
        if mode == Mode::Median {
            return Err(Error::shard_argument("Unsupported sort mode: MEDIAN"));
        }
        let mut levels = Vec::new();
        add_levels(sort, scope, planner, &mut levels)?;
        Ok(Some(NestedValues {
            documents: planner.scope_documents(planner.scope.get()),
            levels,
            max_children: sort.max_children.unwrap_or(usize::MAX),
        }))
    }

    pub(super) fn open(&self, segment: &SegmentReader) -> Result<SegmentNestedValues, Error> {
        let documents = self.documents.of(segment)?;
        // Those of the level around that count; at first, all documents.
        let mut around = (Arc::clone(&documents), Arc::clone(&documents));
        for level in &self.levels {
            let all = level.all.of(segment)?;
            let counting = level.counting(&all, &around, segment)?;
            around = (all, counting);
        }
        Ok(SegmentNestedValues { documents, objects: around.1, max_children: self.max_children })
    }
}

/// The scope of the objects; that of the documents themselves without a path.
fn scope(sort: &NestedSort, planner: &Planner<'_>) -> Result<NestedScope, Error> {
    let around = planner.scope.get();
    let Some(path) = &sort.path else { return Ok(around) };
    let scope = planner.nested_scope(path)?;
    if scope == around || scope.is_inside(around, planner.mapping()) {
        return Ok(scope);
    }
    let outer = around.path(planner.mapping()).unwrap_or_default();
    Err(Error::Query(format!("[nested] of a sort: the path [{path}] is not inside of [{outer}]")))
}

fn add_levels(
    sort: &NestedSort,
    own: NestedScope,
    planner: &Planner<'_>,
    levels: &mut Vec<Objects>,
) -> Result<(), Error> {
    let all = planner.scope_documents(own);
    planner.within(own, || {
        let filter = match &sort.filter {
            Some(filter) => {
                let planned = filter.clause.plan(planner, Scoring::FILTER)?;
                Some(planned.into_pipeline(planner, Scores::Ignored)?)
            }
            None => None,
        };
        levels.push(Objects { all, filter });
        match &sort.inside {
            Some(inside) => add_levels(inside, scope(inside, planner)?, planner, levels),
            None => Ok(()),
        }
    })
}

impl Objects {
    /// The objects that pass the filter, inside of those of the level around that count: all of these, and those that count.
    fn counting(
        &self,
        all: &Arc<DocBits>,
        (around, counting): &(Arc<DocBits>, Arc<DocBits>),
        segment: &SegmentReader,
    ) -> Result<Arc<DocBits>, Error> {
        let all_around_count = Arc::ptr_eq(around, counting);
        if all_around_count && self.filter.is_none() {
            return Ok(Arc::clone(all));
        }
        let is_inside =
            |doc: &DocId| all_around_count || around.at_or_after(*doc).is_some_and(|parent| counting.contains(parent));
        let candidates: Vec<DocId> = all.iter().filter(is_inside).collect();
        let mut left = DocBits::empty(segment.max_doc());
        match &self.filter {
            None => candidates.iter().for_each(|doc| left.insert(*doc)),
            Some(filter) => {
                let mut filter = filter.open(segment)?;
                for batch in candidates.chunks(crate::stages::BATCH) {
                    filter.evaluate(batch, |position, _| left.insert(batch[position]))?;
                }
            }
        }
        Ok(Arc::new(left))
    }
}

/// The objects of the documents of one segment whose values count.
pub(super) struct SegmentNestedValues {
    documents: Arc<DocBits>,
    objects: Arc<DocBits>,
    max_children: usize,
}

impl SegmentNestedValues {
    /// The objects of a document for which `has_value` holds.
    pub(super) fn of<'a>(
        &'a self,
        doc: DocId,
        has_value: impl Fn(DocId) -> bool + Clone + 'a,
    ) -> impl Iterator<Item = DocId> + Clone + 'a {
        let objects = self.objects.in_range(block(&self.documents, doc));
        objects.filter(move |object| has_value(*object)).take(self.max_children)
    }
}
