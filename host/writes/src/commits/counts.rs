//! What was committed since the start of the process.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// What was committed since the start of the process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CommitCounts {
    /// Commits of documents.
    pub commits: u64,
    /// Commits that failed.
    pub failed: u64,
    /// Operations in the others: documents that were indexed, updated or deleted, or could not be.
    pub operations: u64,
}

/// Counts commits.
#[derive(Debug, Default)]
pub(super) struct CommitCounter {
    commits: AtomicU64,
    failed: AtomicU64,
    operations: AtomicU64,
}

impl CommitCounter {
    pub(super) fn add(&self, operations: usize) {
        self.commits.fetch_add(1, Relaxed);
        self.operations.fetch_add(operations as u64, Relaxed);
    }

    pub(super) fn add_failed(&self) {
        self.failed.fetch_add(1, Relaxed);
    }

    pub(super) fn counts(&self) -> CommitCounts {
        CommitCounts {
            commits: self.commits.load(Relaxed),
            failed: self.failed.load(Relaxed),
            operations: self.operations.load(Relaxed),
        }
    }
}
