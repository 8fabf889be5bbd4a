//! A `terms` aggregation that is planned for one index, and which of its buckets are answered.

use std::cmp::Ordering;

use serde_json::{Map, Value as Json};
use tantivy::{u64_to_f64, u64_to_i64};

use super::super::answer::BucketKey;
use super::super::decimal_json::decimal_json;
use super::super::direct_counts::{DirectCounts, MostFrequent};
use super::super::first_terms::FirstTerms;
use super::super::nodes::Nodes;
use super::super::order::Order;
use super::super::partial::{Keys, Partial};
use super::super::source::Source;
use super::super::term_filter::TermFilter;

/// What is shown in addition to keys and counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// The number of documents of other terms.
    Counts,
    /// And by how much counts may be off.
    Errors,
    /// Nothing, as rare terms have no others.
    Rare,
}

/// What keys are, between segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyKind {
    Integer,
    Float,
    Text,
}

pub(super) struct Terms {
    pub(super) source: Source,
    pub(super) keys: KeyKind,
    pub(super) filter: Option<TermFilter>,
    pub(super) first: FirstTerms,
    pub(super) max_doc_count: u64,
    pub(super) order: Order,
    pub(super) shown: Shown,
    pub(super) inner: Nodes,
}

impl Terms {
    /// Sorts buckets, given by their positions, keeps those that are answered, and returns the number of documents of the others.
    pub(super) fn keep_first(
        &self,
        positions: &mut Vec<u32>,
        counts: &[u64],
        inner: &[Vec<Partial>],
        compare_keys: &dyn Fn(usize, usize) -> Ordering,
    ) -> u64 {
        positions.retain(|position| counts[*position as usize] <= self.max_doc_count);
        self.first.keep(positions, &self.order, counts, inner, compare_keys)
    }

    /// The keys that are answered, if these are those with most documents.
    pub(super) fn keep_most_frequent(&self, counts: &DirectCounts) -> Option<MostFrequent> {
        let is_by_count = self.order.is_by_count() && self.first.min_doc_count == 1 && self.max_doc_count == u64::MAX;
        if is_by_count { counts.most_frequent(self.first.size) } else { None }
    }

    /// Adds the only one of these keys to a bucket.
    pub(super) fn add_key(&self, bucket: &mut Map<String, Json>, keys: Keys) -> BucketKey {
        let (key, value) = match keys {
            Keys::Texts(texts) => {
                let text = self.source.format.text_key(texts.into_iter().next().unwrap_or_default());
                bucket.insert("key".to_owned(), Json::String(text.clone()));
                return BucketKey::Text(text);
            }
            Keys::Bits(bits) if self.keys == KeyKind::Float => {
                let float = u64_to_f64(bits[0]);
                (decimal_json(float), float)
            }
            Keys::Bits(bits) => {
                let integer = u64_to_i64(bits[0]);
                (integer.into(), integer as f64)
            }
            Keys::Positions | Keys::Tuples(_) => unreachable!("keys of terms are numbers or texts"),
        };
        bucket.insert("key".to_owned(), key);
        self.source.format.add_text(bucket, "key_as_string", value);
        BucketKey::Number(value)
    }
}
