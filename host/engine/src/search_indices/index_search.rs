//! An index during a search.

use std::ops::Range;
use std::sync::Arc;

use quidditch_index::View;

use super::indices_error::{FailedIndex, IndicesError};
use crate::Error;
use crate::collect::Hit;
use crate::resolved_request::{DryRun, Plan, ResolvedRequest};
use crate::searched_index::SearchedIndex;

/// An index that was searched.
pub(super) struct IndexSearch<'a> {
    pub(super) resolved: ResolvedRequest<'a>,
    pub(super) dry_run: DryRun,
    pub(super) view: Arc<View>,
    pub(super) plan: Plan,
    /// The numbers of its splits among those of all indices.
    pub(super) splits: Range<usize>,
}

impl<'a> IndexSearch<'a> {
    pub(super) fn failed(&self, error: Error) -> IndicesError {
        IndicesError::Any(Box::new(FailedIndex { index: self.resolved.snapshot.name().to_owned(), error }))
    }

    pub(super) fn as_searched(&self) -> SearchedIndex<'_, 'a> {
        let IndexSearch { resolved, dry_run, view, plan, splits } = self;
        SearchedIndex { resolved, dry_run, view, plan, first_split: splits.start }
    }

    pub(super) fn splits_skipped(&self) -> usize {
        self.splits.len() - self.dry_run.selected.len()
    }

    /// Whether a hit is of this index.
    pub(super) fn has(&self, hit: &Hit) -> bool {
        self.splits.contains(&hit.document.split)
    }

    /// A hit with the number that its split has in this index.
    pub(super) fn own(&self, hit: &Hit) -> Hit {
        let mut hit = hit.clone();
        hit.document.split -= self.splits.start;
        hit
    }
}
