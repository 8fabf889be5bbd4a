//! The hits of aggregations: found, to be fetched, and fetched.

use std::collections::BTreeMap;
use std::vec::IntoIter;

use super::answer::{Content, NamedAnswer, Writing, write_into};
use super::answering::KeyStyle;
use crate::collect::{Hit, SortOrder};
use crate::request::TotalHits;
use crate::response::{HitDocument, Hits, Total};
use crate::scores::Scores;
use crate::shown::{AggregationsResponse, ShownObject};

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

/// The complete results of the aggregations of a request, of which hits are still to be fetched.
#[derive(Default)]
pub(crate) struct Answers<'a>(Vec<NamedAnswer<'a>>);

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
    pub(super) fn into_shown(self, writing: &mut Writing<'_>) -> Hits {
        Hits {
            total: Total::tracked(self.documents, TotalHits::Exact),
            max_score: self.max_score,
            hits: writing.fetched.take(self.number, self.hits.len()),
        }
    }
}

impl<'a> Answers<'a> {
    pub(super) fn new(answers: Vec<NamedAnswer<'a>>) -> Self {
        Answers(answers)
    }

    /// The hits that are to be fetched, by the number of their `top_hits`.
    pub(crate) fn wanted(&self) -> BTreeMap<usize, WantedHits<'a>> {
        let mut wanted = BTreeMap::new();
        add_wanted(&self.0, &mut wanted);
        wanted
    }

    /// Adds answers.
    pub(crate) fn append(&mut self, others: Answers<'a>) {
        self.0.extend(others.0);
    }

    /// What the response shows of the answers, with their hits.
    pub(crate) fn into_response(self, keys: KeyStyle, mut fetched: FetchedHits) -> AggregationsResponse {
        let mut object = ShownObject::default();
        write_into(self.0, &mut Writing { keys, fetched: &mut fetched }, &mut object);
        AggregationsResponse::new(object)
    }
}

/// In the order in which the answers are written.
fn add_wanted<'a>(answers: &[NamedAnswer<'a>], wanted: &mut BTreeMap<usize, WantedHits<'a>>) {
    for named in answers {
        match &named.answer.content {
            Content::Figures(_) => {}
            Content::Hits(found) => {
                let WantedHits { hits, .. } = wanted.entry(found.number).or_insert_with(|| WantedHits {
                    order: found.order,
                    scores: found.scores,
                    hits: Vec::new(),
                });
                hits.extend_from_slice(&found.hits);
            }
            Content::Bucket { inner, .. } => add_wanted(inner, wanted),
            Content::Buckets(buckets) => buckets.buckets.iter().for_each(|bucket| add_wanted(&bucket.inner, wanted)),
        }
    }
}
