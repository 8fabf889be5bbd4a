//! A function bound to the arguments of one clause: its instances, its columns, and what it cost.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use quidditch_function::{
    Argument, BoundFilter, BoundScorer, BoundValues, Budget, ColumnKind, ColumnRange, Function, FunctionError,
    FunctionId, Role, error_chain,
};
use tantivy::SegmentReader;
use tracing::Span;

use super::filter_cache::{FilterCache, FilterKey};
use super::function_fields::FunctionFields;
use super::instance::Instance;
use super::on_error::OnError;
use super::segment_results::SegmentResults;
use super::tolerated::Tolerated;
use super::unavailable::UnavailableFunction;
use crate::Error;
use crate::columns::ColumnSource;
use crate::memory::Memory;
use crate::progress::Progress;

/// A function as one clause uses it. `T` is what binding returns: a [`BoundFilter`], a [`BoundScorer`]
/// or [`BoundValues`].
///
/// Every worker takes an instance of its own for its first batch and returns it after a segment, so there are never more instances
/// of a clause than workers.
pub(crate) struct BoundFunction<T: ?Sized> {
    function: Arc<dyn Function>,
    arguments: Vec<Argument>,
    budget: Arc<Budget>,
    pub(super) columns: Vec<ColumnSource>,
    /// The names by which it requested them.
    pub(super) names: Vec<String>,
    pub(crate) needs_score: bool,
    /// For values, their type.
    pub(crate) kind: Option<ColumnKind>,
    /// What it can only match in: for each range the name of the column.
    ranges: Vec<(String, ColumnRange)>,
    idle: Mutex<Vec<Box<T>>>,
    pub(crate) usage: Usage,
    pub(super) on_error: OnError,
    pub(crate) tolerated: Tolerated,
    /// Of the calls, if they are traced.
    pub(super) span: OnceLock<Span>,
    /// Where the results of a filter are kept.
    cache: Option<(Arc<FilterCache>, FilterKey)>,
}

pub(crate) type FilterFunction = BoundFunction<dyn BoundFilter>;
pub(crate) type ScorerFunction = BoundFunction<dyn BoundScorer>;
pub(crate) type ValuesFunction = BoundFunction<dyn BoundValues>;

/// What all functions of a request share.
pub(crate) struct Shared {
    pub(crate) budget: Arc<Budget>,
    /// For the columns that they read.
    pub(crate) memory: Arc<Memory>,
    /// For the results of filters; `None` if they are not kept.
    pub(crate) filter_cache: Option<Arc<FilterCache>>,
}

/// What the function of a clause cost so far.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    pub(crate) instances: AtomicU64,
    pub(crate) calls: AtomicU64,
    pub(crate) documents: AtomicU64,
    pub(crate) nanos: AtomicU64,
    /// Documents about which the function was not called, as its results were kept.
    pub(crate) cached_documents: AtomicU64,
}

impl<T: ?Sized + Instance> BoundFunction<T> {
    /// Binds a first instance: mistakes in the arguments, and columns that the mapping does not have, are found here, before
    /// anything is searched.
    pub(crate) fn new(
        function: Arc<dyn Function>,
        arguments: Vec<Argument>,
        shared: &Shared,
        fields: FunctionFields<'_>,
        on_error: OnError,
    ) -> Result<Self, Error> {
        let instance = T::bind(&*function, &arguments, &shared.budget).map_err(Error::Function)?;
        let id = &function.metadata().id;
        let columns = fields.column_sources(instance.columns(), &shared.memory, id)?;
        let names = instance.columns().iter().map(|request| request.field.clone()).collect();
        // Of computed columns, the manifest knows nothing.
        let named = |range: &ColumnRange| Some((columns[range.column as usize].column()?.to_owned(), *range));
        let ranges = instance.ranges().iter().filter_map(named).collect();
        Ok(BoundFunction {
            function,
            arguments,
            budget: Arc::clone(&shared.budget),
            columns,
            names,
            needs_score: instance.needs_score(),
            kind: instance.kind(),
            ranges,
            idle: Mutex::new(vec![instance]),
            usage: Usage { instances: AtomicU64::new(1), ..Usage::default() },
            on_error,
            tolerated: Tolerated::default(),
            span: OnceLock::new(),
            cache: None,
        })
    }

    /// A function that cannot be called, in a clause that tolerates it.
    pub(crate) fn unavailable(function: UnavailableFunction, shared: &Shared, on_error: OnError) -> Self {
        BoundFunction {
            function: Arc::new(function),
            arguments: Vec::new(),
            budget: Arc::clone(&shared.budget),
            columns: Vec::new(),
            names: Vec::new(),
            needs_score: false,
            kind: None,
            ranges: Vec::new(),
            idle: Mutex::default(),
            usage: Usage::default(),
            on_error,
            tolerated: Tolerated::default(),
            span: OnceLock::new(),
            cache: None,
        }
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

    /// An instance that nobody uses, or another one.
    pub(super) fn take(&self) -> Result<Box<T>, FunctionError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match idle {
            Some(instance) => Ok(instance),
            None => {
                let instance = T::bind(&*self.function, &self.arguments, &self.budget)?;
                self.usage.instances.fetch_add(1, Ordering::Relaxed);
                Ok(instance)
            }
        }
    }

    /// Takes back an instance that nobody uses any more.
    pub(super) fn give_back(&self, instance: Box<T>) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(instance);
    }

    /// Calls the function as part of its span, which ends here for now.
    pub(super) fn in_span<R>(&self, call: impl FnOnce() -> R) -> R {
        match self.span.get() {
            Some(span) => span.in_scope(call),
            None => call(),
        }
    }

    /// Shows a failure in the span.
    pub(super) fn trace_failure(&self, error: &FunctionError) {
        if let Some(span) = self.span.get() {
            span.record("otel.status_code", "ERROR");
            span.record("otel.status_description", error_chain(error));
        }
    }

    /// Records a failure that affects this many documents.
    ///
    /// # Errors
    /// If the clause does not tolerate it.
    pub(super) fn tolerate(&self, error: Error, documents: usize, progress: &Progress) -> Result<(), Error> {
        let Error::Function(error) = error else { return Err(error) };
        if self.on_error == OnError::Fail || error.is_mistake_of_caller() || progress.ends_with(&error) {
            return Err(Error::Function(error));
        }
        self.tolerated.add(error, documents);
        Ok(())
    }
}

impl FilterFunction {
    /// The same filter, which keeps its results if it was used before. What a clause answers where its function fails is not kept:
    /// the function may not fail again.
    #[must_use]
    pub(crate) fn cached(self, shared: &Shared) -> Self {
        let key = || FilterKey::new(&*self.function, &self.arguments, &self.columns);
        let cache = match &shared.filter_cache {
            Some(cache) if self.on_error == OnError::Fail => {
                key().filter(|key| cache.is_repeated(key)).zip(Some(cache))
            }
            _ => None,
        };
        let cache = cache.map(|(key, cache)| (Arc::clone(cache), key));
        FilterFunction { cache, ..self }
    }

    /// What is known of its results in a segment, to be extended; `None` if they are not kept.
    pub(crate) fn known_results(&self, segment: &SegmentReader) -> Option<Arc<SegmentResults>> {
        let (cache, key) = self.cache.as_ref()?;
        cache.results(key, segment)
    }

    /// Records that it was not called about this number of documents, as its results were known.
    pub(crate) fn count_cached(&self, documents: usize) {
        self.in_span(|| ());
        self.usage.cached_documents.fetch_add(documents as u64, Ordering::Relaxed);
        self.function.record_cached(Role::Filter, documents as u64);
    }
}

impl Usage {
    pub(super) fn count(&self, documents: usize, time: Duration) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.documents.fetch_add(documents as u64, Ordering::Relaxed);
        self.nanos.fetch_add(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}
