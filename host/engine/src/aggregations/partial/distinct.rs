//! Distinct values: all of their hashes, or a sketch of them.

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::registers::Registers;

/// Distinct values. Which documents they came from, and in which order, changes nothing, so that the number does not depend on
/// how documents are cut into splits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Distinct {
    /// Maximum number of values that are counted exactly.
    threshold: usize,
    values: Values,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Values {
    Exact(FxHashSet<u64>),
    Estimated(Registers),
}

/// With its share of the set's free places.
const BYTES_OF_HASH: usize = 18;

impl Distinct {
    pub(crate) fn new(threshold: usize) -> Self {
        Distinct { threshold, values: Values::Exact(FxHashSet::default()) }
    }

    /// Adds the hash of a value, and returns how many bytes of memory that took.
    #[inline]
    pub(crate) fn add(&mut self, hash: u64) -> usize {
        match &mut self.values {
            Values::Exact(hashes) => {
                let is_new = hashes.insert(hash);
                if hashes.len() > self.threshold {
                    return self.estimate();
                }
                if is_new { BYTES_OF_HASH } else { 0 }
            }
            Values::Estimated(registers) => {
                registers.add(hash);
                0
            }
        }
    }

    pub(crate) fn merge(&mut self, other: Distinct) {
        match (&mut self.values, other.values) {
            (_, Values::Exact(hashes)) => hashes.into_iter().for_each(|hash| _ = self.add(hash)),
            (Values::Estimated(registers), Values::Estimated(other)) => registers.merge(&other),
            (Values::Exact(_), Values::Estimated(other)) => {
                self.estimate();
                if let Values::Estimated(registers) = &mut self.values {
                    registers.merge(&other);
                }
            }
        }
    }

    /// About how much memory it uses in addition to its own size.
    pub(crate) fn bytes(&self) -> usize {
        match &self.values {
            Values::Exact(hashes) => hashes.len() * BYTES_OF_HASH,
            Values::Estimated(registers) => registers.bytes(),
        }
    }

    pub(crate) fn count(&self) -> u64 {
        match &self.values {
            Values::Exact(hashes) => hashes.len() as u64,
            Values::Estimated(registers) => registers.estimate(),
        }
    }

    /// Goes over to an estimate, and returns how many bytes it takes.
    fn estimate(&mut self) -> usize {
        let mut registers = Registers::for_values(self.threshold);
        if let Values::Exact(hashes) = &self.values {
            hashes.iter().for_each(|hash| registers.add(*hash));
        }
        let bytes = registers.bytes();
        self.values = Values::Estimated(registers);
        bytes
    }
}

/// A hash of which every bit depends on every bit of the number.
#[inline]
pub(crate) fn hash_bits(bits: u64) -> u64 {
    let mut hash = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

pub(crate) fn hash_text(text: &[u8]) -> u64 {
    let (blocks, rest) = text.as_chunks::<8>();
    let mut hash = hash_bits(text.len() as u64);
    for block in blocks {
        hash = hash_bits(hash ^ u64::from_le_bytes(*block));
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    hash_bits(hash ^ u64::from_le_bytes(last))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn distinct(threshold: usize, values: impl IntoIterator<Item = u64>) -> Distinct {
        let mut distinct = Distinct::new(threshold);
        values.into_iter().for_each(|value| _ = distinct.add(hash_bits(value)));
        distinct
    }

    proptest! {
        #[test]
        fn parts_merge_to_the_number_of_the_whole(values in prop::collection::vec(0..200u64, 0..300), cut in 0..300usize, threshold in 0..150usize) {
            let (first, second) = values.split_at(cut.min(values.len()));
            let mut merged = distinct(threshold, second.iter().copied());
            merged.merge(distinct(threshold, first.iter().copied()));
            prop_assert_eq!(merged.count(), distinct(threshold, values.iter().copied()).count());
            let expected = values.iter().collect::<BTreeSet<_>>().len();
            if expected <= threshold {
                prop_assert_eq!(merged.count(), expected as u64);
            }
        }
    }

    #[test]
    fn counts_are_exact_up_to_the_threshold() {
        assert_eq!(distinct(3_000, 0..3_000).count(), 3_000);
        let above = distinct(3_000, 0..3_001);
        assert!(matches!(above.values, Values::Estimated(_)));
        let near = |count: u64| {
            let found = distinct(3_000, 0..count).count() as f64;
            (found / count as f64 - 1.0).abs()
        };
        for count in [3_001, 10_000, 100_000, 1_000_000] {
            assert!(near(count) < 0.03, "{count}: off by {}", near(count));
        }
    }

    #[test]
    fn texts_of_zeros_differ() {
        let hashes: BTreeSet<u64> = (0..20).map(|len| hash_text(&vec![0; len])).collect();
        assert_eq!(hashes.len(), 20);
    }
}
