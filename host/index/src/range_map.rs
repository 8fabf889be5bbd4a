//! The byte ranges of an object that are in memory, or in a cache.

use std::collections::BTreeMap;
use std::ops::Range;

use tantivy::directory::OwnedBytes;

/// Consecutive bytes, or something that represents them.
pub(crate) trait Piece {
    /// Number of bytes.
    fn length(&self) -> u64;
}

impl Piece for OwnedBytes {
    fn length(&self) -> u64 {
        self.len() as u64
    }
}

/// Pieces of one object, by the offset at which they begin.
///
/// No piece contains another, so starts and ends both ascend. Of all pieces that begin at or before a byte, the last one therefore
/// extends furthest, and it alone decides whether a range is contained.
#[derive(Debug)]
pub(crate) struct RangeMap<P> {
    pieces: BTreeMap<u64, P>,
}

impl<P> Default for RangeMap<P> {
    fn default() -> Self {
        RangeMap { pieces: BTreeMap::new() }
    }
}

impl RangeMap<OwnedBytes> {
    /// The bytes of a range, if one piece contains all of them.
    pub(crate) fn get(&self, range: &Range<u64>) -> Option<OwnedBytes> {
        let (start, bytes) = self.piece(range)?;
        Some(slice(bytes, start, range))
    }
}

impl<P: Piece> RangeMap<P> {
    /// The piece that contains a range, and the offset at which it begins.
    pub(crate) fn piece(&self, range: &Range<u64>) -> Option<(u64, &P)> {
        let (start, piece) = self.pieces.range(..=range.start).next_back()?;
        (range.end <= start + piece.length()).then_some((*start, piece))
    }

    /// Adds a piece, unless another contains it; pieces that it contains are dropped.
    pub(crate) fn insert(&mut self, start: u64, piece: P) -> Insertion<P> {
        let end = start + piece.length();
        if self.piece(&(start..end)).is_some() {
            return Insertion::Covered;
        }
        let inside = self.pieces.range(start..end).filter(|(other, piece)| **other + piece.length() <= end);
        let inside: Vec<u64> = inside.map(|(other, _)| *other).collect();
        let dropped = inside.into_iter().filter_map(|other| Some((other, self.pieces.remove(&other)?))).collect();
        self.pieces.insert(start, piece);
        Insertion::Added { dropped }
    }

    /// Removes the piece that begins at this offset.
    pub(crate) fn remove(&mut self, start: u64) -> Option<P> {
        self.pieces.remove(&start)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }
}

/// The outcome of [`RangeMap::insert`].
#[derive(Debug)]
pub(crate) enum Insertion<P> {
    /// Another piece contains it.
    Covered,
    /// It was added and replaced these pieces, each with its offset.
    Added { dropped: Vec<(u64, P)> },
}

/// The part of a piece that begins at `start`.
pub(crate) fn slice(bytes: &OwnedBytes, start: u64, range: &Range<u64>) -> OwnedBytes {
    bytes.slice((range.start - start) as usize..(range.end - start) as usize)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ranges_contained_in_one_piece_are_found(
            pieces in prop::collection::vec((0..60_u64, 1..30_u64), 0..12),
            (start, length) in (0..90_u64, 1..30_u64),
        ) {
            let mut map = RangeMap::default();
            for (start, length) in &pieces {
                let bytes: Vec<u8> = (*start..start + length).map(|byte| byte as u8).collect();
                map.insert(*start, OwnedBytes::new(bytes));
            }
            let range = start..start + length;
            let expected = pieces.iter().any(|(start, length)| *start <= range.start && range.end <= start + length);
            let found = map.get(&range).map(|bytes| bytes.to_vec());
            let content: Vec<u8> = range.map(|byte| byte as u8).collect();
            prop_assert_eq!(found, expected.then_some(content));
        }
    }

    #[test]
    fn contained_pieces_are_dropped() {
        let mut map = RangeMap::default();
        let mut insert = |start, length: usize| match map.insert(start, OwnedBytes::new(vec![0; length])) {
            Insertion::Covered => None,
            Insertion::Added { dropped } => Some(dropped.into_iter().map(|(start, _)| start).collect::<Vec<_>>()),
        };
        assert_eq!(insert(10, 5), Some(vec![]));
        assert_eq!(insert(20, 5), Some(vec![]));
        assert_eq!(insert(11, 4), None);
        assert_eq!(insert(10, 12), Some(vec![10]));
        assert_eq!(insert(0, 30), Some(vec![10, 20]));
        assert_eq!(map.remove(0).map(|bytes| bytes.len()), Some(30));
        assert!(map.is_empty());
    }
}
