//! A function that decides which candidates stay.

use std::sync::Arc;

use quidditch_function::BoundFilter;
use tantivy::{DocId, Score, SegmentReader};

use super::candidates::Candidates;
use super::stage::{Effect, SegmentStage, Stage};
use crate::Error;
use crate::functions::{FilterFunction, SegmentFunction};
use crate::progress::Progress;

/// Which candidates stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Those that the function keeps.
    Kept,
    /// Those that it drops: the function is in `must_not`.
    Dropped,
}

/// Asks a function about each batch.
#[derive(Clone)]
pub(crate) struct FunctionFilter {
    pub(crate) function: Arc<FilterFunction>,
    pub(crate) keep: Keep,
    pub(crate) progress: Arc<Progress>,
}

impl Stage for FunctionFilter {
    fn effect(&self) -> Effect {
        Effect::Filters
    }

    fn needs_scores(&self) -> bool {
        false
    }

    fn is_costly(&self) -> bool {
        true
    }

    fn negated(&self) -> Option<Box<dyn Stage>> {
        let keep = if self.keep == Keep::Kept { Keep::Dropped } else { Keep::Kept };
        Some(Box::new(FunctionFilter { keep, ..self.clone() }))
    }

    fn open(&self, segment: &SegmentReader) -> Result<Box<dyn SegmentStage>, Error> {
        Ok(Box::new(SegmentFilter {
            function: self.function.open(segment)?,
            keep: self.keep,
            progress: Arc::clone(&self.progress),
            answer: Vec::new(),
            narrowing: Narrowing::default(),
        }))
    }
}

struct SegmentFilter {
    function: SegmentFunction<dyn BoundFilter>,
    keep: Keep,
    progress: Arc<Progress>,
    answer: Vec<u8>,
    narrowing: Narrowing,
}

/// Which documents are in the ranges that the function announced. It is not asked about the others: it keeps none of them.
#[derive(Default)]
struct Narrowing {
    inside: Vec<bool>,
    docs: Vec<DocId>,
    /// Batches for which the function is asked about all documents, as in the last one there were hardly any others.
    pause: usize,
}

/// Batches between two attempts to ask about fewer documents where that saved hardly any.
const PAUSE: usize = 15;

/// Whether a function is asked about all documents of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    AboutAll,
    /// Only about those in its ranges.
    AboutSome,
}

impl Narrowing {
    fn narrow(&mut self, function: &mut SegmentFunction<dyn BoundFilter>, docs: &[DocId]) -> Result<Asked, Error> {
        if !function.has_ranges() {
            return Ok(Asked::AboutAll);
        }
        if self.pause > 0 {
            self.pause -= 1;
            return Ok(Asked::AboutAll);
        }
        function.in_ranges(docs, &mut self.inside)?;
        self.docs.clear();
        let inside = docs.iter().zip(&self.inside).filter(|(_, is_inside)| **is_inside);
        self.docs.extend(inside.map(|(doc, _)| *doc));
        let saved = docs.len() - self.docs.len();
        if saved < docs.len() / 8 {
            self.pause = PAUSE;
        }
        Ok(if saved == 0 { Asked::AboutAll } else { Asked::AboutSome })
    }
}

impl SegmentStage for SegmentFilter {
    fn apply(&mut self, candidates: &mut Candidates) -> Result<(), Error> {
        let SegmentFilter { function, answer, narrowing, progress, keep } = self;
        let asked = narrowing.narrow(function, &candidates.docs)?;
        let docs = if asked == Asked::AboutAll { &candidates.docs } else { &narrowing.docs };
        answer.clear();
        if !docs.is_empty() {
            function.call(docs, &[], progress, |predicate, batch| predicate.keep(batch, answer))?;
        }
        let wanted = *keep == Keep::Kept;
        if asked == Asked::AboutAll {
            candidates.retain(|position, _| (answer[position] != 0) == wanted);
            return Ok(());
        }
        let (mut answers, inside) = (answer.iter(), &narrowing.inside);
        candidates.retain(|position, _| {
            let is_kept = inside[position] && answers.next().is_some_and(|answer| *answer != 0);
            is_kept == wanted
        });
        Ok(())
    }

    fn max_score(&mut self, score: Score) -> Result<Score, Error> {
        Ok(score)
    }
}
