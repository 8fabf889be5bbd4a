//! Texts that are repeated in many documents, such as signatures and headers.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashSet, FxHasher};

/// As many terms in a row are a repetition if they have been there before. Six, as clients expect it.
const LENGTH: usize = 6;

/// What happens to terms that are repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repetitions {
    Count,
    LeftOut,
}

/// The sequences of terms that have been there.
#[derive(Debug, Clone, Default)]
pub(super) struct Duplicates(FxHashSet<u64>);

impl Duplicates {
    /// Leaves out the terms of a text that are in a sequence which has been there before, and returns how many more bytes of
    /// memory are used.
    pub(super) fn leave_out(&mut self, terms: &mut Vec<u32>) -> usize {
        let mut repeated = vec![false; terms.len()];
        let mut added = 0;
        for (start, sequence) in terms.windows(LENGTH).enumerate() {
            let mut hasher = FxHasher::default();
            sequence.hash(&mut hasher);
            if self.0.insert(hasher.finish()) {
                added += 1;
            } else {
                repeated[start..start + LENGTH].fill(true);
            }
        }
        let mut is_repeated = repeated.iter();
        terms.retain(|_| is_repeated.next() == Some(&false));
        added * 2 * size_of::<u64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_count_the_first_time() {
        let mut duplicates = Duplicates::default();
        let mut left = |terms: &[u32]| {
            let mut terms = terms.to_vec();
            duplicates.leave_out(&mut terms);
            terms
        };
        assert_eq!(left(&[1, 2, 3, 4, 5, 6, 7]), [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(left(&[9, 2, 3, 4, 5, 6, 7, 8]), [9, 8]);
        assert_eq!(left(&[1, 2, 3, 4, 5]), [1, 2, 3, 4, 5]);
        assert_eq!(left(&[1, 2, 3, 4, 5, 9]), [1, 2, 3, 4, 5, 9]);
        // Within one text, too.
        assert_eq!(left(&[11, 12, 13, 14, 15, 16, 11, 12, 13, 14, 15, 16]), [11, 12, 13, 14, 15, 16]);
    }
}
