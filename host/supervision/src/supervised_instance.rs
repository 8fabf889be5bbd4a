//! A bound function whose calls are counted and timed.

use std::sync::Arc;

use quidditch_function::{
    Batch, BoundFilter, BoundScorer, BoundValues, Budget, Column, ColumnKind, ColumnRange, ColumnRequest, FunctionError,
};

use crate::run::Run;
use crate::slots::Slot;

/// Calls whose times are kept before they are added to those of all instances. 256: a million documents, in 2 KB.
const KEPT_CALLS: usize = 256;

/// A bound function, and what counts its calls.
pub(crate) struct SupervisedInstance<T: ?Sized> {
    pub(crate) inner: Box<T>,
    pub(crate) watch: Watch,
}

/// Counts the calls of one instance. What it counts is added to the statistics when the instance is dropped, so that a call costs
/// two looks at the clock.
pub(crate) struct Watch {
    run: Arc<Run>,
    budget: Arc<Budget>,
    nanos: Vec<u64>,
    documents: u64,
    was_called: bool,
    /// Freed last, when the instance is gone.
    _slot: Slot,
}

impl Watch {
    pub(crate) fn new(run: &Arc<Run>, budget: &Arc<Budget>, slot: Slot) -> Self {
        run.counters().add_instance();
        let (run, budget) = (Arc::clone(run), Arc::clone(budget));
        Watch { run, budget, nanos: Vec::new(), documents: 0, was_called: false, _slot: slot }
    }

    fn call(
        &mut self,
        documents: usize,
        call: impl FnOnce() -> Result<(), FunctionError>,
    ) -> Result<(), FunctionError> {
        let start = self.run.now();
        let result = call();
        let time = self.run.now().saturating_sub(start);
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.run.spend(nanos);
        self.nanos.push(nanos);
        self.documents += documents as u64;
        match &result {
            Ok(()) => self.run.succeeded(),
            Err(error) => self.run.failed(error, &self.budget),
        }
        if self.nanos.len() == KEPT_CALLS {
            self.flush();
        }
        result
    }

    fn flush(&mut self) {
        if self.nanos.is_empty() {
            return;
        }
        let first = u64::from(!std::mem::replace(&mut self.was_called, true));
        let reused = self.nanos.len() as u64 - first;
        self.run.counters().add_calls(&self.nanos, std::mem::take(&mut self.documents), reused);
        self.nanos.clear();
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.flush();
    }
}

impl BoundFilter for SupervisedInstance<dyn BoundFilter> {
    fn columns(&self) -> &[ColumnRequest] {
        self.inner.columns()
    }

    fn ranges(&self) -> &[ColumnRange] {
        self.inner.ranges()
    }

    fn keep(&mut self, batch: &Batch, keep: &mut Vec<u8>) -> Result<(), FunctionError> {
        self.watch.call(batch.len, || self.inner.keep(batch, keep))
    }
}

impl BoundScorer for SupervisedInstance<dyn BoundScorer> {
    fn columns(&self) -> &[ColumnRequest] {
        self.inner.columns()
    }

    fn needs_score(&self) -> bool {
        self.inner.needs_score()
    }

    fn max_score(&mut self, score: f32) -> Result<f32, FunctionError> {
        // It is no call with documents, and takes as long as reading a clock.
        let bound = self.inner.max_score(score);
        if let Err(error) = &bound {
            self.watch.run.failed(error, &self.watch.budget);
        }
        bound
    }

    fn score(&mut self, batch: &Batch, scores: &mut Vec<f32>) -> Result<(), FunctionError> {
        self.watch.call(batch.len, || self.inner.score(batch, scores))
    }
}

impl BoundValues for SupervisedInstance<dyn BoundValues> {
    fn columns(&self) -> &[ColumnRequest] {
        self.inner.columns()
    }

    fn kind(&self) -> ColumnKind {
        self.inner.kind()
    }

    fn needs_score(&self) -> bool {
        self.inner.needs_score()
    }

    fn compute(&mut self, batch: &Batch, values: &mut Column) -> Result<(), FunctionError> {
        self.watch.call(batch.len, || self.inner.compute(batch, values))
    }
}
