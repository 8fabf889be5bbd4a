//! Which numbers were found in which buckets.

use rustc_hash::FxHashSet;

/// Most bytes of the table of bits.
const MAX_TABLE_BYTES: usize = 16 << 20;

/// The numbers below a limit that were found, for each bucket.
pub(super) enum FoundNumbers {
    /// A bit for each number and bucket.
    Bits {
        /// For each bucket, in 64-bit words.
        words: usize,
        bits: Vec<u64>,
    },
    Pairs(FxHashSet<(u32, u64)>),
}

impl FoundNumbers {
    /// For numbers below `limit`.
    pub(super) fn below(limit: u64) -> Self {
        match usize::try_from(limit.div_ceil(64)) {
            Ok(words) if words * 8 <= MAX_TABLE_BYTES => FoundNumbers::Bits { words, bits: Vec::new() },
            _ => FoundNumbers::Pairs(FxHashSet::default()),
        }
    }

    /// Makes room for as many buckets.
    pub(super) fn reserve(&mut self, buckets: usize) {
        let FoundNumbers::Bits { words, bits } = self else { return };
        let needed = *words * buckets;
        if needed * 8 > MAX_TABLE_BYTES {
            *self = FoundNumbers::Pairs(self.pairs().map(|(number, bucket)| (bucket, number)).collect());
        } else if needed > bits.len() {
            bits.resize(needed, 0);
        }
    }

    #[inline]
    pub(super) fn insert(&mut self, bucket: u32, number: u64) {
        match self {
            FoundNumbers::Bits { words, bits } => {
                bits[bucket as usize * *words + (number / 64) as usize] |= 1 << (number % 64);
            }
            FoundNumbers::Pairs(pairs) => _ = pairs.insert((bucket, number)),
        }
    }

    /// About how much memory it uses.
    pub(super) fn bytes(&self) -> usize {
        match self {
            FoundNumbers::Bits { bits, .. } => bits.capacity() * 8,
            FoundNumbers::Pairs(pairs) => pairs.capacity() * 17,
        }
    }

    /// The numbers with their buckets, in ascending order of the numbers.
    pub(super) fn sorted(&self) -> Vec<(u64, u32)> {
        let mut pairs: Vec<(u64, u32)> = self.pairs().collect();
        pairs.sort_unstable();
        pairs
    }

    fn pairs(&self) -> Box<dyn Iterator<Item = (u64, u32)> + '_> {
        match self {
            FoundNumbers::Bits { words, bits } => {
                let words = (*words).max(1);
                Box::new(bits.iter().enumerate().flat_map(move |(index, word)| {
                    let (bucket, first) = (index / words, (index % words * 64) as u64);
                    ones(*word).map(move |bit| (first + bit, bucket as u32))
                }))
            }
            FoundNumbers::Pairs(pairs) => Box::new(pairs.iter().map(|(bucket, number)| (*number, *bucket))),
        }
    }
}

/// The positions of the bits that are set.
fn ones(mut word: u64) -> impl Iterator<Item = u64> {
    std::iter::from_fn(move || {
        let bit = (word != 0).then(|| u64::from(word.trailing_zeros()))?;
        word &= word - 1;
        Some(bit)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_are_those_of_a_set(pairs in prop::collection::vec((0..4u32, 0..200u64), 0..100)) {
            let expected: BTreeSet<(u64, u32)> = pairs.iter().map(|(bucket, number)| (*number, *bucket)).collect();
            for mut found in [FoundNumbers::below(200), FoundNumbers::Pairs(FxHashSet::default())] {
                for (bucket, number) in &pairs {
                    found.reserve(*bucket as usize + 1);
                    found.insert(*bucket, *number);
                }
                prop_assert_eq!(found.sorted(), expected.iter().copied().collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn a_table_that_grows_too_large_becomes_a_set() {
        let mut found = FoundNumbers::below((MAX_TABLE_BYTES * 8) as u64);
        found.reserve(1);
        found.insert(0, 7);
        assert!(matches!(found, FoundNumbers::Bits { .. }));
        found.reserve(2);
        found.insert(1, 7);
        assert!(matches!(found, FoundNumbers::Pairs(_)));
        assert_eq!(found.sorted(), [(7, 0), (7, 1)]);
    }
}
