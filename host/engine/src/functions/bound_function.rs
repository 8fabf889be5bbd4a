//! A function bound to the arguments of one clause: its instances, its columns, and what it cost.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use quidditch_function::{
    Argument, Batch, BoundFilter, BoundScorer, BoundValues, Budget, Cause, ColumnKind, ColumnRange, ColumnRequest,
    DocumentRef, Function, FunctionError, FunctionId,
};
use quidditch_index::Mapping;
use tantivy::{DocId, SegmentReader};

use super::marked::{mark_in_range, retain_marked_documents};
use crate::Error;
use crate::columns::{ColumnReader, ColumnSource, document_id};
use crate::memory::Memory;
use crate::progress::Progress;

/// A function as one clause uses it. `T` is what binding returns: a [`BoundFilter`], a [`BoundScorer`]
/// or [`BoundValues`].
///
/// Every worker takes an instance of its own and returns it after a segment, so there are never more instances of a
/// clause than workers.
pub(crate) struct BoundFunction<T: ?Sized> {
    function: Arc<dyn Function>,
    arguments: Vec<Argument>,
    budget: Arc<Budget>,
    columns: Vec<ColumnSource>,
    pub(crate) needs_score: bool,
    /// For values, their type.
    pub(crate) kind: Option<ColumnKind>,
    /// What it can only match in: for each range the name of the column.
    ranges: Vec<(String, ColumnRange)>,
    idle: Mutex<Vec<Box<T>>>,
    pub(crate) usage: Usage,
}

pub(crate) type FilterFunction = BoundFunction<dyn BoundFilter>;
pub(crate) type ScorerFunction = BoundFunction<dyn BoundScorer>;
pub(crate) type ValuesFunction = BoundFunction<dyn BoundValues>;

/// What all functions of a request share.
pub(crate) struct Shared {
    pub(crate) budget: Arc<Budget>,
    /// For the columns that they read.
    pub(crate) memory: Arc<Memory>,
}

/// What the function of a clause cost so far.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    pub(crate) instances: AtomicU64,
    pub(crate) calls: AtomicU64,
    pub(crate) documents: AtomicU64,
    pub(crate) nanos: AtomicU64,
}

/// What bound filters, bound scorers and bound values have in common.
pub(crate) trait Instance {
    fn bind(function: &dyn Function, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<Self>, FunctionError>;
    fn columns(&self) -> &[ColumnRequest];
    fn needs_score(&self) -> bool;

    /// What it announces that it can only match in.
    fn ranges(&self) -> &[ColumnRange] {
        &[]
    }

    /// The type of its results, if they are values.
    fn kind(&self) -> Option<ColumnKind> {
        None
    }
}

impl Instance for dyn BoundFilter {
    fn bind(function: &dyn Function, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<Self>, FunctionError> {
        function.bind_filter(arguments, budget)
    }

    fn columns(&self) -> &[ColumnRequest] {
        BoundFilter::columns(self)
    }

    fn needs_score(&self) -> bool {
        false
    }

    fn ranges(&self) -> &[ColumnRange] {
        BoundFilter::ranges(self)
    }
}

impl Instance for dyn BoundValues {
    fn bind(function: &dyn Function, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<Self>, FunctionError> {
        function.bind_values(arguments, budget)
    }

    fn columns(&self) -> &[ColumnRequest] {
        BoundValues::columns(self)
    }

    fn needs_score(&self) -> bool {
        BoundValues::needs_score(self)
    }

    fn kind(&self) -> Option<ColumnKind> {
        Some(BoundValues::kind(self))
    }
}

impl Instance for dyn BoundScorer {
    fn bind(function: &dyn Function, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<Self>, FunctionError> {
        function.bind_scorer(arguments, budget)
    }

    fn columns(&self) -> &[ColumnRequest] {
        BoundScorer::columns(self)
    }

    fn needs_score(&self) -> bool {
        BoundScorer::needs_score(self)
    }
}

/// A function call of the request, bound.
pub(crate) enum BoundCall {
    Filter(Arc<FilterFunction>),
    Scorer(Arc<ScorerFunction>),
    Values(Arc<ValuesFunction>),
}

impl BoundCall {
    /// The columns that the function reads.
    pub(crate) fn columns(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            BoundCall::Filter(filter) => Box::new(filter.columns()),
            BoundCall::Scorer(scorer) => Box::new(scorer.columns()),
            BoundCall::Values(values) => Box::new(values.columns()),
        }
    }

    /// The values of a call that was parsed as one.
    pub(crate) fn values(&self) -> &Arc<ValuesFunction> {
        match self {
            BoundCall::Values(values) => values,
            BoundCall::Filter(_) | BoundCall::Scorer(_) => unreachable!("a call is bound as it was parsed"),
        }
    }
}

impl<T: ?Sized + Instance> BoundFunction<T> {
    /// Binds a first instance: mistakes in the arguments, and columns that the mapping does not have, are found here, before
    /// anything is searched.
    pub(crate) fn new(
        function: Arc<dyn Function>,
        arguments: Vec<Argument>,
        shared: &Shared,
        mapping: &Mapping,
    ) -> Result<Self, Error> {
        let instance = T::bind(&*function, &arguments, &shared.budget).map_err(Error::Function)?;
        let id = &function.metadata().id;
        let columns = column_sources(instance.columns(), mapping, &shared.memory, id)?;
        // Of computed columns, the manifest knows nothing.
        let named = |range: &ColumnRange| Some((columns[range.column as usize].column()?.to_owned(), *range));
        let ranges = instance.ranges().iter().filter_map(named).collect();
        Ok(BoundFunction {
            function,
            arguments,
            budget: Arc::clone(&shared.budget),
            columns,
            needs_score: instance.needs_score(),
            kind: instance.kind(),
            ranges,
            idle: Mutex::new(vec![instance]),
            usage: Usage { instances: AtomicU64::new(1), ..Usage::default() },
        })
    }

    pub(crate) fn id(&self) -> &FunctionId {
        &self.function.metadata().id
    }

    /// The columns that it reads.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().filter_map(ColumnSource::column)
    }

    /// What it can only match in: for each range the name of a column.
    pub(crate) fn ranges(&self) -> &[(String, ColumnRange)] {
        &self.ranges
    }

    pub(crate) fn open(self: &Arc<Self>, segment: &SegmentReader) -> Result<SegmentFunction<T>, Error> {
        let readers =
            self.columns.iter().map(|source| ColumnReader::open(source, segment)).collect::<Result<Vec<_>, _>>()?;
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let instance = match idle {
            Some(instance) => instance,
            None => {
                self.usage.instances.fetch_add(1, Ordering::Relaxed);
                self.bind()?
            }
        };
        let columns = readers.iter().map(ColumnReader::empty).collect();
        Ok(SegmentFunction {
            bound: Arc::clone(self),
            instance: Some(instance),
            readers,
            batch: Batch { columns, ..Batch::default() },
            segment: segment.clone(),
        })
    }

    /// Another instance.
    fn bind(&self) -> Result<Box<T>, Error> {
        T::bind(&*self.function, &self.arguments, &self.budget).map_err(Error::Function)
    }
}

/// The columns that a function requests. Those of the axes of a point are not sorted, so that they belong together.
pub(crate) fn column_sources(
    requests: &[ColumnRequest],
    mapping: &Mapping,
    memory: &Arc<Memory>,
    function: &FunctionId,
) -> Result<Vec<ColumnSource>, Error> {
    let source = |request: &ColumnRequest| {
        let source = ColumnSource::find(mapping, request, memory)
            .map_err(|error| Error::binding(function, Cause::Unusable(error.to_string())))?;
        // The mapping does not list the axes of a point as fields.
        Ok(if mapping.field(&request.field).is_none() { source.in_index_order() } else { source })
    };
    requests.iter().map(source).collect()
}

/// An instance at work on one segment.
pub(crate) struct SegmentFunction<T: ?Sized + Instance> {
    bound: Arc<BoundFunction<T>>,
    /// `None` after it failed: a failed instance must not be used again.
    instance: Option<Box<T>>,
    readers: Vec<ColumnReader>,
    batch: Batch,
    segment: SegmentReader,
}

impl<T: ?Sized + Instance> SegmentFunction<T> {
    /// Gathers the columns of `docs`, hands them to `call`, and records what it cost.
    pub(crate) fn call(
        &mut self,
        docs: &[DocId],
        scores: &[f32],
        progress: &Progress,
        call: impl FnOnce(&mut T, &Batch) -> Result<(), FunctionError>,
    ) -> Result<(), Error> {
        for (reader, column) in self.readers.iter_mut().zip(&mut self.batch.columns) {
            reader.gather(docs, column)?;
        }
        self.call_gathered(docs, scores, progress, call)
    }

    fn call_gathered(
        &mut self,
        docs: &[DocId],
        scores: &[f32],
        progress: &Progress,
        call: impl FnOnce(&mut T, &Batch) -> Result<(), FunctionError>,
    ) -> Result<(), Error> {
        self.batch.len = docs.len();
        self.batch.scores.clear();
        self.batch.scores.extend_from_slice(scores);
        let mut instance = match self.instance.take() {
            Some(instance) => instance,
            // The one before failed.
            None => self.bound.bind()?,
        };
        let start = progress.now();
        let result = call(&mut instance, &self.batch);
        self.bound.usage.count(docs.len(), progress.now().saturating_sub(start));
        match result {
            Ok(()) => {
                self.instance = Some(instance);
                Ok(())
            }
            Err(mut error) => {
                // Outside of this call, nobody knows the batch.
                if let Some(document) = error.cause.document_mut()
                    && let DocumentRef::BatchIndex(index) = document
                    && let Some(doc) = docs.get(*index)
                {
                    *document = DocumentRef::Id(document_id(&self.segment, *doc)?);
                }
                Err(Error::Function(error))
            }
        }
    }
}

impl SegmentFunction<dyn BoundScorer> {
    /// The most that a document with at most this score gets.
    pub(crate) fn max_score(&mut self, score: f32) -> Result<f32, Error> {
        let mut instance = self.instance.take().expect("a search ends with its first failure");
        let bound = instance.max_score(score).map_err(Error::Function)?;
        self.instance = Some(instance);
        Ok(bound)
    }
}

impl SegmentFunction<dyn BoundFilter> {
    /// Whether the filter announces in what it can match.
    pub(crate) fn has_ranges(&self) -> bool {
        !self.bound.ranges.is_empty()
    }

    /// Replaces `inside` by whether each document has a value in each range that the filter announced.
    pub(crate) fn in_ranges(&mut self, docs: &[DocId], inside: &mut Vec<bool>) -> Result<(), Error> {
        inside.clear();
        inside.resize(docs.len(), true);
        for (_, range) in &self.bound.ranges {
            let column = &mut self.batch.columns[range.column as usize];
            self.readers[range.column as usize].gather(docs, column)?;
            mark_in_range(column, range, inside);
        }
        Ok(())
    }

    /// As [`SegmentFunction::call`], for `docs`: those inside of the ranges, after [`SegmentFunction::in_ranges`]. What this
    /// gathered is not gathered again.
    pub(crate) fn call_inside(
        &mut self,
        docs: &[DocId],
        inside: &[bool],
        progress: &Progress,
        call: impl FnOnce(&mut (dyn BoundFilter + 'static), &Batch) -> Result<(), FunctionError>,
    ) -> Result<(), Error> {
        let ranges = &self.bound.ranges;
        for (index, (reader, column)) in self.readers.iter_mut().zip(&mut self.batch.columns).enumerate() {
            if ranges.iter().any(|(_, range)| range.column as usize == index) {
                retain_marked_documents(column, inside);
            } else {
                reader.gather(docs, column)?;
            }
        }
        self.call_gathered(docs, &[], progress, call)
    }
}

impl<T: ?Sized + Instance> Drop for SegmentFunction<T> {
    fn drop(&mut self) {
        if let Some(instance) = self.instance.take() {
            self.bound.idle.lock().unwrap_or_else(PoisonError::into_inner).push(instance);
        }
    }
}

impl Usage {
    fn count(&self, documents: usize, time: Duration) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.documents.fetch_add(documents as u64, Ordering::Relaxed);
        self.nanos.fetch_add(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}
