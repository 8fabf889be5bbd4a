//! The bytes of one search.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::directory::OwnedBytes;

use super::cost::Cost;
use super::range_map::RangeMap;
use crate::split::OpenSplit;

/// The bytes that a search has, and the cost of getting them. They stay until the search ends, even if the caches evict them.
pub(super) struct HeldBytes {
    cost: Arc<Cost>,
    pieces: Mutex<HashMap<Arc<str>, RangeMap<OwnedBytes>>>,
}

impl HeldBytes {
    /// No bytes yet. The cost of more is added to `cost`.
    pub(super) fn new(cost: &Arc<Cost>) -> Self {
        HeldBytes { cost: Arc::clone(cost), pieces: Mutex::default() }
    }

    pub(super) fn cost(&self) -> &Arc<Cost> {
        &self.cost
    }

    /// Adds a piece of a split.
    pub(super) fn add(&self, split: &OpenSplit, start: u64, bytes: OwnedBytes) {
        let mut pieces = self.pieces.lock().unwrap_or_else(PoisonError::into_inner);
        pieces.entry(Arc::clone(split.object())).or_default().insert(start, bytes);
    }

    /// The bytes of a range, if the search has them.
    pub(super) fn get(&self, split: &OpenSplit, range: &Range<u64>) -> Option<OwnedBytes> {
        let pieces = self.pieces.lock().unwrap_or_else(PoisonError::into_inner);
        pieces.get(split.object())?.get(range)
    }
}
