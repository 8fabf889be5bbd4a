//! A pipeline as a tantivy query: candidates are pulled in batches, go through the stages, and what stays is the doc set.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use tantivy::query::{AllScorer, ConstScorer, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{
    COLLECT_BLOCK_BUFFER_LEN, DocId, DocSet, Score, SeekDangerResult, SegmentReader, TERMINATED, TantivyError,
};

use super::candidates::{BATCH, Candidates};
use super::pipeline::{Pipeline, apply_stages};
use super::stage::{Effect, SegmentStage};
use crate::Error;
use crate::progress::Progress;

/// The first batch after a jump: a doc set that others jump around in should not evaluate what they will never look at.
const BATCH_AFTER_SEEK: usize = 64;
/// The first batch where candidates can be left out by their scores: what it finds rules out others.
const BATCH_BEFORE_PRUNING: usize = 256;
/// How much each further batch grows, up to [`BATCH`].
const BATCH_GROWTH: usize = 4;
/// What a document costs in stages, against one in a posting list: about a function call's share.
const STAGE_COST: u64 = 8;

/// A query whose matches go through stages.
#[derive(Clone)]
pub(crate) struct StagedQuery {
    pipeline: Pipeline,
    progress: Arc<Progress>,
}

impl StagedQuery {
    pub(crate) fn new(pipeline: Pipeline, progress: Arc<Progress>) -> Self {
        StagedQuery { pipeline, progress }
    }
}

impl fmt::Debug for StagedQuery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("StagedQuery").field("stages", &self.pipeline.stages.len()).finish_non_exhaustive()
    }
}

impl Query for StagedQuery {
    /// The scores that the stages need were decided when the pipeline was planned, so `enable_scoring` changes nothing.
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for StagedQuery {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut scorer = self.open(segment, 0..segment.max_doc(), boost, BATCH)?;
        scorer.refill();
        Ok(Box::new(scorer))
    }

    fn scorer_danger(
        &self,
        segment: &SegmentReader,
        target: DocId,
        boost: Score,
    ) -> tantivy::Result<(SeekDangerResult, Box<dyn Scorer>)> {
        let mut scorer = self.open(segment, 0..segment.max_doc(), boost, BATCH_AFTER_SEEK)?;
        if scorer.candidates.doc() < target {
            scorer.candidates.seek(target);
        }
        scorer.refill();
        let result = match scorer.doc() {
            doc if doc == target && target != TERMINATED => SeekDangerResult::Found,
            doc => SeekDangerResult::SeekLowerBound(doc),
        };
        Ok((result, Box::new(scorer)))
    }

    fn count(&self, segment: &SegmentReader) -> tantivy::Result<u32> {
        self.count_in(segment, 0..segment.max_doc())
    }

    fn for_each_no_score(&self, segment: &SegmentReader, callback: &mut dyn FnMut(&[DocId])) -> tantivy::Result<()> {
        let mut batches = self.batches(segment, 0..segment.max_doc())?;
        while let (docs @ [_, ..], _) = batches.batch() {
            callback(docs);
            batches.advance();
        }
        Ok(())
    }

    fn for_each_pruning(
        &self,
        threshold: Score,
        segment: &SegmentReader,
        callback: &mut dyn FnMut(DocId, Score) -> Score,
    ) -> tantivy::Result<()> {
        self.for_each_above(segment, 0..segment.max_doc(), threshold, callback)
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let (found, mut scorer) = self.scorer_danger(segment, doc, 1.0)?;
        if found != SeekDangerResult::Found {
            return Err(TantivyError::InvalidArgument(format!("document #({doc}) does not match")));
        }
        Ok(Explanation::new("score after functions", scorer.score()))
    }
}

impl StagedQuery {
    /// Whether the stages see all documents, so that any range of documents can be searched on its own.
    pub(crate) fn scans(&self) -> bool {
        self.pipeline.candidates.is_none()
    }

    /// The matches among some documents of a segment, batch by batch.
    pub(crate) fn batches(&self, segment: &SegmentReader, docs: Range<DocId>) -> tantivy::Result<StagedBatches> {
        let mut scorer = self.open(segment, docs, 1.0, BATCH)?;
        scorer.refill();
        Ok(StagedBatches(scorer))
    }

    /// The number of matches among some documents of a segment.
    pub(crate) fn count_in(&self, segment: &SegmentReader, docs: Range<DocId>) -> tantivy::Result<u32> {
        if self.scans()
            && self.pipeline.stages.len() == 1
            && segment.alive_bitset().is_none()
            && let Some((_, known)) = self.pipeline.known(segment, &docs)
        {
            return Ok(known.count());
        }
        let (mut batches, mut count) = (self.batches(segment, docs)?, 0);
        while let (docs @ [_, ..], _) = batches.batch() {
            count += docs.len() as u32;
            batches.advance();
        }
        Ok(count)
    }

    /// Calls back with the matches among some documents of a segment whose scores are above a threshold, which each call may
    /// raise. Where the stages have a bound of their scores, those candidates are left out that it rules out.
    pub(crate) fn for_each_above(
        &self,
        segment: &SegmentReader,
        docs: Range<DocId>,
        threshold: Score,
        callback: &mut dyn FnMut(DocId, Score) -> Score,
    ) -> tantivy::Result<()> {
        let mut scorer = self.open(segment, docs, 1.0, BATCH)?;
        // A filter must be asked anyway, until there are enough matches.
        let rescores = self.pipeline.stages.iter().any(|stage| stage.effect() == Effect::Rescores);
        if rescores {
            match scorer.max_score(0.0) {
                Ok(bound) if bound.is_finite() => scorer.next_batch = BATCH_BEFORE_PRUNING,
                Ok(_) => {}
                Err(error) => {
                    self.progress.fail(error);
                    return Ok(());
                }
            }
        }
        scorer.for_each_above(threshold, callback);
        Ok(())
    }

    /// Opens it for some documents of a segment: for all of them, unless it scans.
    fn open(
        &self,
        segment: &SegmentReader,
        docs: Range<DocId>,
        boost: Score,
        batch: usize,
    ) -> tantivy::Result<StagedScorer> {
        let known = if self.scans() { self.pipeline.known(segment, &docs) } else { None };
        let known_stage = known.as_ref().map(|(position, _)| *position);
        let candidates: Box<dyn Scorer> = match (&self.pipeline.candidates, known) {
            (Some(weight), _) => weight.scorer(segment, 1.0)?,
            (None, Some((_, known))) => Box::new(ConstScorer::new(known, 0.0)),
            (None, None) => {
                let mut all = AllScorer::new(docs.end);
                if docs.start > 0 {
                    all.seek(docs.start);
                }
                Box::new(all)
            }
        };
        let mut scorer = StagedScorer {
            candidates,
            alive: segment.alive_bitset().cloned(),
            uses_candidate_scores: self.pipeline.uses_candidate_scores && self.pipeline.candidates.is_some(),
            constant: self.pipeline.constant,
            stages: Vec::new(),
            boost,
            survivors: Candidates::default(),
            cursor: 0,
            next_batch: batch,
            hopeless: None,
            progress: Arc::clone(&self.progress),
        };
        match self.pipeline.open_stages(segment, known_stage) {
            Ok(stages) => scorer.stages = stages,
            // tantivy's error type cannot carry ours: park it, and match nothing.
            Err(error) => {
                self.progress.fail(error);
                scorer.candidates = Box::new(EmptyScorer);
            }
        }
        Ok(scorer)
    }
}

/// What is left of the candidates of a segment after the stages.
pub(crate) struct StagedBatches(StagedScorer);

impl StagedBatches {
    /// The documents of this batch, none of them deleted, with their scores; none if there is no further one.
    pub(crate) fn batch(&self) -> (&[DocId], &[Score]) {
        (&self.0.survivors.docs, &self.0.survivors.scores)
    }

    pub(crate) fn advance(&mut self) {
        self.0.refill();
    }
}

struct StagedScorer {
    candidates: Box<dyn Scorer>,
    alive: Option<tantivy::fastfield::AliveBitSet>,
    uses_candidate_scores: bool,
    constant: Score,
    stages: Vec<Box<dyn SegmentStage>>,
    boost: Score,
    /// Of the last batch. All candidates before `candidates.doc()` are in it or were dropped.
    survivors: Candidates,
    cursor: usize,
    next_batch: usize,
    /// Candidates with at most this score are left out.
    hopeless: Option<Score>,
    progress: Arc<Progress>,
}

impl StagedScorer {
    /// Pulls batches until one has survivors, or the candidates end.
    fn refill(&mut self) {
        self.cursor = 0;
        loop {
            self.survivors.clear();
            if self.progress.must_stop() {
                return;
            }
            self.pull();
            if self.survivors.is_empty() && self.candidates.doc() == TERMINATED {
                return;
            }
            if let Err(error) = apply_stages(&mut self.stages, &mut self.survivors) {
                self.survivors.clear();
                self.progress.fail(error);
                return;
            }
            self.next_batch = (self.next_batch * BATCH_GROWTH).min(BATCH);
            if !self.survivors.is_empty() {
                return;
            }
        }
    }

    /// No candidate whose score is at most `score` gets more than this from the stages; infinity if no bound is known.
    fn max_score(&mut self, score: Score) -> Result<Score, Error> {
        let bound = self.stages.iter_mut().try_fold(score, |bound, stage| stage.max_score(bound))?;
        Ok(bound * self.boost)
    }

    /// Calls back with the matches whose scores are above a threshold, which each call may raise, and leaves out candidates that
    /// cannot get there.
    fn for_each_above(&mut self, mut threshold: Score, callback: &mut dyn FnMut(DocId, Score) -> Score) {
        loop {
            self.refill();
            if self.survivors.is_empty() {
                return;
            }
            let before = threshold;
            for (doc, score) in self.survivors.docs.iter().zip(&self.survivors.scores) {
                let score = score * self.boost;
                if score > threshold {
                    threshold = callback(*doc, score);
                }
            }
            if threshold > before
                && let Err(error) = self.leave_out_hopeless(threshold)
            {
                self.progress.fail(error);
                return;
            }
        }
    }

    /// From now on leaves out candidates whose scores are so low that they cannot get above a threshold, as far as a few attempts find
    /// that out.
    fn leave_out_hopeless(&mut self, threshold: Score) -> Result<(), Error> {
        const ATTEMPTS: usize = 16;
        let greatest = if self.uses_candidate_scores { Score::INFINITY } else { self.constant };
        if self.max_score(greatest)? <= threshold {
            self.candidates = Box::new(EmptyScorer);
            return Ok(());
        }
        let mut hopeless = self.hopeless.unwrap_or(0.0);
        if self.max_score(hopeless)? > threshold {
            return Ok(());
        }
        // Scores are not negative, so that their bits order like they do.
        let mut enough = Score::INFINITY.to_bits();
        for _ in 0..ATTEMPTS {
            let middle = hopeless.to_bits().midpoint(enough);
            if self.max_score(Score::from_bits(middle))? <= threshold {
                hopeless = Score::from_bits(middle);
            } else {
                enough = middle;
            }
        }
        self.hopeless = Some(hopeless);
        Ok(())
    }

    fn pull(&mut self) {
        if self.uses_candidate_scores {
            self.pull_scored();
        } else {
            self.pull_unscored();
        }
        if let Some(alive) = &self.alive {
            self.survivors.retain_docs(|doc| alive.is_alive(doc));
        }
        if let Some(hopeless) = self.hopeless {
            self.survivors.retain(|_, score| score > hopeless);
        }
    }

    fn pull_scored(&mut self) {
        let mut doc = self.candidates.doc();
        while doc != TERMINATED && self.survivors.len() < self.next_batch {
            let score = self.candidates.score();
            self.survivors.push(doc, score + self.constant);
            doc = self.candidates.advance();
        }
    }

    fn pull_unscored(&mut self) {
        let mut buffer = [0; COLLECT_BLOCK_BUFFER_LEN];
        while self.survivors.docs.len() < self.next_batch {
            let pulled = self.candidates.fill_buffer(&mut buffer);
            self.survivors.docs.extend_from_slice(&buffer[..pulled]);
            if pulled < buffer.len() {
                break;
            }
        }
        self.survivors.scores.resize(self.survivors.docs.len(), self.constant);
    }
}

impl DocSet for StagedScorer {
    fn advance(&mut self) -> DocId {
        self.cursor += 1;
        if self.cursor >= self.survivors.len() {
            self.refill();
        }
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.survivors.docs.last().is_some_and(|&last| target <= last) {
            let ahead = &self.survivors.docs[self.cursor..];
            self.cursor += ahead.partition_point(|&doc| doc < target);
            return self.doc();
        }
        if self.candidates.doc() < target {
            self.candidates.seek(target);
            self.next_batch = BATCH_AFTER_SEEK;
        }
        self.refill();
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.survivors.docs.get(self.cursor).copied().unwrap_or(TERMINATED)
    }

    fn size_hint(&self) -> u32 {
        self.candidates.size_hint()
    }

    fn cost(&self) -> u64 {
        self.candidates.cost() + STAGE_COST * u64::from(self.candidates.size_hint())
    }
}

impl Scorer for StagedScorer {
    fn score(&mut self) -> Score {
        self.survivors.scores[self.cursor] * self.boost
    }
}
