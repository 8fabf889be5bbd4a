//! The buckets of one aggregation in one segment.

use rustc_hash::FxHashMap;

/// Most entries of the dense table: 16 MiB.
pub(super) const MAX_DENSE: usize = 4 << 20;

const NO_BUCKET: u32 = u32::MAX;

/// Numbers buckets by their keys and the bucket around them, and counts their documents.
pub(super) struct BucketMap {
    table: Table,
    /// The key of each bucket.
    pub(super) keys: Vec<u64>,
    /// The bucket around each bucket.
    pub(super) parents: Vec<u32>,
    pub(super) counts: Vec<u64>,
}

enum Table {
    /// For keys from `first` up to `first + width`: the bucket at parent x width + key - first.
    Dense {
        first: u64,
        width: usize,
        buckets: Vec<u32>,
    },
    Hashed(FxHashMap<(u32, u64), u32>),
}

impl BucketMap {
    /// `keys` are the smallest and the largest key that there can be, if that is known.
    pub(super) fn new(keys: Option<(u64, u64)>) -> Self {
        let width = keys
            .and_then(|(first, last)| Some((first, usize::try_from(last.checked_sub(first)?).ok()?.checked_add(1)?)));
        let table = match width {
            Some((first, width)) if width <= MAX_DENSE => Table::Dense { first, width, buckets: Vec::new() },
            _ => Table::Hashed(FxHashMap::default()),
        };
        BucketMap { table, keys: Vec::new(), parents: Vec::new(), counts: Vec::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// About how much memory it uses.
    pub(super) fn bytes(&self) -> usize {
        let table = match &self.table {
            Table::Dense { buckets, .. } => buckets.capacity() * 4,
            // A key, a value, and a control byte; at most 7 of 8 places are used.
            Table::Hashed(map) => map.capacity() * 28,
        };
        table + self.keys.capacity() * 20
    }

    /// Counts a document in a bucket, and returns the bucket's number.
    #[inline]
    pub(super) fn count(&mut self, parent: u32, key: u64) -> u32 {
        let bucket = self.bucket(parent, key);
        self.counts[bucket as usize] += 1;
        bucket
    }

    /// The number of a bucket.
    #[inline]
    pub(super) fn bucket(&mut self, parent: u32, key: u64) -> u32 {
        if let Table::Dense { first, width, buckets } = &self.table {
            let index = parent as usize * width + (key - first) as usize;
            if let Some(&bucket) = buckets.get(index)
                && bucket != NO_BUCKET
            {
                return bucket;
            }
        }
        self.find_or_add(parent, key)
    }

    fn find_or_add(&mut self, parent: u32, key: u64) -> u32 {
        let new = self.keys.len() as u32;
        if let Table::Dense { first, width, buckets } = &mut self.table {
            let index = parent as usize * *width + (key - *first) as usize;
            if index < MAX_DENSE {
                if index >= buckets.len() {
                    // Whole parents at a time.
                    let needed = ((parent as usize + 1) * *width).min(MAX_DENSE);
                    buckets.resize(needed.max(buckets.len()), NO_BUCKET);
                }
                buckets[index] = new;
                return self.add(parent, key);
            }
            self.become_hashed();
        }
        let Table::Hashed(map) = &mut self.table else { unreachable!("it is hashed by now") };
        let bucket = *map.entry((parent, key)).or_insert(new);
        if bucket == new { self.add(parent, key) } else { bucket }
    }

    fn add(&mut self, parent: u32, key: u64) -> u32 {
        self.keys.push(key);
        self.parents.push(parent);
        self.counts.push(0);
        (self.keys.len() - 1) as u32
    }

    fn become_hashed(&mut self) {
        let buckets = self.parents.iter().zip(&self.keys).enumerate();
        self.table = Table::Hashed(buckets.map(|(bucket, (parent, key))| ((*parent, *key), bucket as u32)).collect());
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    fn counts(map: &BucketMap) -> HashMap<(u32, u64), u64> {
        map.parents
            .iter()
            .zip(&map.keys)
            .zip(&map.counts)
            .map(|((parent, key), count)| ((*parent, *key), *count))
            .collect()
    }

    proptest! {
        #[test]
        fn counts_are_those_of_a_hash_map(pairs in prop::collection::vec((0..4u32, 10..30u64), 0..200)) {
            let mut expected: HashMap<(u32, u64), u64> = HashMap::new();
            let mut maps = [BucketMap::new(None), BucketMap::new(Some((10, 29)))];
            for (parent, key) in pairs {
                *expected.entry((parent, key)).or_default() += 1;
                maps.iter_mut().for_each(|map| _ = map.count(parent, key));
            }
            for map in &maps {
                prop_assert_eq!(counts(map), expected.clone());
                prop_assert_eq!(map.len(), expected.len());
            }
        }
    }

    #[test]
    fn a_table_that_grows_too_large_becomes_a_hash_map() {
        let mut map = BucketMap::new(Some((0, (MAX_DENSE - 1) as u64)));
        for parent in [0, 0, 1, 2, 1] {
            map.count(parent, 7);
        }
        assert!(matches!(map.table, Table::Hashed(_)));
        assert_eq!(counts(&map), HashMap::from([((0, 7), 2), ((1, 7), 2), ((2, 7), 1)]));
    }
}
