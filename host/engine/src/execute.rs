//! Runs a planned query over the segments. Computes, and never waits.

mod feed;
mod part;
mod source;
mod threads;

use std::sync::Arc;

use quidditch_index::{ReadSession, Snapshot, View};
use tantivy::query::{Query, Weight};
use tantivy::{Executor, Score};

use crate::Error;
use crate::collect::{Collector, Demand, SegmentContext};
use crate::progress::Progress;
use crate::scores::{AverageLengths, ConstantQuery, Scores};

use feed::{Feed, HandedScores};
use part::{Part, part_length};
use source::Source;
use threads::run_each;

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
enum Feeding {
    /// Not at all: at most they are counted.
    Count,
    WithoutScores,
    /// All have this score.
    SameScore(Score),
    /// Matches are skipped that are not among the best.
    Best(AverageLengths),
    WithScores,
}

/// Whether a query matches all documents.
pub(crate) fn matches_all(query: &dyn Query) -> bool {
    matches!(Source::of(query), Source::All)
}

/// A query and how it is run.
struct Run<'a> {
    weight: Box<dyn Weight>,
    source: Source<'a>,
    feeding: Feeding,
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
        let run = Run { weight, source: Source::of(query), feeding: self.feeding(query, collector)? };
        let segments = searcher.segment_readers().iter().enumerate();
        let is_only = self.is_whole && self.selected.len() == 1;
        let segments = segments.map(|(ordinal, reader)| {
            let split = self.view.split_of(ordinal);
            let first_position = self.snapshot.first_position(split);
            SegmentContext { reader, split, first_position, progress: self.progress, is_only, matched: None }
        });
        let selected = segments.filter(|segment| self.selected.contains(&segment.split)).collect();
        let (mut known, selected) = self.known(collector, run.source, selected);
        let run_part = |part: &Part<'_>| {
            let _entered = self.reads.enter();
            self.collect_part(&run, collector, part)
        };
        let partials = if collector.must_search_in_order() {
            selected.into_iter().map(|segment| run_part(&Part::whole(segment))).collect()
        } else {
            run_each(self.executor, &self.divide(selected, &run, collector)?, run_part)?
        };
        // A failed stage recorded its error and ended the iteration: what was collected then is incomplete.
        self.progress.check()?;
        // Every segment was searched by now, so that all bytes that are missing were recorded.
        known.extend(partials);
        Ok(collector.merge(known.into_iter().collect::<Result<_, _>>()?))
    }

    /// The results of segments whose documents need not be visited, and the other segments.
    fn known<'s, C: Collector>(
        &self,
        collector: &C,
        source: Source<'_>,
        segments: Vec<SegmentContext<'s>>,
    ) -> (Vec<Result<C::Partial, Error>>, Vec<SegmentContext<'s>>) {
        let (mut known, mut others) = (Vec::new(), Vec::with_capacity(segments.len()));
        let _entered = self.reads.enter();
        for segment in segments {
            let all_match = matches!(source, Source::All) && !segment.reader.has_deletes();
            let found = if all_match { collector.of_all(&segment) } else { Ok(None) };
            match found.transpose() {
                Some(found) => known.push(found),
                None => others.push(segment),
            }
        }
        (known, others)
    }

    fn feeding<C: Collector>(&self, query: &dyn Query, collector: &C) -> Result<Feeding, Error> {
        Ok(match collector.demand() {
            Demand::Nothing | Demand::Count => Feeding::Count,
            Demand::Documents => Feeding::WithoutScores,
            Demand::Scores => {
                if let Some(constant) = query.downcast_ref::<ConstantQuery>() {
                    Feeding::SameScore(constant.score())
                } else if collector.may_skip() {
                    Feeding::Best(AverageLengths::of(query, self.snapshot, self.view.searcher())?)
                } else {
                    Feeding::WithScores
                }
            }
        })
    }

    /// Divides segments into parts for several threads, where they are faster than one.
    fn divide<'s, C: Collector>(
        &self,
        segments: Vec<SegmentContext<'s>>,
        run: &Run<'_>,
        collector: &C,
    ) -> tantivy::Result<Vec<Part<'s>>> {
        let threads = match self.executor {
            Executor::SingleThread => 1,
            Executor::ThreadPool(pool) => pool.current_num_threads(),
        };
        // The first matches are enough.
        let ends_early = matches!(run.feeding, Feeding::SameScore(_)) && collector.may_skip();
        // All documents are counted at once.
        let is_counted = matches!((run.source, &run.feeding), (Source::All, Feeding::Count));
        if threads == 1 || !run.source.scans() || ends_early || is_counted {
            return Ok(segments.into_iter().map(Part::whole).collect());
        }
        let length = part_length(segments.iter().map(|segment| u64::from(segment.reader.max_doc())).sum(), threads);
        let mut parts = Vec::with_capacity(segments.len());
        for segment in segments {
            let is_large = u64::from(segment.reader.max_doc()) >= 2 * length;
            if is_large && collector.merge_cost(segment.reader)?.is_some_and(|cost| cost <= length) {
                parts.extend(Part::of_length(segment, length));
            } else {
                parts.push(Part::whole(segment));
            }
        }
        Ok(parts)
    }

    fn collect_part<C: Collector>(&self, run: &Run<'_>, collector: &C, part: &Part<'_>) -> Result<C::Partial, Error> {
        let Part { segment, docs } = part;
        let mut collecting = collector.open(segment)?;
        if !self.progress.must_stop() {
            if collector.demand() == Demand::Count {
                collecting.count(run.count(part)?);
            }
            let feed = Feed::new(collecting.as_mut(), segment, self.progress);
            match (run.source, &run.feeding) {
                (_, Feeding::Count) => {}
                (Source::All, feeding) => feed.all(docs.clone(), feeding.score_of_all())?,
                (Source::Staged(query), Feeding::WithoutScores) => {
                    feed.staged(query, docs.clone(), HandedScores::None)?;
                }
                (Source::Staged(query), Feeding::SameScore(score)) => {
                    feed.staged(query, docs.clone(), HandedScores::Same(*score))?;
                }
                (Source::Staged(query), Feeding::WithScores) => feed.staged(query, docs.clone(), HandedScores::Own)?,
                (Source::Staged(query), Feeding::Best(lengths)) => {
                    feed.best_staged(query, docs.clone(), lengths.threshold_factor(segment.reader)?)?;
                }
                (Source::Index, Feeding::WithoutScores) => feed.documents(&*run.weight)?,
                (Source::Index, Feeding::SameScore(score)) => feed.constant_scores(&*run.weight, *score)?,
                (Source::Index, Feeding::WithScores) => feed.scores(&*run.weight)?,
                (Source::Index, Feeding::Best(lengths)) => {
                    feed.best_scores(&*run.weight, lengths.threshold_factor(segment.reader)?)?;
                }
            }
        }
        collecting.finish()
    }
}

impl Feeding {
    /// The score of each match where all documents match; `None` if it is not needed.
    fn score_of_all(&self) -> Option<Score> {
        match self {
            Feeding::Count | Feeding::WithoutScores => None,
            Feeding::SameScore(score) => Some(*score),
            Feeding::Best(_) | Feeding::WithScores => Some(1.0),
        }
    }
}

impl Run<'_> {
    /// The number of matches in a part.
    fn count(&self, part: &Part<'_>) -> tantivy::Result<u64> {
        let reader = part.segment.reader;
        let count = match self.source {
            Source::Staged(query) => query.count_in(reader, part.docs.clone())?,
            Source::All | Source::Index => self.weight.count(reader)?,
        };
        Ok(u64::from(count))
    }
}
