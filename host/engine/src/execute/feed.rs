//! Hands the matches of one segment to its collectors, in batches.

use std::ops::Range;

use tantivy::fastfield::AliveBitSet;
use tantivy::query::Weight;
use tantivy::{COLLECT_BLOCK_BUFFER_LEN, DocId, DocSet, Score, SegmentReader};

use crate::Error;
use crate::collect::{Matches, SegmentCollector, SegmentContext};
use crate::progress::Progress;
use crate::stages::StagedQuery;

/// Matches that are passed on together where tantivy returns them one by one.
const BATCH: usize = 512;

/// Matches that are passed on together as long as none may be skipped yet. Small, so that skipping begins soon after it may.
const BATCH_BEFORE_SKIPPING: usize = 64;

/// Matches that are passed on together where all documents match: as many as aggregations take at once.
const BATCH_OF_ALL: u32 = 2_048;

/// Matches between two looks at the clock: some 10 µs of the cheapest collecting, so that the looks cost nothing measurable.
const MATCHES_PER_LOOK: usize = 2_048;

/// The scores that matches are handed over with.
#[derive(Clone, Copy)]
pub(super) enum HandedScores {
    None,
    Same(Score),
    /// Those that the query computes.
    Own,
}

/// What feeds the collectors of one segment.
pub(super) struct Feed<'a, P> {
    collector: &'a mut dyn SegmentCollector<P>,
    segment: &'a SegmentReader,
    alive: Option<&'a AliveBitSet>,
    progress: &'a Progress,
    docs: Vec<DocId>,
    scores: Vec<Score>,
    matches_since_look: usize,
    is_stopped: bool,
    failure: Option<Error>,
}

impl<'a, P> Feed<'a, P> {
    pub(super) fn new(
        collector: &'a mut dyn SegmentCollector<P>,
        segment: &SegmentContext<'a>,
        progress: &'a Progress,
    ) -> Self {
        Feed {
            collector,
            segment: segment.reader,
            alive: segment.reader.alive_bitset(),
            progress,
            docs: Vec::with_capacity(BATCH),
            scores: Vec::with_capacity(BATCH),
            matches_since_look: 0,
            is_stopped: false,
            failure: None,
        }
    }

    /// Hands over all matches, without scores.
    pub(super) fn documents(mut self, weight: &dyn Weight) -> Result<(), Error> {
        weight.for_each_no_score(self.segment, &mut |docs| {
            if self.must_stop(docs.len()) {
                return;
            }
            match self.alive {
                None => self.hand_over(docs, &[]),
                Some(alive) => {
                    let mut left = std::mem::take(&mut self.docs);
                    left.clear();
                    left.extend(docs.iter().filter(|doc| alive.is_alive(**doc)));
                    self.hand_over(&left, &[]);
                    self.docs = left;
                }
            }
        })?;
        self.failure.map_or(Ok(()), Err)
    }

    /// Hands over the matches, which all have this score, until no further one makes a difference.
    pub(super) fn constant_scores(mut self, weight: &dyn Weight, score: Score) -> Result<(), Error> {
        let mut matches = weight.scorer(self.segment, 1.0)?;
        let mut block = [0; COLLECT_BLOCK_BUFFER_LEN];
        let mut batch = BATCH_BEFORE_SKIPPING;
        while !self.must_stop(block.len()) {
            let pulled = matches.fill_buffer(&mut block);
            match self.alive {
                None => self.docs.extend_from_slice(&block[..pulled]),
                Some(alive) => self.docs.extend(block[..pulled].iter().filter(|doc| alive.is_alive(**doc))),
            }
            if self.docs.len() >= batch {
                self.hand_over_with(Some(score));
                batch = BATCH;
            }
            if self.is_stopped || pulled < block.len() {
                break;
            }
        }
        self.hand_over_with(Some(score));
        self.failure.map_or(Ok(()), Err)
    }

    /// Hands over all of these documents but the deleted ones, each with this score, until no further one makes a difference.
    pub(super) fn all(mut self, docs: Range<DocId>, score: Option<Score>) -> Result<(), Error> {
        let (mut next, mut batch) =
            (docs.start, if score.is_some() { BATCH_BEFORE_SKIPPING as u32 } else { BATCH_OF_ALL });
        while next < docs.end && !self.must_stop(batch as usize) {
            let end = docs.end.min(next + batch);
            match self.alive {
                None => self.docs.extend(next..end),
                Some(alive) => self.docs.extend((next..end).filter(|doc| alive.is_alive(*doc))),
            }
            self.hand_over_with(score);
            (next, batch) = (end, BATCH_OF_ALL);
        }
        self.failure.map_or(Ok(()), Err)
    }

    /// Hands over the matches among some documents, in the batches that went through the stages, until no further one makes a
    /// difference.
    pub(super) fn staged(mut self, query: &StagedQuery, docs: Range<DocId>, scores: HandedScores) -> Result<(), Error> {
        let mut batches = query.batches(self.segment, docs)?;
        while let (docs @ [_, ..], own) = batches.batch() {
            match scores {
                HandedScores::None => self.hand_over(docs, &[]),
                HandedScores::Own => self.hand_over(docs, own),
                HandedScores::Same(score) => {
                    self.docs.extend_from_slice(docs);
                    self.hand_over_with(Some(score));
                }
            }
            if self.is_stopped {
                break;
            }
            batches.advance();
        }
        self.failure.map_or(Ok(()), Err)
    }

    /// As [`Feed::best_scores`], among some documents that go through stages.
    pub(super) fn best_staged(
        mut self,
        query: &StagedQuery,
        docs: Range<DocId>,
        threshold_factor: Score,
    ) -> Result<(), Error> {
        let segment = self.segment;
        let mut best = Best { threshold: None, threshold_factor };
        query.for_each_above(segment, docs, Score::MIN, &mut |doc, score| best.push(&mut self, doc, score))?;
        self.finish()
    }

    /// Hands over all matches with their scores.
    pub(super) fn scores(mut self, weight: &dyn Weight) -> Result<(), Error> {
        weight.for_each(self.segment, &mut |doc, score| self.push(doc, score, BATCH))?;
        self.finish()
    }

    /// Hands over the matches with their scores, and skips those that make no difference to the collectors any more. tantivy is
    /// told a lower threshold, by this factor, since its bounds of scores may be too low by as much.
    pub(super) fn best_scores(mut self, weight: &dyn Weight, threshold_factor: Score) -> Result<(), Error> {
        let segment = self.segment;
        let mut best = Best { threshold: None, threshold_factor };
        weight.for_each_pruning(Score::MIN, segment, &mut |doc, score| best.push(&mut self, doc, score))?;
        self.finish()
    }

    fn push(&mut self, doc: DocId, score: Score, batch: usize) {
        if self.must_stop(1) || self.alive.is_some_and(|alive| alive.is_deleted(doc)) {
            return;
        }
        self.docs.push(doc);
        self.scores.push(score);
        if self.docs.len() >= batch {
            self.flush();
        }
    }

    /// Hands over the documents that were put aside, each with this score.
    fn hand_over_with(&mut self, score: Option<Score>) {
        if let Some(score) = score {
            self.scores.resize(self.docs.len(), score);
        }
        if !self.docs.is_empty() {
            self.flush();
        }
        let threshold = if score.is_some() { self.collector.threshold() } else { None };
        self.is_stopped |= threshold.zip(score).is_some_and(|(threshold, score)| threshold >= score);
    }

    fn flush(&mut self) {
        let (docs, scores) = (std::mem::take(&mut self.docs), std::mem::take(&mut self.scores));
        self.hand_over(&docs, &scores);
        (self.docs, self.scores) = (docs, scores);
        self.docs.clear();
        self.scores.clear();
    }

    fn hand_over(&mut self, docs: &[DocId], scores: &[Score]) {
        // tantivy's iteration cannot return an error, nor be ended.
        if let Err(error) = self.collector.collect(&Matches { docs, scores }) {
            self.failure.get_or_insert(error);
            self.is_stopped = true;
        }
        // No further match makes a difference.
        self.is_stopped |= self.collector.threshold() == Some(Score::INFINITY);
    }

    fn must_stop(&mut self, matches: usize) -> bool {
        self.matches_since_look += matches;
        if self.matches_since_look >= MATCHES_PER_LOOK {
            self.matches_since_look = 0;
            self.is_stopped |= self.progress.must_stop();
        }
        self.is_stopped
    }

    /// Hands over the last matches.
    fn finish(mut self) -> Result<(), Error> {
        if self.failure.is_none() && !self.docs.is_empty() {
            self.flush();
        }
        self.failure.map_or(Ok(()), Err)
    }
}

/// The search for the best matches.
struct Best {
    /// The score that a match must exceed to make a difference.
    threshold: Option<Score>,
    threshold_factor: Score,
}

impl Best {
    /// Takes a match, and returns the score that the next one must exceed.
    fn push<P>(&mut self, feed: &mut Feed<'_, P>, doc: DocId, score: Score) -> Score {
        let Best { threshold, threshold_factor } = self;
        if let Some(threshold) = threshold.filter(|threshold| score <= *threshold) {
            return threshold * *threshold_factor;
        }
        // Each match may raise the threshold: it is worth a call.
        feed.push(doc, score, if threshold.is_some() { 1 } else { BATCH_BEFORE_SKIPPING });
        if feed.is_stopped {
            return Score::INFINITY;
        }
        if feed.docs.is_empty() {
            *threshold = feed.collector.threshold();
        }
        threshold.map_or(Score::MIN, |threshold| threshold * *threshold_factor)
    }
}
