//! The keys of the hits of several indices, in a form in which they can be compared.

use crate::Error;
use crate::collect::{Hit, SortAcross, SortKey, SortOrder};

/// The keys that hits had before they were made comparable: a response shows the values that the index of each hit has.
pub(super) struct ComparableKeys {
    across: SortAcross,
    /// By the place of each hit, in ascending order once all are added.
    own: Vec<(Place, Vec<SortKey>)>,
}

/// The split and the number of a document.
type Place = (usize, u32);

impl ComparableKeys {
    /// For hits that are sorted in these orders, one for each index.
    ///
    /// # Errors
    /// If they cannot be compared.
    pub(super) fn plan(orders: &[&SortOrder]) -> Result<Self, Error> {
        Ok(ComparableKeys { across: SortAcross::plan(orders)?, own: Vec::new() })
    }

    /// Makes the keys of hits of one index comparable. Each hit may be added once.
    pub(super) fn add(&mut self, order: &SortOrder, hits: &mut [Hit]) {
        if !self.across.has_mixed_levels() {
            return;
        }
        for hit in hits {
            let keys = self.across.comparable(order, &hit.keys);
            self.own.push((place(hit), std::mem::replace(&mut hit.keys, keys)));
        }
    }

    /// All hits are added.
    pub(super) fn sorted(mut self) -> Self {
        self.own.sort_unstable_by_key(|(place, _)| *place);
        self
    }

    /// Gives hits their own keys back.
    pub(super) fn restore(&self, hits: &mut [Hit]) {
        for hit in hits {
            if let Ok(found) = self.own.binary_search_by_key(&place(hit), |(place, _)| *place) {
                hit.keys.clone_from(&self.own[found].1);
            }
        }
    }
}

fn place(hit: &Hit) -> Place {
    (hit.document.split, hit.document.document)
}
