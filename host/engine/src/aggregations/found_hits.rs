//! The hits of aggregations: found, to be fetched, and fetched.

use std::collections::BTreeMap;
use std::vec::IntoIter;

use crate::collect::{Hit, SortOrder};
use crate::hits::{HitDocument, Hits, Total};
use crate::request::TotalHits;
use crate::scores::Scores;

/// The best documents of one bucket, which are to be fetched.
pub(super) struct FoundHits<'a> {
    /// The number of its `top_hits` among those of the request.
    pub(super) number: usize,
    /// How many documents the bucket has.
    pub(super) documents: u64,
    pub(super) max_score: Option<f32>,
    /// The page that the request asks for.
    pub(super) hits: Vec<Hit>,
    /// What they were sorted by; `None` is by score.
    pub(super) order: Option<&'a SortOrder>,
    /// Whether they have scores.
    pub(super) scores: Scores,
}

/// The hits of one `top_hits` of the request, in all buckets of the answer.
pub(crate) struct WantedHits<'a> {
    pub(crate) order: Option<&'a SortOrder>,
    pub(crate) scores: Scores,
    pub(crate) hits: Vec<Hit>,
}

/// The same hits as they are in the response, by the number of their `top_hits`.
pub(crate) struct FetchedHits(BTreeMap<usize, IntoIter<HitDocument>>);

impl FetchedHits {
    /// For each number, one document for each of the wanted hits, in their order.
    pub(crate) fn new(documents: BTreeMap<usize, Vec<HitDocument>>) -> Self {
        FetchedHits(documents.into_iter().map(|(number, documents)| (number, documents.into_iter())).collect())
    }

    fn take(&mut self, number: usize, count: usize) -> Vec<HitDocument> {
        self.0.get_mut(&number).map_or_else(Vec::new, |documents| documents.take(count).collect())
    }
}

impl FoundHits<'_> {
    pub(super) fn into_shown(self, fetched: &mut FetchedHits) -> Hits {
        Hits {
            total: Total::tracked(self.documents, TotalHits::Exact),
            max_score: self.max_score,
            hits: fetched.take(self.number, self.hits.len()),
        }
    }
}
