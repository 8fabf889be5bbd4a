//! What a search collects in one pass: the number of hits, the best of them, and aggregations.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use tantivy::{DocId, Score, SegmentReader};

use crate::Error;
use crate::aggregations::{Aggregations, Partial};
use crate::collect::{
    BestHits, Collector, Count, Demand, Matches, SegmentCollecting, SegmentCollector, SegmentContext, TopHits, deferred,
};
use crate::stages::{Pipeline, SegmentPipeline};
use crate::warmup::WarmupInfo;

/// Collects hits and aggregations of the same matches.
pub(crate) struct SearchCollector {
    /// Which matches become hits; aggregations see all. `None` means all.
    pub(crate) post_filter: Option<Pipeline>,
    /// How many hits are collected before the search ends.
    pub(crate) termination: Option<Termination>,
    pub(crate) hits: (Count, Option<TopHits>),
    pub(crate) aggregations: Option<Aggregations>,
}

/// Ends a search once it has collected a number of hits: the first in the order of the index. So its segments must be searched
/// one after another.
#[derive(Debug)]
pub(crate) struct Termination {
    /// Hits that are still to be collected.
    left: AtomicU64,
    /// Whether there was a hit too many.
    has_ended: AtomicBool,
}

/// What was found in some segments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Found {
    /// The number of hits.
    pub(crate) matched: u64,
    /// `None` if the request wants no hits.
    pub(crate) best: Option<BestHits>,
    /// Of the aggregations over the matches.
    pub(crate) aggregations: Option<Vec<Partial>>,
    /// Whether there are more hits than the search was to collect.
    pub(crate) terminated_early: bool,
}

impl Termination {
    pub(crate) fn new(after: u64) -> Self {
        Termination { left: AtomicU64::new(after), has_ended: AtomicBool::new(false) }
    }
}

impl SearchCollector {
    /// Whether hits and aggregations read computed columns of the same matches, so that these are kept and computed once.
    fn computes_for_all(&self) -> bool {
        self.sees_all()
            && self.hits.1.as_ref().is_some_and(TopHits::reads_computed)
            && self.aggregations.as_ref().is_some_and(Aggregations::reads_computed)
    }

    /// Whether hits and aggregations see each match.
    fn sees_all(&self) -> bool {
        self.post_filter.is_none() && self.termination.is_none()
    }

    /// Records what [`SearchCollector::of_all`] will read.
    pub(crate) fn record_of_all(&self, info: &mut WarmupInfo) {
        let first = self.hits.1.as_ref().map(TopHits::first_of_all);
        if !self.sees_all() || first == Some(None) {
            return;
        }
        info.first_sorted.extend(first.flatten());
        if let Some(aggregations) = &self.aggregations {
            aggregations.record_of_all(info);
        }
    }
}

impl Collector for SearchCollector {
    type Partial = Found;

    fn demand(&self) -> Demand {
        let demand = self.hits.demand().max(self.aggregations.demand());
        let needs_documents = demand != Demand::Nothing && (self.post_filter.is_some() || self.termination.is_some());
        if needs_documents { demand.max(Demand::Documents) } else { demand }
    }

    fn may_skip(&self) -> bool {
        self.termination.is_none() && self.hits.may_skip() && self.aggregations.may_skip()
    }

    fn must_search_in_order(&self) -> bool {
        self.termination.is_some()
    }

    fn merge_cost(&self, segment: &SegmentReader) -> tantivy::Result<Option<u64>> {
        let (hits, aggregations) = (self.hits.merge_cost(segment)?, self.aggregations.merge_cost(segment)?);
        Ok(hits.zip(aggregations).map(|(hits, aggregations)| hits.saturating_add(aggregations)))
    }

    fn columns(&self, record: &mut dyn FnMut(&str)) {
        self.hits.columns(record);
        self.aggregations.columns(record);
    }

    fn of_all(&self, segment: &SegmentContext<'_>) -> Result<Option<Found>, Error> {
        let (top, aggregations) = (&self.hits.1, &self.aggregations);
        if !self.sees_all() || (top.is_none() && aggregations.is_none()) {
            return Ok(None);
        }
        let best = top.as_ref().map(|top| top.of_all(segment)).transpose()?;
        if best == Some(None) {
            return Ok(None);
        }
        let partials = aggregations.as_ref().map(|aggregations| aggregations.of_all(segment)).transpose()?;
        if partials == Some(None) {
            return Ok(None);
        }
        let matched = u64::from(segment.reader.max_doc());
        let (best, aggregations) = (best.flatten(), partials.flatten());
        Ok(Some(Found { matched, best, aggregations, terminated_early: false }))
    }

    fn open<'a>(&'a self, segment: &SegmentContext<'_>) -> Result<SegmentCollecting<'a, Found>, Error> {
        if self.computes_for_all() && segment.matched.is_none() {
            return Ok(deferred(segment, |segment| self.open(segment)));
        }
        Ok(Box::new(SegmentSearch {
            post_filter: self.post_filter.as_ref().map(|filter| filter.open(segment.reader)).transpose()?,
            termination: self.termination.as_ref(),
            terminated_early: self
                .termination
                .as_ref()
                .is_some_and(|termination| termination.has_ended.load(Ordering::Relaxed)),
            hits: self.hits.open(segment)?,
            aggregations: self.aggregations.open(segment)?,
            passed: Vec::new(),
            docs: Vec::new(),
            scores: Vec::new(),
        }))
    }

    fn merge(&self, partials: Vec<Found>) -> Found {
        let terminated_early = partials.iter().any(|found| found.terminated_early);
        let (mut hits, mut aggregations) = (Vec::new(), Vec::new());
        for found in partials {
            hits.push((found.matched, found.best));
            aggregations.push(found.aggregations);
        }
        let (matched, best) = self.hits.merge(hits);
        Found { matched, best, aggregations: self.aggregations.merge(aggregations), terminated_early }
    }
}

struct SegmentSearch<'a> {
    post_filter: Option<SegmentPipeline>,
    termination: Option<&'a Termination>,
    terminated_early: bool,
    hits: SegmentCollecting<'a, (u64, Option<BestHits>)>,
    aggregations: SegmentCollecting<'a, Option<Vec<Partial>>>,
    /// The positions in a batch of the matches that the post filter keeps.
    passed: Vec<usize>,
    docs: Vec<DocId>,
    scores: Vec<Score>,
}

impl SegmentSearch<'_> {
    /// Hands those matches of a batch to the collectors of hits that the post filter keeps.
    fn collect_passed(&mut self, matches: &Matches<'_>) -> Result<(), Error> {
        self.docs.clear();
        self.scores.clear();
        self.docs.extend(self.passed.iter().map(|position| matches.docs[*position]));
        if !matches.scores.is_empty() {
            self.scores.extend(self.passed.iter().map(|position| matches.scores[*position]));
        }
        if self.docs.is_empty() {
            return Ok(());
        }
        self.hits.collect(&Matches { docs: &self.docs, scores: &self.scores })
    }

    /// How many matches of the batch the search still has to see, and how many of those that passed it has to collect.
    fn remaining(&mut self, matches: usize, passed: Option<&[usize]>) -> (usize, usize) {
        let hits = passed.map_or(matches, <[usize]>::len);
        let Some(termination) = self.termination else { return (matches, hits) };
        let left = usize::try_from(termination.left.load(Ordering::Relaxed)).unwrap_or(usize::MAX);
        if hits <= left {
            termination.left.fetch_sub(hits as u64, Ordering::Relaxed);
            return (matches, hits);
        }
        termination.left.store(0, Ordering::Relaxed);
        termination.has_ended.store(true, Ordering::Relaxed);
        self.terminated_early = true;
        // The first hit too many ends the search.
        (passed.map_or(left, |passed| passed[left]), left)
    }
}

impl SegmentCollector<Found> for SegmentSearch<'_> {
    fn count(&mut self, matched: u64) {
        self.hits.count(matched);
        self.aggregations.count(matched);
    }

    fn collect(&mut self, matches: &Matches<'_>) -> Result<(), Error> {
        if self.terminated_early {
            return Ok(());
        }
        if let Some(filter) = &mut self.post_filter {
            self.passed.clear();
            let passed = &mut self.passed;
            filter.evaluate(matches.docs, |position, _| passed.push(position))?;
        }
        let passed = std::mem::take(&mut self.passed);
        let (seen, hits) = self.remaining(matches.docs.len(), self.post_filter.is_some().then_some(&passed[..]));
        self.passed = passed;
        let matches = matches.first(seen);
        if self.post_filter.is_some() {
            self.passed.truncate(hits);
            self.collect_passed(&matches)?;
        } else {
            self.hits.collect(&matches)?;
        }
        self.aggregations.collect(&matches)
    }

    fn threshold(&self) -> Option<Score> {
        if self.terminated_early {
            return Some(Score::INFINITY);
        }
        if self.termination.is_some() {
            return None;
        }
        Some(self.hits.threshold()?.min(self.aggregations.threshold()?))
    }

    fn finish(self: Box<Self>) -> Result<Found, Error> {
        let (matched, best) = self.hits.finish()?;
        let aggregations = self.aggregations.finish()?;
        Ok(Found { matched, best, aggregations, terminated_early: self.terminated_early })
    }
}
