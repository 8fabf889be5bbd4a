//! The calls of a function for one clause of a search.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use quidditch_function::{Budget, Cause, FunctionError, Role};

use crate::circuit::{Admission, Verdict};
use crate::counters::Counters;
use crate::version::Version;

/// The calls of a function for one clause in the search of one index. When it ends, the circuit breaker learns what came of them.
pub(crate) struct Run {
    version: Arc<Version>,
    role: Role,
    admission: Admission,
    /// The time of all calls.
    spent_nanos: AtomicU64,
    has_succeeded: AtomicBool,
    /// Whether the circuit breaker has been told of a failure.
    has_failed: AtomicBool,
}

impl Run {
    pub(crate) fn new(version: Arc<Version>, role: Role, admission: Admission) -> Self {
        Run {
            version,
            role,
            admission,
            spent_nanos: AtomicU64::new(0),
            has_succeeded: AtomicBool::new(false),
            has_failed: AtomicBool::new(false),
        }
    }

    pub(crate) fn now(&self) -> Duration {
        self.version.now()
    }

    pub(crate) fn counters(&self) -> &Counters {
        self.version.counters(self.role)
    }

    /// Adds the time of a call, or of binding.
    pub(crate) fn spend(&self, nanos: u64) {
        self.spent_nanos.fetch_add(nanos, Relaxed);
    }

    pub(crate) fn succeeded(&self) {
        self.has_succeeded.store(true, Relaxed);
    }

    pub(crate) fn failed(&self, error: &FunctionError, budget: &Budget) {
        if matches!(error.cause, Cause::TimedOut { .. }) && !budget.left().is_zero() {
            // It was stopped with its search, which is not a failure of the function.
            return;
        }
        self.counters().add_error(error.cause.kind());
        if self.is_to_blame(&error.cause, budget) && !self.has_failed.swap(true, Relaxed) {
            let reason = error.cause.to_string();
            self.version.circuit.record(self.admission, Verdict::Failed(&reason), self.now());
        }
    }

    /// Whether other calls may be expected to fail in the same way: the function trapped, took too much memory, or used most of the
    /// time that all functions of the request share. Other failures may be those of other functions, or of some arguments.
    fn is_to_blame(&self, cause: &Cause, budget: &Budget) -> bool {
        match cause {
            Cause::Trapped { .. } | Cause::OutOfMemory { .. } => true,
            Cause::TimedOut { .. } => {
                let spent = Duration::from_nanos(self.spent_nanos.load(Relaxed));
                spent >= budget.total() / 2
            }
            _ => false,
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if *self.has_failed.get_mut() {
            return;
        }
        let verdict = if *self.has_succeeded.get_mut() { Verdict::Succeeded } else { Verdict::Unknown };
        self.version.circuit.record(self.admission, verdict, self.version.now());
    }
}
