//! Pieces of many objects, up to a number of bytes.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use super::range_map::{Insertion, Piece, RangeMap};

/// Pieces by object and range; over the capacity, what was not used for longest goes.
///
/// Ordinary caches find what has exactly the same key. Here a range is found in any piece that holds it: a block in its
/// dictionary, a posting list in a read that brought its neighbours, too.
#[derive(Debug)]
pub(super) struct BoundedPieces<P> {
    /// In bytes.
    capacity: u64,
    bytes: u64,
    objects: HashMap<Arc<str>, RangeMap<P>>,
    /// Of each piece, when it was used last, and its size.
    used: HashMap<Place, (u64, u64)>,
    by_use: BTreeMap<u64, Place>,
    uses: u64,
}

/// An object, and where in it a piece begins.
pub(super) type Place = (Arc<str>, u64);

impl<P: Piece> BoundedPieces<P> {
    /// Room for this many bytes.
    pub(super) fn new(capacity: u64) -> Self {
        BoundedPieces {
            capacity,
            bytes: 0,
            objects: HashMap::new(),
            used: HashMap::new(),
            by_use: BTreeMap::new(),
            uses: 0,
        }
    }

    /// The piece that holds a range, and where it begins.
    pub(super) fn get(&mut self, object: &Arc<str>, range: &Range<u64>) -> Option<(u64, &P)> {
        let (start, piece) = self.objects.get(object)?.piece(range)?;
        let size = piece.length();
        self.touch((Arc::clone(object), start), size);
        self.objects.get(object)?.piece(range)
    }

    /// Whether a piece is worth the trouble of making it: it fits, and no other holds all of it.
    pub(super) fn lacks(&self, object: &Arc<str>, range: &Range<u64>) -> bool {
        let is_there = self.objects.get(object).is_some_and(|pieces| pieces.piece(range).is_some());
        range.end - range.start <= self.capacity && !is_there
    }

    /// Adds a piece where it [is lacking](Self::lacks). What had to go for it.
    pub(super) fn insert(&mut self, object: &Arc<str>, start: u64, piece: P) -> Vec<(Place, P)> {
        let size = piece.length();
        if !self.lacks(object, &(start..start + size)) {
            return Vec::new();
        }
        let pieces = self.objects.entry(Arc::clone(object)).or_default();
        let Insertion::Added { dropped } = pieces.insert(start, piece) else { return Vec::new() };
        let mut gone: Vec<_> = dropped.into_iter().map(|(start, piece)| ((Arc::clone(object), start), piece)).collect();
        for (place, _) in &gone {
            self.forget(place);
        }
        self.touch((Arc::clone(object), start), size);
        while self.bytes > self.capacity
            && let Some((_, place)) = self.by_use.first_key_value()
        {
            let place = place.clone();
            gone.extend(self.remove(&place).map(|piece| (place, piece)));
        }
        gone
    }

    /// Removes the piece that begins there.
    pub(super) fn remove(&mut self, place: &Place) -> Option<P> {
        self.forget(place);
        let object = self.objects.get_mut(&place.0)?;
        let piece = object.remove(place.1);
        if object.is_empty() {
            self.objects.remove(&place.0);
        }
        piece
    }

    fn touch(&mut self, place: Place, size: u64) {
        self.uses += 1;
        match self.used.insert(place.clone(), (self.uses, size)) {
            Some((earlier, _)) => {
                self.by_use.remove(&earlier);
            }
            None => self.bytes += size,
        }
        self.by_use.insert(self.uses, place);
    }

    fn forget(&mut self, place: &Place) {
        if let Some((used, size)) = self.used.remove(place) {
            self.by_use.remove(&used);
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
    fn what_was_not_used_for_longest_goes_first() {
        let mut pieces = BoundedPieces::new(30);
        insert(&mut pieces, "a", 0..10);
        insert(&mut pieces, "a", 20..30);
        assert!(insert(&mut pieces, "b", 0..10).is_empty(), "at the limit all stay");
        assert!(has(&mut pieces, "a", 2..5));
        assert_eq!(insert(&mut pieces, "b", 50..51), [("a".to_owned(), 20)], "one over it: the oldest use goes");
        assert_eq!(pieces.bytes, 21);
        assert!(!has(&mut pieces, "a", 20..30));
        assert!(has(&mut pieces, "a", 0..10) && has(&mut pieces, "b", 0..10) && has(&mut pieces, "b", 50..51));
    }

    #[test]
    fn pieces_that_others_hold_cost_nothing() {
        let mut pieces = BoundedPieces::new(100);
        insert(&mut pieces, "a", 10..20);
        insert(&mut pieces, "a", 30..40);
        assert!(insert(&mut pieces, "a", 12..15).is_empty());
        assert_eq!(pieces.bytes, 20);
        assert_eq!(insert(&mut pieces, "a", 0..50).len(), 2);
        assert_eq!((pieces.bytes, pieces.used.len(), pieces.by_use.len()), (50, 1, 1));
    }

    #[test]
    fn what_is_larger_than_all_is_not_kept() {
        let mut pieces = BoundedPieces::new(10);
        insert(&mut pieces, "a", 0..10);
        assert!(insert(&mut pieces, "b", 0..11).is_empty());
        assert!(has(&mut pieces, "a", 0..10) && !has(&mut pieces, "b", 0..11));
        assert_eq!(insert(&mut pieces, "c", 0..1), [("a".to_owned(), 0)]);
        assert_eq!(pieces.objects.len(), 1, "empty maps go, too");
    }
}
