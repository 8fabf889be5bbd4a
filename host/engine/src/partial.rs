//! What a search found in some of the splits.

use serde::{Deserialize, Serialize};

use crate::collect::{Collector, Hit};
use crate::request::{SearchRequest, TotalHits};
use crate::resolved_request::{Collected, SearchCollector};
use crate::response::{Total, TotalRelation};

/// What a search found in some of the splits of a snapshot. Partial results of all splits merge into the result of the search.
/// They can be serialised: another process may have computed them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartialResult {
    matched: u64,
    /// The best matches, best first; `None` if the request wants no hits.
    hits: Option<Vec<Hit>>,
    pub(crate) timed_out: bool,
}

impl PartialResult {
    pub(crate) fn new((matched, hits): Collected, timed_out: bool) -> Self {
        PartialResult { matched, hits, timed_out }
    }

    pub(crate) fn merge(parts: Vec<PartialResult>, collector: &SearchCollector) -> Self {
        let timed_out = parts.iter().any(|part| part.timed_out);
        let collected = parts.into_iter().map(|part| (part.matched, part.hits)).collect();
        Self::new(collector.merge(collected), timed_out)
    }

    /// The page of hits that the request asks for.
    pub(crate) fn page(&self, request: &SearchRequest) -> &[Hit] {
        let hits = self.hits.as_deref().unwrap_or_default();
        &hits[request.from.min(hits.len())..request.window().min(hits.len())]
    }

    /// The best match of all pages.
    pub(crate) fn best(&self) -> Option<&Hit> {
        self.hits.as_ref()?.first()
    }

    /// How many documents match.
    pub(crate) fn matched(&self) -> u64 {
        self.matched
    }

    /// How many documents match, as the request tracks it.
    pub(crate) fn total(&self, total_hits: TotalHits) -> Option<Total> {
        let at_least = |value| Some(Total::Object { value, relation: TotalRelation::AtLeast });
        match total_hits {
            TotalHits::Off => None,
            TotalHits::UpTo(limit) if self.matched > limit => at_least(limit),
            _ if self.timed_out => at_least(self.matched),
            _ => Some(Total::Object { value: self.matched, relation: TotalRelation::Equal }),
        }
    }
}
