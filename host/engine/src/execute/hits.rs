//! What a search found, segment by segment and together.

use tantivy::{DocAddress, DocId, Score};

use super::{SortColumns, SortValue};
use crate::request::{SearchRequest, TotalHits};

/// A document that made it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hit {
    pub(crate) address: DocAddress,
    pub(crate) score: Score,
    /// What it was sorted by; empty under a sort by score.
    pub(crate) sort: Vec<SortValue>,
}

impl Hit {
    pub(super) fn new(segment: u32, doc: DocId, score: Score, sort: Vec<SortValue>) -> Self {
        Hit { address: DocAddress::new(segment, doc), score, sort }
    }
}

/// What one segment has.
#[derive(Default)]
pub(super) struct SegmentHits {
    /// Documents that match; beyond the limit of the request, only that there are more.
    pub(super) matched: u64,
    /// The best, in order.
    pub(super) hits: Vec<Hit>,
}

/// What all segments have.
pub(crate) struct Found {
    /// Documents that match.
    pub(crate) matched: u64,
    /// Whether there may be more than `matched`.
    pub(crate) at_least: bool,
    /// The best score of all; `None` under a sort, or without hits.
    pub(crate) max_score: Option<Score>,
    /// The wanted page, in order.
    pub(crate) hits: Vec<Hit>,
    pub(crate) timed_out: bool,
}

impl Found {
    pub(super) fn merge(
        segments: Vec<SegmentHits>,
        request: &SearchRequest,
        sort: Option<&SortColumns>,
        timed_out: bool,
    ) -> Self {
        let matched: u64 = segments.iter().map(|segment| segment.matched).sum();
        let (matched, at_least) = match request.total_hits {
            TotalHits::UpTo(limit) if matched > limit => (limit, true),
            _ => (matched, timed_out),
        };
        let mut hits: Vec<Hit> = segments.into_iter().flat_map(|segment| segment.hits).collect();
        // The sort is stable, and segments come in order: ties keep the order of the index.
        match sort {
            Some(columns) => hits.sort_by(|one, other| columns.compare(&one.sort, &other.sort)),
            None => hits.sort_by(|one, other| other.score.total_cmp(&one.score)),
        }
        let max_score = if sort.is_none() { hits.first().map(|hit| hit.score) } else { None };
        let hits = hits.into_iter().skip(request.from).take(request.size).collect();
        Found { matched, at_least, max_score, hits, timed_out }
    }
}
