//! `randomScore(seed, field)`: a number for each value of a field, with the hash functions of OpenSearch.

use crate::java_text::hash_code;

/// The numbers of one seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RandomScore {
    seed: u32,
}

impl RandomScore {
    /// The numbers of a seed in an index of this name, as OpenSearch returns them if the index has one shard.
    pub(crate) fn new(seed: i32, index: &str) -> Self {
        let salt = hash_code(index).wrapping_shl(10);
        RandomScore { seed: mixed((salt ^ seed) as u32) }
    }

    /// The number of a value: from 0 to 1, without 1.
    pub(crate) fn of(self, value: &str) -> f64 {
        const BITS: u32 = 24;
        f64::from(murmur3(value.as_bytes(), self.seed) & ((1 << BITS) - 1)) / f64::from(1 << BITS)
    }
}

/// MurmurHash3 with 32 bits, by Austin Appleby.
fn murmur3(bytes: &[u8], seed: u32) -> u32 {
    let scrambled = |block: u32| block.wrapping_mul(0xcc9e_2d51).rotate_left(15).wrapping_mul(0x1b87_3593);
    let mut hash = seed;
    let mut blocks = bytes.chunks_exact(4);
    for block in &mut blocks {
        hash ^= scrambled(u32::from_le_bytes(block.try_into().expect("four bytes")));
        hash = hash.rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64);
    }
    let mut last = [0; 4];
    let rest = blocks.remainder();
    last[..rest.len()].copy_from_slice(rest);
    // Without a rest, this changes nothing.
    hash ^= scrambled(u32::from_le_bytes(last));
    mixed(hash ^ bytes.len() as u32)
}

/// The last step of MurmurHash3.
fn mixed(mut hash: u32) -> u32 {
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    hash ^ (hash >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_opensearch() {
        for (seed, value, expected) in [
            (1, "1", 0.003_884_613_5),
            (1, "2", 0.577_639_5),
            (1, "3", 0.204_447_45),
            (42, "1", 0.459_942_76),
            (42, "2", 0.677_975_5),
            (42, "3", 0.646_695_5),
        ] {
            let number = RandomScore::new(seed, "fields-ex").of(value);
            assert!((number - expected).abs() < 1e-7, "{seed} {value}: {number}");
        }
    }

    #[test]
    fn values_of_all_lengths_have_numbers() {
        let numbers: Vec<f64> =
            (0..9).map(|length| RandomScore::new(7, "a").of(&"abcdefgh"[..length.min(8)])).collect();
        assert!(numbers.iter().all(|number| (0.0..1.0).contains(number)));
        assert!(numbers[..8].windows(2).all(|pair| pair[0] != pair[1]));
        assert_ne!(RandomScore::new(7, "a"), RandomScore::new(7, "b"));
    }
}
