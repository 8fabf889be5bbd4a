//! Runs a planned query over the segments. Computes, and never waits.

mod feed;

use std::sync::Arc;

use quidditch_index::{ReadSession, Snapshot, View};
use tantivy::query::{Query, Weight};
use tantivy::{Executor, Score};

use crate::Error;
use crate::collect::{Collector, Demand, SegmentContext};
use crate::progress::Progress;
use crate::scores::{AverageLengths, ConstantQuery, Scores};
use crate::stages::StagedQuery;

use feed::Feed;

/// What a query runs over, and with what.
pub(crate) struct SearchScope<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) view: &'a View,
    /// The numbers of the splits that may have matches.
    pub(crate) selected: &'a [usize],
    /// Whether these are all splits that may have matches. Otherwise the results of other splits will be merged.
    pub(crate) is_whole: bool,
    pub(crate) reads: &'a ReadSession,
    pub(crate) progress: &'a Arc<Progress>,
    pub(crate) executor: &'a Executor,
}

/// How the matches of a query are handed to its collector.
enum Feeding<'a> {
    /// Not at all: at most they are counted.
    Count,
    WithoutScores,
    /// All have this score.
    SameScore(Score),
    /// Matches are skipped that are not among the best.
    Best(AverageLengths),
    /// In the batches that went through the stages of the query.
    Staged(&'a StagedQuery),
    OneByOne,
}

impl SearchScope<'_> {
    /// Hands all matches of a query to a collector, and returns what it collected. `scores` says whether the query computes
    /// scores.
    pub(crate) fn collect<C: Collector>(
        &self,
        query: &dyn Query,
        scores: Scores,
        collector: &C,
    ) -> Result<C::Partial, Error> {
        let searcher = self.view.searcher();
        let weight = query.weight(scores.enabled(searcher))?;
        let feeding = self.feeding(query, collector)?;
        let segments = searcher.segment_readers().iter().enumerate();
        let is_only = self.is_whole && self.selected.len() == 1;
        let segments = segments.map(|(ordinal, reader)| {
            let split = self.view.split_of(ordinal);
            let first_position = self.snapshot.first_position(split);
            SegmentContext { reader, split, first_position, progress: self.progress, is_only, matched: None }
        });
        let selected = segments.filter(|segment| self.selected.contains(&segment.split));
        let run_segment = |segment: SegmentContext<'_>| {
            let _entered = self.reads.enter();
            tantivy::Result::Ok(self.collect_segment(&*weight, &feeding, collector, &segment))
        };
        let partials = match collector.must_search_in_order() {
            true => selected.map(run_segment).collect::<tantivy::Result<_>>()?,
            false => self.executor.map(run_segment, selected)?,
        };
        // A failed stage recorded its error and ended the iteration: what was collected then is incomplete.
        self.progress.check()?;
        // Every segment was searched by now, so that all bytes that are missing were recorded.
        Ok(collector.merge(partials.into_iter().collect::<Result<_, _>>()?))
    }

    fn feeding<'q, C: Collector>(&self, query: &'q dyn Query, collector: &C) -> Result<Feeding<'q>, Error> {
        Ok(match collector.demand() {
            Demand::Nothing | Demand::Count => Feeding::Count,
            Demand::Documents => Feeding::WithoutScores,
            Demand::Scores => {
                if let Some(constant) = query.downcast_ref::<ConstantQuery>() {
                    Feeding::SameScore(constant.score())
                } else if collector.may_skip() {
                    Feeding::Best(AverageLengths::of(query, self.snapshot, self.view.searcher())?)
                } else {
                    query.downcast_ref().map_or(Feeding::OneByOne, Feeding::Staged)
                }
            }
        })
    }

    fn collect_segment<C: Collector>(
        &self,
        weight: &dyn Weight,
        feeding: &Feeding<'_>,
        collector: &C,
        segment: &SegmentContext<'_>,
    ) -> Result<C::Partial, Error> {
        let mut collecting = collector.open(segment)?;
        if !self.progress.must_stop() {
            if collector.demand() == Demand::Count {
                collecting.count(u64::from(weight.count(segment.reader)?));
            }
            let feed = Feed::new(collecting.as_mut(), segment, self.progress);
            match feeding {
                Feeding::Count => {}
                Feeding::WithoutScores => feed.documents(weight)?,
                Feeding::SameScore(score) => feed.constant_scores(weight, *score)?,
                Feeding::Best(lengths) => feed.best_scores(weight, lengths.threshold_factor(segment.reader)?)?,
                Feeding::Staged(query) => feed.staged_scores(query)?,
                Feeding::OneByOne => feed.scores(weight)?,
            }
        }
        collecting.finish()
    }
}
