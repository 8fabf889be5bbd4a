//! What the requests that change something have in common.

use std::sync::Arc;

use quidditch_clock::Clock;
use quidditch_registry::Registry;
use quidditch_storage::Storage;

use crate::commits::{Background, CommitCounts, CommitParts, CommitSettings, Committer};
use crate::logged_functions::LoggedFunctions;
use crate::stored_queries::StoredQueryCheck;

/// What [`Writes`] is built from.
pub struct WriteParts {
    /// Where indices, aliases and templates are stored.
    pub storage: Arc<dyn Storage>,
    /// Stores scripts and functions; `None` if this host may not.
    pub registry: Option<Arc<Registry>>,
    /// Functions to try; `None` if this host runs none.
    pub logged_functions: Option<Arc<dyn LoggedFunctions>>,
    /// The time of changes.
    pub clock: Arc<dyn Clock>,
}

/// Answers the requests that change something.
pub struct Writes {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) registry: Option<Arc<Registry>>,
    pub(crate) logged_functions: Option<Arc<dyn LoggedFunctions>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) committer: Committer,
}

impl Writes {
    /// Creates it. Nothing is read or written before the first request.
    pub fn new(parts: WriteParts) -> Self {
        let WriteParts { storage, registry, logged_functions, clock } = parts;
        let commits = commit_parts(&storage, &clock, None);
        let committer = Committer::new(commits, CommitSettings::default());
        Writes { storage, registry, logged_functions, clock, committer }
    }

    /// Commits documents with other settings, and merges splits in the background.
    #[must_use]
    pub fn with_commits(self, settings: CommitSettings, background: Option<Arc<dyn Background>>) -> Self {
        let parts = commit_parts(&self.storage, &self.clock, background);
        Writes { committer: Committer::new(parts, settings), ..self }
    }

    /// What requests have committed since the start of the process.
    pub fn commit_counts(&self) -> CommitCounts {
        self.committer.counts()
    }
}

fn commit_parts(
    storage: &Arc<dyn Storage>,
    clock: &Arc<dyn Clock>,
    background: Option<Arc<dyn Background>>,
) -> CommitParts {
    let query_check = Arc::new(StoredQueryCheck::new(clock));
    CommitParts { storage: Arc::clone(storage), clock: Arc::clone(clock), query_check, background }
}
