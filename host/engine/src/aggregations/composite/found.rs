//! The combinations of values that were found in a segment.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::super::partial::KeyPart;

/// A value in this segment, which compares like it in the order of its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Slot {
    /// Missing values come before all others, or after them.
    pub(super) rank: u8,
    pub(super) bits: u64,
}

/// The values of a combination.
pub(super) type Key = Box<[Slot]>;

/// Which combinations are needed, in their order.
#[derive(Clone, Copy)]
pub(in super::super) struct Page<'a> {
    pub(super) size: usize,
    /// The key that the page begins after.
    pub(super) after: Option<&'a [KeyPart]>,
}

impl Page<'_> {
    pub(in super::super) const ALL: Self = Page { size: usize::MAX, after: None };
}

/// The combinations in one bucket around, with the numbers of their buckets.
pub(super) enum Found {
    All(FxHashMap<Key, u32>),
    /// The first of them in their order, as many as are on the page.
    First(BTreeMap<Key, u32>),
}

impl Found {
    pub(super) fn new(size: usize) -> Self {
        if size == usize::MAX { Found::All(FxHashMap::default()) } else { Found::First(BTreeMap::new()) }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Found::All(found) => found.len(),
            Found::First(found) => found.len(),
        }
    }

    /// The last combination of a page of this size, if there are enough.
    pub(super) fn last(&self, size: usize) -> Option<&Key> {
        match self {
            Found::First(found) if found.len() == size => found.last_key_value().map(|(last, _)| last),
            Found::First(_) | Found::All(_) => None,
        }
    }

    /// The bucket of a combination, which is `new` if it has none yet; `None` if it is not on a page of this size. Combinations
    /// that are not on it any more are dropped.
    pub(super) fn bucket(&mut self, key: &[Slot], size: usize, new: u32) -> Option<u32> {
        match self {
            Found::All(found) => {
                if let Some(bucket) = found.get(key) {
                    return Some(*bucket);
                }
                found.insert(key.into(), new);
            }
            Found::First(found) => {
                if found.len() == size && found.last_key_value().is_some_and(|(last, _)| **last < *key) {
                    return None;
                }
                if let Some(bucket) = found.get(key) {
                    return Some(*bucket);
                }
                found.insert(key.into(), new);
                if found.len() > size {
                    found.pop_last();
                }
            }
        }
        Some(new)
    }

    pub(super) fn into_sorted(self) -> Vec<(Key, u32)> {
        match self {
            Found::All(found) => {
                let mut sorted: Vec<(Key, u32)> = found.into_iter().collect();
                sorted.sort_unstable();
                sorted
            }
            Found::First(found) => found.into_iter().collect(),
        }
    }
}
