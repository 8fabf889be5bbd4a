//! The failures of a function that its clause has tolerated.

use std::sync::{Mutex, PoisonError};

use quidditch_function::FunctionError;

/// The failures of a function that its clause has tolerated.
#[derive(Debug, Default)]
pub(crate) struct Tolerated {
    failures: Mutex<Option<Failures>>,
}

/// At least one failure.
#[derive(Debug, Clone)]
pub(crate) struct Failures {
    pub(crate) first: FunctionError,
    /// The documents that got the answer of the clause in place of the function's.
    pub(crate) documents: u64,
}

impl Tolerated {
    /// Adds a failure that affects this many documents.
    pub(crate) fn add(&self, error: FunctionError, documents: usize) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let failures = failures.get_or_insert(Failures { first: error, documents: 0 });
        failures.documents += documents as u64;
    }

    /// Forgets them: the search is run again.
    pub(crate) fn reset(&self) {
        *self.failures.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// What there was; `None` if there was no failure.
    pub(crate) fn failures(&self) -> Option<Failures> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
