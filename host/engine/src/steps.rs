//! The steps of a search as spans of a trace.

use quidditch_index::{Snapshot, TRACE_TARGET};
use tracing::{Span, debug_span};

/// The steps of the search of one index, each made when it begins.
pub(crate) struct Steps<'a> {
    index: &'a str,
}

impl<'a> Steps<'a> {
    pub(crate) fn of(snapshot: &'a Snapshot) -> Self {
        Steps { index: snapshot.name() }
    }

    /// Functions are found and bound to their arguments.
    pub(crate) fn resolve(&self) -> Span {
        debug_span!(target: TRACE_TARGET, "resolve", quidditch.index = self.index)
    }

    /// The request is planned without reading a split.
    pub(crate) fn dry_run(&self) -> Span {
        debug_span!(target: TRACE_TARGET, "dry_run", quidditch.index = self.index)
    }

    /// Splits are opened, and what the query will read of them is fetched.
    pub(crate) fn warm_up(&self) -> Span {
        debug_span!(target: TRACE_TARGET, "warm_up", quidditch.index = self.index)
    }

    /// The query is planned, and runs over all segments.
    pub(crate) fn execute(&self) -> Span {
        debug_span!(target: TRACE_TARGET, "execute", quidditch.index = self.index)
    }

    /// The hits of each group of the page are found.
    pub(crate) fn find_groups(&self) -> Span {
        debug_span!(target: TRACE_TARGET, "find_groups", quidditch.index = self.index)
    }
}

/// The best hits get other scores. Part of executing.
pub(crate) fn rescore_step() -> Span {
    debug_span!(target: TRACE_TARGET, "rescore")
}

/// What the response shows of the hits is read, of all indices together.
pub(crate) fn fetch_step() -> Span {
    debug_span!(target: TRACE_TARGET, "fetch")
}
