//! The complete results of the aggregations of a request.

use std::collections::BTreeMap;

use super::answer::{Content, NamedAnswer, Writing, write_into};
use super::answering::KeyStyle;
use super::found_hits::{FetchedHits, WantedHits};
use crate::shown::{AggregationsResponse, ShownObject};

/// The complete results of the aggregations of a request, of which hits are still to be fetched.
#[derive(Default)]
pub(crate) struct Answers<'a>(Vec<NamedAnswer<'a>>);

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
