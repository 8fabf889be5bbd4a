//! Ranges of splits in memory.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::directory::OwnedBytes;

use super::bounded_pieces::BoundedPieces;

/// Pieces of splits in memory, shared by all requests.
#[derive(Debug)]
pub(super) struct MemoryCache {
    pieces: Mutex<BoundedPieces<OwnedBytes>>,
}

impl MemoryCache {
    /// A cache for this many bytes.
    pub(super) fn new(capacity: u64) -> Self {
        MemoryCache { pieces: Mutex::new(BoundedPieces::new(capacity)) }
    }

    /// The piece that contains a range, and the offset at which it begins.
    pub(super) fn get(&self, object: &Arc<str>, range: &Range<u64>) -> Option<(u64, OwnedBytes)> {
        let mut pieces = self.pieces.lock().unwrap_or_else(PoisonError::into_inner);
        pieces.get(object, range).map(|(start, bytes)| (start, bytes.clone()))
    }

    /// Keeps a piece, if it fits.
    pub(super) fn insert(&self, object: &Arc<str>, start: u64, bytes: OwnedBytes) {
        let dropped = self.pieces.lock().unwrap_or_else(PoisonError::into_inner).insert(object, start, bytes);
        // Freed here, after the lock was released.
        drop(dropped);
    }
}
