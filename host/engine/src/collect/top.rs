//! The best documents of a segment.

use std::collections::BinaryHeap;

use tantivy::DocId;

/// Keeps the `capacity` smallest keys; of equal keys, the smaller document.
pub(super) struct Top<K> {
    capacity: usize,
    /// The worst on top.
    heap: BinaryHeap<(K, DocId)>,
}

impl<K: Ord> Top<K> {
    pub(super) fn new(capacity: usize) -> Self {
        Top { capacity, heap: BinaryHeap::new() }
    }

    /// Whether [`Top::offer`] would take it: for keys that cost something to make.
    pub(super) fn would_take(&self, key: &K, doc: DocId) -> bool {
        self.heap.len() < self.capacity
            || self.heap.peek().is_some_and(|(worst, worst_doc)| (key, doc) < (worst, *worst_doc))
    }

    pub(super) fn offer(&mut self, key: K, doc: DocId) {
        if self.heap.len() < self.capacity {
            self.heap.push((key, doc));
        } else if let Some(mut worst) = self.heap.peek_mut()
            && (&key, doc) < (&worst.0, worst.1)
        {
            *worst = (key, doc);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.heap.len()
    }

    /// What a document must beat; `None` while there is room.
    pub(super) fn worst(&self) -> Option<&(K, DocId)> {
        if self.heap.len() < self.capacity { None } else { self.heap.peek() }
    }

    pub(super) fn into_sorted(self) -> Vec<(K, DocId)> {
        self.heap.into_sorted_vec()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn keeps_what_sorting_would(keys in prop::collection::vec(0u8..8, 0..60), capacity in 0usize..10) {
            let mut top = Top::new(capacity);
            let mut all = Vec::new();
            for (doc, key) in keys.into_iter().enumerate() {
                let doc = doc as DocId;
                let taken = top.would_take(&key, doc);
                top.offer(key, doc);
                all.push((key, doc));
                all.sort_unstable();
                all.truncate(capacity);
                prop_assert_eq!(taken && capacity > 0, all.contains(&(key, doc)));
            }
            prop_assert_eq!(top.into_sorted(), all);
        }
    }
}
