//! Pieces of many objects, bounded by their bytes.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use lru::LruCache;

use crate::range_map::{Insertion, Piece, RangeMap};

/// Pieces by object and range, evicting the least recently used when their bytes exceed the capacity.
///
/// Ordinary caches find a value by exactly its key. Here a range is found in any piece that contains it: a block in its
/// dictionary, or a posting list in a read that included its neighbours.
#[derive(Debug)]
pub(super) struct BoundedPieces<P> {
    /// In bytes.
    capacity: u64,
    bytes: u64,
    objects: HashMap<Arc<str>, RangeMap<P>>,
    /// The size of each piece, by last use.
    sizes: LruCache<PieceKey, u64>,
}

/// An object, and the offset in it at which a piece begins.
pub(super) type PieceKey = (Arc<str>, u64);

impl<P: Piece> BoundedPieces<P> {
    /// Room for this many bytes.
    pub(super) fn new(capacity: u64) -> Self {
        BoundedPieces { capacity, bytes: 0, objects: HashMap::new(), sizes: LruCache::unbounded() }
    }

    /// The piece that contains a range, and the offset at which it begins.
    pub(super) fn get(&mut self, object: &Arc<str>, range: &Range<u64>) -> Option<(u64, &P)> {
        let (start, piece) = self.objects.get(object)?.piece(range)?;
        self.sizes.promote(&(Arc::clone(object), start));
        Some((start, piece))
    }

    /// Whether a piece would be kept: it fits, and no other piece contains all of it.
    pub(super) fn lacks(&self, object: &Arc<str>, range: &Range<u64>) -> bool {
        let is_there = self.objects.get(object).is_some_and(|pieces| pieces.piece(range).is_some());
        range.end - range.start <= self.capacity && !is_there
    }

    /// Adds a piece if it [is lacking](Self::lacks). Returns the pieces that were dropped for it.
    pub(super) fn insert(&mut self, object: &Arc<str>, start: u64, piece: P) -> Vec<(PieceKey, P)> {
        let size = piece.length();
        if !self.lacks(object, &(start..start + size)) {
            return Vec::new();
        }
        let pieces = self.objects.entry(Arc::clone(object)).or_default();
        let Insertion::Added { dropped } = pieces.insert(start, piece) else { return Vec::new() };
        let mut dropped: Vec<_> =
            dropped.into_iter().map(|(start, piece)| ((Arc::clone(object), start), piece)).collect();
        for (key, _) in &dropped {
            self.forget(key);
        }
        self.sizes.push((Arc::clone(object), start), size);
        self.bytes += size;
        while self.bytes > self.capacity
            && let Some((key, _)) = self.sizes.peek_lru()
        {
            let key = key.clone();
            dropped.extend(self.remove(&key).map(|piece| (key, piece)));
        }
        dropped
    }

    /// Removes the piece that begins at this offset.
    pub(super) fn remove(&mut self, key: &PieceKey) -> Option<P> {
        self.forget(key);
        let object = self.objects.get_mut(&key.0)?;
        let piece = object.remove(key.1);
        if object.is_empty() {
            self.objects.remove(&key.0);
        }
        piece
    }

    fn forget(&mut self, key: &PieceKey) {
        if let Some(size) = self.sizes.pop(key) {
            self.bytes -= size;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Bytes(u64);

    impl Piece for Bytes {
        fn length(&self) -> u64 {
            self.0
        }
    }

    fn insert(pieces: &mut BoundedPieces<Bytes>, name: &str, range: Range<u64>) -> Vec<(String, u64)> {
        let gone = pieces.insert(&Arc::from(name), range.start, Bytes(range.end - range.start));
        gone.into_iter().map(|((name, start), _)| (name.to_string(), start)).collect()
    }

    fn has(pieces: &mut BoundedPieces<Bytes>, name: &str, range: Range<u64>) -> bool {
        pieces.get(&Arc::from(name), &range).is_some()
    }

    #[test]
    fn the_least_recently_used_is_evicted_first() {
        let mut pieces = BoundedPieces::new(30);
        insert(&mut pieces, "a", 0..10);
        insert(&mut pieces, "a", 20..30);
        assert!(insert(&mut pieces, "b", 0..10).is_empty(), "at the limit all are kept");
        assert!(has(&mut pieces, "a", 2..5));
        assert_eq!(insert(&mut pieces, "b", 50..51), [("a".to_owned(), 20)], "one byte over it");
        assert_eq!(pieces.bytes, 21);
        assert!(!has(&mut pieces, "a", 20..30));
        assert!(has(&mut pieces, "a", 0..10) && has(&mut pieces, "b", 0..10) && has(&mut pieces, "b", 50..51));
    }

    #[test]
    fn contained_pieces_are_not_counted_twice() {
        let mut pieces = BoundedPieces::new(100);
        insert(&mut pieces, "a", 10..20);
        insert(&mut pieces, "a", 30..40);
        assert!(insert(&mut pieces, "a", 12..15).is_empty());
        assert_eq!(pieces.bytes, 20);
        assert_eq!(insert(&mut pieces, "a", 0..50).len(), 2);
        assert_eq!((pieces.bytes, pieces.sizes.len()), (50, 1));
    }

    #[test]
    fn pieces_larger_than_the_capacity_are_not_kept() {
        let mut pieces = BoundedPieces::new(10);
        insert(&mut pieces, "a", 0..10);
        assert!(insert(&mut pieces, "b", 0..11).is_empty());
        assert!(has(&mut pieces, "a", 0..10) && !has(&mut pieces, "b", 0..11));
        assert_eq!(insert(&mut pieces, "c", 0..1), [("a".to_owned(), 0)]);
        assert_eq!(pieces.objects.len(), 1, "empty maps are removed");
    }
}
