//! Which documents are in a sample.

use std::collections::HashMap;
use std::hash::Hash;

use quidditch_index::SnapshotDocument;
use tantivy::Score;

use super::super::partial::{Sampled, SampledValue};

/// The documents with the best scores; of equal ones, the first in the index.
#[derive(Debug, Clone, Copy)]
pub(super) struct Best {
    pub(super) size: usize,
    /// How many may have the same value.
    pub(super) most_of_value: usize,
}

/// What distinguishes a document from others.
pub(super) trait Candidate {
    type Value: Hash + Eq;

    fn score(&self) -> Score;
    fn document(&self) -> SnapshotDocument;
    fn value(&self) -> &Self::Value;
}

impl Candidate for Sampled {
    type Value = Option<SampledValue>;

    fn score(&self) -> Score {
        self.score
    }

    fn document(&self) -> SnapshotDocument {
        self.document
    }

    fn value(&self) -> &Option<SampledValue> {
        &self.value
    }
}

impl Best {
    /// The places of the documents that are in the sample, the best first. Those of a part of all documents have all that are in the
    /// sample of the whole: what is better in the part is either in the whole sample, or has given way to something better still
    /// with the same value.
    pub(super) fn select<C: Candidate>(&self, candidates: &[C]) -> Vec<usize> {
        let ranks =
            candidates.iter().zip(0..).map(|(candidate, place)| (candidate.score(), candidate.document(), place));
        let mut places = ranked(ranks.collect());
        if self.most_of_value < usize::MAX {
            let mut of_value: HashMap<&C::Value, usize> = HashMap::new();
            places.retain(|place| {
                let count = of_value.entry(candidates[*place].value()).or_default();
                *count += 1;
                *count <= self.most_of_value
            });
        }
        places.truncate(self.size);
        places
    }
}

/// The places, the best first.
fn ranked(mut ranks: Vec<(Score, SnapshotDocument, usize)>) -> Vec<usize> {
    ranks.sort_unstable_by(|(a, a_document, _), (b, b_document, _)| b.total_cmp(a).then(a_document.cmp(b_document)));
    ranks.into_iter().map(|(.., place)| place).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sampled((score, number, value): (u8, u32, u8)) -> Sampled {
        let value = (value > 0).then_some(SampledValue::Bits(value.into()));
        Sampled { score: f32::from(score), document: SnapshotDocument { split: 0, document: number }, value }
    }

    fn documents(best: &Best, all: &[Sampled]) -> Vec<Sampled> {
        best.select(all).into_iter().map(|place| all[place].clone()).collect()
    }

    proptest! {
        #[test]
        fn samples_of_parts_have_the_sample_of_the_whole(
            rows in prop::collection::vec((0..6_u8, 0..4_u8), 0..40), cut in any::<prop::sample::Index>(),
            size in 1..8_usize, most_of_value in prop::sample::select(&[0, 1, 2, usize::MAX][..])
        ) {
            let all: Vec<Sampled> =
                rows.into_iter().zip(0..).map(|((score, value), number)| sampled((score, number, value))).collect();
            let best = Best { size, most_of_value };
            let at = if all.is_empty() { 0 } else { cut.index(all.len()) };
            let mut parts = documents(&best, &all[..at]);
            parts.extend(documents(&best, &all[at..]));
            prop_assert_eq!(documents(&best, &parts), documents(&best, &all));
        }
    }

    #[test]
    fn as_many_documents_as_allowed_have_the_same_value() {
        let all = [(1, 0, 7), (3, 1, 7), (2, 2, 7), (1, 3, 8), (5, 4, 0), (4, 5, 0)].map(sampled);
        let numbers = |size, most_of_value| {
            documents(&Best { size, most_of_value }, &all)
                .iter()
                .map(|sampled| sampled.document.document)
                .collect::<Vec<_>>()
        };
        assert_eq!(numbers(10, usize::MAX), [4, 5, 1, 2, 0, 3]);
        assert_eq!(numbers(10, 1), [4, 1, 3]);
        assert_eq!(numbers(10, 2), [4, 5, 1, 2, 3]);
        assert_eq!(numbers(2, 1), [4, 1]);
        assert_eq!(numbers(2, 0), Vec::<u32>::new());
    }
}
