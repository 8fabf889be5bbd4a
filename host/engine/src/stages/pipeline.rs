//! Candidates with stages over them.

use std::ops::Range;
use std::sync::Arc;

use tantivy::query::{Scorer, Weight};
use tantivy::{DocId, Score, SegmentReader, TERMINATED};

use super::candidates::Candidates;
use super::known_docs::KnownDocs;
use super::stage::{SegmentStage, Stage};
use crate::Error;

/// A clause, ready for any segment: what tantivy finds, a score that every match gets, and stages, in this order.
#[derive(Clone)]
pub(crate) struct Pipeline {
    /// Finds the candidates; `None` means all documents.
    pub(crate) candidates: Option<Arc<dyn Weight>>,
    /// Whether the scores of the candidates' query are used; otherwise a candidate starts at 0.
    pub(crate) uses_candidate_scores: bool,
    /// Added to the score of every candidate.
    pub(crate) constant: Score,
    pub(crate) stages: Arc<[Box<dyn Stage>]>,
}

impl Pipeline {
    pub(crate) fn open(&self, segment: &SegmentReader) -> Result<SegmentPipeline, Error> {
        Ok(SegmentPipeline {
            candidates: self.candidates.as_ref().map(|weight| weight.scorer(segment, 1.0)).transpose()?,
            uses_candidate_scores: self.uses_candidate_scores,
            constant: self.constant,
            stages: self.open_stages(segment, None)?,
            inner: Candidates::default(),
        })
    }

    /// The stages but the one at a position, at work on a segment.
    pub(super) fn open_stages(
        &self,
        segment: &SegmentReader,
        except: Option<usize>,
    ) -> Result<Vec<Box<dyn SegmentStage>>, Error> {
        let stages = self.stages.iter().enumerate().filter(|(position, _)| Some(*position) != except);
        stages.map(|(_, stage)| stage.open(segment)).collect()
    }

    /// The documents that one of the stages keeps, where these are known beforehand, and the position of that stage. Its documents can be
    /// the candidates: it does not depend on the stages before it, which only drop documents or change scores.
    pub(super) fn known(&self, segment: &SegmentReader, docs: &Range<DocId>) -> Option<(usize, KnownDocs)> {
        let mut stages = self.stages.iter().enumerate();
        stages.find_map(|(position, stage)| Some((position, stage.known(segment, docs.clone())?)))
    }
}

/// Hands candidates through stages, as long as some are left.
pub(super) fn apply_stages(stages: &mut [Box<dyn SegmentStage>], candidates: &mut Candidates) -> Result<(), Error> {
    for stage in stages {
        if candidates.is_empty() {
            break;
        }
        stage.apply(candidates)?;
    }
    Ok(())
}

/// A pipeline at work on one segment, which evaluates documents that other clauses found.
pub(crate) struct SegmentPipeline {
    candidates: Option<Box<dyn Scorer>>,
    uses_candidate_scores: bool,
    constant: Score,
    stages: Vec<Box<dyn SegmentStage>>,
    inner: Candidates,
}

impl SegmentPipeline {
    /// Calls `hit` with the position and the score of each of `docs` that matches.
    /// `docs` ascend within a call, and from call to call: the first may be the last one of the call before.
    pub(crate) fn evaluate(&mut self, docs: &[DocId], mut hit: impl FnMut(usize, Score)) -> Result<(), Error> {
        self.inner.clear();
        for &doc in docs {
            if let Some(score) = self.candidate_score(doc) {
                self.inner.push(doc, score + self.constant);
            }
        }
        apply_stages(&mut self.stages, &mut self.inner)?;
        let mut position = 0;
        for (&doc, &score) in self.inner.docs.iter().zip(&self.inner.scores) {
            while docs[position] < doc {
                position += 1;
            }
            hit(position, score);
        }
        Ok(())
    }

    fn candidate_score(&mut self, doc: DocId) -> Option<Score> {
        let Some(candidates) = &mut self.candidates else { return Some(0.0) };
        let mut at = candidates.doc();
        if at < doc {
            at = candidates.seek(doc);
        }
        debug_assert!(at >= doc || at == TERMINATED);
        if at != doc {
            return None;
        }
        Some(if self.uses_candidate_scores { candidates.score() } else { 0.0 })
    }
}
