//! The bytes of one search.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::directory::OwnedBytes;

use super::cost::Cost;
use crate::IndexError;
use crate::range_map::RangeMap;
use crate::split::OpenSplit;

/// The bytes that a search has, and the cost of getting them. They stay until the search ends, even if the caches evict them.
pub(super) struct HeldBytes {
    cost: Arc<Cost>,
    pieces: Mutex<HashMap<Arc<str>, RangeMap<OwnedBytes>>>,
    bytes: AtomicU64,
    max_bytes: u64,
}

impl HeldBytes {
    /// No bytes yet, and at most `max_bytes`. The cost of more is added to `cost`.
    pub(super) fn new(cost: &Arc<Cost>, max_bytes: u64) -> Self {
        HeldBytes { cost: Arc::clone(cost), pieces: Mutex::default(), bytes: AtomicU64::new(0), max_bytes }
    }

    /// Checks that the search may have this many more bytes.
    ///
    /// # Errors
    /// [`IndexError::TooLarge`].
    pub(super) fn check_room(&self, bytes: u64) -> Result<(), IndexError> {
        let max_bytes = self.max_bytes;
        let held = self.bytes.load(Relaxed);
        if held.saturating_add(bytes) > max_bytes { Err(IndexError::TooLarge { max_bytes }) } else { Ok(()) }
    }

    pub(super) fn cost(&self) -> &Arc<Cost> {
        &self.cost
    }

    /// Adds a piece of a split.
    pub(super) fn add(&self, split: &OpenSplit, start: u64, bytes: OwnedBytes) {
        self.bytes.fetch_add(bytes.len() as u64, Relaxed);
        let mut pieces = self.pieces.lock().unwrap_or_else(PoisonError::into_inner);
        pieces.entry(Arc::clone(split.object())).or_default().insert(start, bytes);
    }

    /// The bytes of a range, if the search has them.
    pub(super) fn get(&self, split: &OpenSplit, range: &Range<u64>) -> Option<OwnedBytes> {
        let pieces = self.pieces.lock().unwrap_or_else(PoisonError::into_inner);
        pieces.get(split.object())?.get(range)
    }
}
