//! What a search found in some of the splits.

use quidditch_index::SnapshotDocument;
use serde::{Deserialize, Serialize};
use tantivy::Score;

use crate::aggregations::Partial;
use crate::collect::{BestHits, Collector, Hit};
use crate::function_failures::FunctionFailures;
use crate::hits::Total;
use crate::request::TotalHits;
use crate::resolved_request::Plan;
use crate::search_collector::Found;
use crate::search_request::SearchRequest;

/// What a search found in some of the splits of a snapshot. Partial results of all splits merge into the result of the search.
/// They can be serialised: another process may have computed them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartialResult {
    pub(crate) found: Found,
    /// Of the aggregations over all documents.
    pub(crate) global_aggregations: Option<Vec<Partial>>,
    pub(crate) timed_out: bool,
    /// The failures of functions that the request tolerates, of parts that other processes have searched.
    #[serde(default)]
    pub(crate) function_failures: Vec<FunctionFailures>,
}

/// What the aggregations of a request found.
pub(crate) struct FoundByAggregations {
    /// Over the matches.
    pub(crate) matches: Option<Vec<Partial>>,
    /// Over all documents.
    pub(crate) all: Option<Vec<Partial>>,
}

impl PartialResult {
    /// Merges results that a request planned like this has led to.
    pub(crate) fn merge(parts: Vec<PartialResult>, plan: &Plan) -> Self {
        let timed_out = parts.iter().any(|part| part.timed_out);
        let (mut collected, mut globals, mut function_failures) = (Vec::new(), Vec::new(), Vec::new());
        for part in parts {
            FunctionFailures::merge(&mut function_failures, part.function_failures);
            collected.push(part.found);
            globals.push(part.global_aggregations);
        }
        let globals =
            plan.global_aggregations().map(|aggregations| aggregations.merge(globals.into_iter().flatten().collect()));
        let found = plan.collector.merge(collected);
        PartialResult { found, global_aggregations: globals, timed_out, function_failures }
    }

    /// Calls `change` with each document that it names.
    pub(crate) fn for_each_document(&mut self, mut change: impl FnMut(&mut SnapshotDocument)) {
        self.hits_mut().iter_mut().for_each(|hit| change(&mut hit.document));
        let aggregations = self.found.aggregations.iter_mut().chain(&mut self.global_aggregations);
        aggregations.flatten().for_each(|partial| partial.for_each_document(&mut change));
    }

    /// The best matches, if the request wants hits.
    pub(crate) fn hits_mut(&mut self) -> &mut [Hit] {
        self.found.best.as_mut().map_or(&mut [], |best| &mut best.hits)
    }

    /// The best hits, if the request wants any.
    pub(crate) fn best(&self) -> Option<&BestHits> {
        self.found.best.as_ref()
    }

    /// Replaces the best hits by those that were scored again.
    pub(crate) fn set_best(&mut self, best: Option<BestHits>) {
        self.found.best = best;
    }

    /// What the aggregations of the request found.
    pub(crate) fn aggregations(&self) -> FoundByAggregations {
        FoundByAggregations { matches: self.found.aggregations.clone(), all: self.global_aggregations.clone() }
    }

    /// The same without a copy, which may be large: they are not needed again.
    pub(crate) fn take_aggregations(&mut self) -> FoundByAggregations {
        FoundByAggregations { matches: self.found.aggregations.take(), all: self.global_aggregations.take() }
    }

    /// The page of hits that the request asks for.
    pub(crate) fn page(&self, request: &SearchRequest) -> &[Hit] {
        let hits = self.found.best.as_ref().map_or(&[][..], |best| &best.hits);
        &hits[request.from.min(hits.len())..request.window().min(hits.len())]
    }

    /// The greatest score of all matches, if scores are tracked.
    pub(crate) fn max_score(&self) -> Option<Score> {
        self.found.best.as_ref()?.max_score
    }

    /// Whether there are more hits than the search was to collect.
    pub(crate) fn terminated_early(&self) -> bool {
        self.found.terminated_early
    }

    /// How many documents match.
    pub(crate) fn matched(&self) -> u64 {
        self.found.matched
    }

    /// How many documents match, as the request tracks it.
    pub(crate) fn total(&self, total_hits: TotalHits) -> Option<Total> {
        let total = Total::tracked(self.found.matched, total_hits)?;
        Some(if self.timed_out { total.at_least() } else { total })
    }
}
