//! Which terms are answered: the first of those with enough documents.

use std::cmp::Ordering;

use super::options::positive;
use super::order::Order;
use super::partial::Partial;
use crate::json::{Fields, Node, ParseError};

/// How many terms are answered, and from how many documents on.
#[derive(Debug, Clone, Copy)]
pub(super) struct FirstTerms {
    pub(super) size: usize,
    pub(super) min_doc_count: u64,
    /// How many terms a shard passes on.
    shard_size: Option<usize>,
    /// From how many documents on a shard passes on a term.
    shard_min_doc_count: u64,
}

impl FirstTerms {
    pub(super) fn new(size: usize, min_doc_count: u64) -> Self {
        FirstTerms { size, min_doc_count, shard_size: None, shard_min_doc_count: 0 }
    }

    pub(super) fn take(fields: &mut Fields<'_>) -> Result<Self, ParseError> {
        let size = fields.optional("size", |node| positive(node, "size"))?.unwrap_or(10);
        let min_doc_count = fields.optional("min_doc_count", Node::count)?.unwrap_or(1) as u64;
        Ok(FirstTerms {
            shard_size: fields.optional("shard_size", |node| positive(node, "shard_size"))?,
            shard_min_doc_count: fields.optional("shard_min_doc_count", Node::count)?.unwrap_or(0) as u64,
            ..Self::new(size, min_doc_count)
        })
    }

    /// Sorts terms, given by their positions, keeps those that are answered, and returns the number of documents of the others.
    ///
    /// Clients do not expect those of all others there: a shard passes on terms before it is known whether they have enough
    /// documents. Those that turn out to have too few count nowhere.
    pub(super) fn keep(
        &self,
        positions: &mut Vec<u32>,
        order: &Order,
        counts: &[u64],
        inner: &[Vec<Partial>],
        compare_keys: &dyn Fn(usize, usize) -> Ordering,
    ) -> u64 {
        let count = |position: &u32| counts[*position as usize];
        let documents = |positions: &[u32]| positions.iter().map(count).sum::<u64>();
        let mut others = documents(positions);
        if self.min_doc_count > self.shard_min_doc_count.max(1) {
            let mut passed_on = positions.clone();
            passed_on.retain(|position| count(position) >= self.shard_min_doc_count);
            order.sort(&mut passed_on, self.shard_size(order), counts, inner, compare_keys);
            passed_on.retain(|position| count(position) < self.min_doc_count);
            others -= documents(&passed_on);
        }
        positions.retain(|position| count(position) >= self.min_doc_count);
        order.sort(positions, self.size, counts, inner, compare_keys);
        others - documents(positions)
    }

    fn shard_size(&self, order: &Order) -> usize {
        // More than are asked for, unless every shard knows the first keys.
        let more = || if order.is_by_key() { self.size } else { self.size.saturating_add(self.size / 2 + 10) };
        self.shard_size.unwrap_or_else(more).max(self.size)
    }
}
