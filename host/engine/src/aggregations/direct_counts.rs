//! Counts of documents by key, where keys are dense and nothing but counts is needed.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::bucket_map::{BucketMap, MAX_DENSE};

/// The number of documents of each key from the first on. A key that has no bucket yet costs nothing more than one that has.
pub(super) struct DirectCounts {
    first: u64,
    width: usize,
    /// Empty until a document is counted.
    counts: Vec<u32>,
}

/// The keys with most documents.
pub(super) struct MostFrequent {
    /// Most documents first, then in ascending order.
    pub(super) keys: Vec<u64>,
    pub(super) counts: Vec<u64>,
    /// The documents of all other keys.
    pub(super) others: u64,
}

impl DirectCounts {
    /// For keys from the first to the last of about as many documents; `None` if there are too many for a table.
    pub(super) fn new((first, last): (u64, u64), documents: u32) -> Option<Self> {
        let width = usize::try_from(last.checked_sub(first)?).ok()?.checked_add(1)?;
        let most = MAX_DENSE.min(documents as usize * 4 + 65_536);
        (width <= most).then(|| DirectCounts { first, width, counts: Vec::new() })
    }

    pub(super) fn bytes(&self) -> usize {
        self.counts.capacity() * size_of::<u32>()
    }

    /// Sets the number of documents of the first keys.
    pub(super) fn set_all(&mut self, mut counts: Vec<u32>) {
        counts.resize(self.width, 0);
        self.counts = counts;
    }

    /// Counts a document for each key.
    pub(super) fn add_all(&mut self, keys: &[u64]) {
        let DirectCounts { first, width, counts } = self;
        if counts.is_empty() {
            counts.resize(*width, 0);
        }
        keys.iter().for_each(|key| counts[(key - *first) as usize] += 1);
    }

    /// Adds all keys that have documents to the buckets of the first bucket around.
    pub(super) fn move_to(&mut self, map: &mut BucketMap) {
        for (index, count) in self.counts.iter().enumerate() {
            if *count > 0 {
                let bucket = map.bucket(0, self.first + index as u64);
                map.counts[bucket as usize] += u64::from(*count);
            }
        }
        self.counts.clear();
    }

    /// The keys with most documents; `None` if so many are wanted that sorting all of them is as good.
    pub(super) fn most_frequent(&self, size: usize) -> Option<MostFrequent> {
        if size == 0 || size > 1_024 || size >= self.width / 8 {
            return None;
        }
        let mut total = 0_u64;
        // The key that is left first is at the top.
        let mut best: BinaryHeap<Reverse<(u32, Reverse<usize>)>> = BinaryHeap::with_capacity(size + 1);
        let mut least = 0;
        for (block, counts) in self.counts.chunks(64).enumerate() {
            total += counts.iter().map(|count| u64::from(*count)).sum::<u64>();
            let most = counts.iter().fold(0, |most, count| most.max(*count));
            if most <= least {
                continue;
            }
            for (index, count) in counts.iter().enumerate() {
                if *count > least {
                    best.push(Reverse((*count, Reverse(block * 64 + index))));
                    if best.len() > size {
                        best.pop();
                    }
                    if best.len() == size {
                        least = best.peek().map_or(0, |worst| worst.0.0);
                    }
                }
            }
        }
        let best = best.into_sorted_vec();
        let keys = best.iter().map(|Reverse((_, Reverse(index)))| self.first + *index as u64).collect();
        let counts: Vec<u64> = best.iter().map(|Reverse((count, _))| u64::from(*count)).collect();
        let others = total - counts.iter().sum::<u64>();
        Some(MostFrequent { keys, counts, others })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_largest_key_is_counted() {
        let mut direct = DirectCounts::new((u64::MAX - 1, u64::MAX), 0).expect("a table");
        direct.add_all(&[u64::MAX]);
        let mut map = BucketMap::new(Some((u64::MAX - 1, u64::MAX)));
        direct.move_to(&mut map);
        assert_eq!((map.keys, map.counts), (vec![u64::MAX], vec![1]));
    }

    proptest! {
        #[test]
        fn the_most_frequent_keys_are_those_of_a_sort(keys in prop::collection::vec(100..400u64, 0..300), size in 1..30usize) {
            let mut direct = DirectCounts::new((100, 399), 0).expect("a table");
            direct.add_all(&keys);
            let mut counts: Vec<(u64, u64)> = (100..400)
                .map(|key| (key, keys.iter().filter(|other| **other == key).count() as u64))
                .filter(|(_, count)| *count > 0)
                .collect();
            counts.sort_by_key(|(key, count)| (Reverse(*count), *key));
            counts.truncate(size);
            let found = direct.most_frequent(size).expect("few of many");
            let pairs: Vec<(u64, u64)> = found.keys.iter().copied().zip(found.counts.iter().copied()).collect();
            prop_assert_eq!(&pairs, &counts);
            prop_assert_eq!(found.others, keys.len() as u64 - counts.iter().map(|(_, count)| count).sum::<u64>());
        }
    }
}
