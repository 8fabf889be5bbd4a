//! Counts the calls of a version in one role.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use quidditch_function::FailureKind;

use crate::statistics::{ErrorCount, RoleStatistics};
use crate::times::Times;

/// Counts the calls of a version in one role.
pub(crate) struct Counters {
    clauses: AtomicU64,
    calls: AtomicU64,
    documents: AtomicU64,
    cached_documents: AtomicU64,
    instances_made: AtomicU64,
    instances_reused: AtomicU64,
    errors: [AtomicU64; FailureKind::ALL.len()],
    times: Mutex<Times>,
}

impl Counters {
    pub(crate) fn new() -> Self {
        Counters {
            clauses: AtomicU64::new(0),
            calls: AtomicU64::new(0),
            documents: AtomicU64::new(0),
            cached_documents: AtomicU64::new(0),
            instances_made: AtomicU64::new(0),
            instances_reused: AtomicU64::new(0),
            errors: [const { AtomicU64::new(0) }; FailureKind::ALL.len()],
            times: Mutex::new(Times::new()),
        }
    }

    pub(crate) fn add_clause(&self) {
        self.clauses.fetch_add(1, Relaxed);
    }

    pub(crate) fn add_instance(&self) {
        self.instances_made.fetch_add(1, Relaxed);
    }

    pub(crate) fn add_cached_documents(&self, documents: u64) {
        self.cached_documents.fetch_add(documents, Relaxed);
    }

    pub(crate) fn add_error(&self, kind: FailureKind) {
        self.errors[kind as usize].fetch_add(1, Relaxed);
    }

    /// Adds calls of one instance: the time of each, how many documents they had, and how many were not its first call.
    pub(crate) fn add_calls(&self, nanos: &[u64], documents: u64, reused: u64) {
        self.calls.fetch_add(nanos.len() as u64, Relaxed);
        self.documents.fetch_add(documents, Relaxed);
        self.instances_reused.fetch_add(reused, Relaxed);
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        nanos.iter().for_each(|nanos| times.add(*nanos));
    }

    pub(crate) fn statistics(&self) -> RoleStatistics {
        let errors = FailureKind::ALL.into_iter().zip(&self.errors);
        let errors = errors.map(|(kind, count)| ErrorCount { kind, count: count.load(Relaxed) });
        RoleStatistics {
            clauses: self.clauses.load(Relaxed),
            calls: self.calls.load(Relaxed),
            documents: self.documents.load(Relaxed),
            cached_documents: self.cached_documents.load(Relaxed),
            instances_made: self.instances_made.load(Relaxed),
            instances_reused: self.instances_reused.load(Relaxed),
            time: self.times.lock().unwrap_or_else(PoisonError::into_inner).statistics(),
            errors: errors.filter(|error| error.count > 0).collect(),
        }
    }
}
