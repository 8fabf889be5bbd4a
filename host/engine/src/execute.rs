//! Runs a planned query over the segments. Computes, and never waits.

mod hits;
mod progress;
mod sort_keys;
mod top;

use std::sync::Arc;

use quidditch_index::{ReadSession, View};
use tantivy::query::{EnableScoring, Query, Weight};
use tantivy::{DocId, Executor, Score, SegmentReader};

use crate::Error;
use crate::request::{SearchRequest, TotalHits};

pub(crate) use hits::{Found, Hit};
pub(crate) use progress::Progress;
pub(crate) use sort_keys::{SortColumns, SortValue};

use hits::SegmentHits;
use top::Top;

/// What a query runs over, and what with.
pub(crate) struct Over<'a> {
    pub(crate) view: &'a View,
    /// The numbers of the splits that may have matches.
    pub(crate) selected: &'a [usize],
    pub(crate) reads: &'a ReadSession,
    pub(crate) progress: &'a Arc<Progress>,
    pub(crate) executor: &'a Executor,
}

/// A query, ready to run.
pub(crate) struct Execution<'a> {
    pub(crate) query: Box<dyn Query>,
    /// Whether anybody will see scores.
    pub(crate) scored: bool,
    /// What to sort by; `None` sorts by score.
    pub(crate) sort: Option<SortColumns>,
    pub(crate) request: &'a SearchRequest,
}

impl Execution<'_> {
    /// The best hits of all segments, in order, up to `from + size`.
    pub(crate) fn run(&self, over: &Over<'_>) -> Result<Found, Error> {
        let Over { view, selected, reads, progress, executor } = over;
        let searcher = view.searcher();
        let scoring = if self.scored {
            EnableScoring::enabled_from_searcher(searcher)
        } else {
            EnableScoring::disabled_from_searcher(searcher)
        };
        let weight = self.query.weight(scoring)?;
        let segments = searcher.segment_readers().iter().enumerate();
        let segments = segments.filter(|(ordinal, _)| selected.contains(&view.split_of(*ordinal)));
        let run_segment = |(ordinal, segment)| {
            let _entered = reads.enter();
            Ok(self.run_segment(&*weight, ordinal, segment, progress))
        };
        let segments = segments.map(|(ordinal, segment)| (ordinal as u32, segment));
        let results = executor.map(run_segment, segments)?;
        // A stage that failed parked its error and ended: what was found then means nothing.
        progress.check()?;
        let results = results.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(Found::merge(results, self.request, self.sort.as_ref(), progress.timed_out()))
    }

    fn run_segment(
        &self,
        weight: &dyn Weight,
        ordinal: u32,
        segment: &SegmentReader,
        progress: &Arc<Progress>,
    ) -> Result<SegmentHits, Error> {
        if progress.must_stop() {
            return Ok(SegmentHits::default());
        }
        let wanted = self.request.from + self.request.size;
        match &self.sort {
            _ if wanted == 0 => self.count(weight, segment),
            Some(columns) => self.by_fields(weight, ordinal, segment, columns, progress),
            None => self.by_score(weight, ordinal, segment, progress),
        }
    }

    fn count(&self, weight: &dyn Weight, segment: &SegmentReader) -> Result<SegmentHits, Error> {
        let matched = if self.request.total_hits == TotalHits::Off { 0 } else { u64::from(weight.count(segment)?) };
        Ok(SegmentHits { matched, hits: Vec::new() })
    }

    /// While all matches must be counted, nothing is skipped; as soon as the count is settled, documents that cannot become
    /// hits are.
    fn by_score(
        &self,
        weight: &dyn Weight,
        ordinal: u32,
        segment: &SegmentReader,
        progress: &Progress,
    ) -> Result<SegmentHits, Error> {
        let alive = segment.alive_bitset();
        let mut top = Top::new(self.request.from + self.request.size);
        let mut watch = Watch::new(progress);
        let mut matched = 0;
        let mut collect = |doc: DocId, score: Score| -> Score {
            if watch.must_stop() {
                return Score::INFINITY;
            }
            if alive.is_none_or(|alive| alive.is_alive(doc)) {
                matched += 1;
                top.offer(std::cmp::Reverse(score.to_bits()), doc);
            }
            let is_counted = match self.request.total_hits {
                TotalHits::Exact => false,
                TotalHits::UpTo(limit) => matched > limit,
                TotalHits::Off => true,
            };
            match top.worst() {
                Some((std::cmp::Reverse(bits), _)) if is_counted => Score::from_bits(*bits),
                _ => Score::MIN,
            }
        };
        if self.request.total_hits == TotalHits::Exact {
            weight.for_each(segment, &mut |doc, score| {
                collect(doc, score);
            })?;
        } else {
            weight.for_each_pruning(Score::MIN, segment, &mut collect)?;
        }
        let hits = top
            .into_sorted()
            .into_iter()
            .map(|(std::cmp::Reverse(bits), doc)| Hit::new(ordinal, doc, Score::from_bits(bits), Vec::new()));
        Ok(SegmentHits { matched, hits: hits.collect() })
    }

    fn by_fields(
        &self,
        weight: &dyn Weight,
        ordinal: u32,
        segment: &SegmentReader,
        columns: &SortColumns,
        progress: &Progress,
    ) -> Result<SegmentHits, Error> {
        let alive = segment.alive_bitset();
        let mut sort = columns.open(segment)?;
        let mut top = Top::new(self.request.from + self.request.size);
        let mut watch = Watch::new(progress);
        let mut matched = 0;
        let mut collect = |doc: DocId, score: Score| {
            if watch.must_stop() || alive.is_some_and(|alive| alive.is_deleted(doc)) {
                return;
            }
            matched += 1;
            sort.read(doc, score);
            if top.would_take(&sort.keys, doc) {
                top.offer(sort.keys.clone(), doc);
            }
        };
        if self.scored {
            weight.for_each(segment, &mut collect)?;
        } else {
            weight.for_each_no_score(segment, &mut |docs| docs.iter().for_each(|doc| collect(*doc, 0.0)))?;
        }
        let mut hits = Vec::new();
        for (keys, doc) in top.into_sorted() {
            hits.push(Hit::new(ordinal, doc, sort.score(&keys), sort.values(&keys, doc)?));
        }
        Ok(SegmentHits { matched, hits })
    }
}

/// Looks at the clock every so many documents.
struct Watch<'a> {
    progress: &'a Progress,
    documents: u32,
    stopped: bool,
}

/// Some 10 µs of the cheapest collecting: a clock that is read this often costs nothing that could be measured.
const DOCUMENTS_PER_LOOK: u32 = 2_048;

impl<'a> Watch<'a> {
    fn new(progress: &'a Progress) -> Self {
        Watch { progress, documents: 0, stopped: false }
    }

    fn must_stop(&mut self) -> bool {
        self.documents += 1;
        if self.documents.is_multiple_of(DOCUMENTS_PER_LOOK) {
            self.stopped = self.progress.must_stop();
        }
        self.stopped
    }
}
