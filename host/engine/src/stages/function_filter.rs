//! A function that decides which candidates stay.

use std::sync::Arc;

use quidditch_function::BoundFilter;
use tantivy::{DocId, Score, SegmentReader};

use super::candidates::Candidates;
use super::stage::{Effect, SegmentStage, Stage};
use crate::Error;
use crate::functions::{FilterFunction, SegmentFunction, retain_marked};
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

impl Narrowing {
    /// Whether the function is asked about all documents of the next batch.
    fn asks_about_all(&mut self, function: &SegmentFunction<dyn BoundFilter>) -> bool {
        let is_paused = self.pause > 0;
        self.pause = self.pause.saturating_sub(1);
        is_paused || !function.has_ranges()
    }

    /// Finds the documents that the function is asked about.
    fn narrow(&mut self, function: &mut SegmentFunction<dyn BoundFilter>, docs: &[DocId]) -> Result<(), Error> {
        function.in_ranges(docs, &mut self.inside)?;
        self.docs.clear();
        self.docs.extend_from_slice(docs);
        retain_marked(&mut self.docs, &self.inside);
        if docs.len() - self.docs.len() < docs.len() / 8 {
            self.pause = PAUSE;
        }
        Ok(())
    }
}

impl SegmentStage for SegmentFilter {
    fn apply(&mut self, candidates: &mut Candidates) -> Result<(), Error> {
        let SegmentFilter { function, answer, narrowing, progress, keep } = self;
        let wanted = *keep == Keep::Kept;
        answer.clear();
        if narrowing.asks_about_all(function) {
            function.call(&candidates.docs, &[], progress, |predicate, batch| predicate.keep(batch, answer))?;
            candidates.retain(|position, _| (answer[position] != 0) == wanted);
            return Ok(());
        }
        narrowing.narrow(function, &candidates.docs)?;
        let Narrowing { docs, inside, .. } = narrowing;
        if !docs.is_empty() {
            function.call_inside(docs, inside, progress, |predicate, batch| predicate.keep(batch, answer))?;
        }
        // The answer behind the last document inside, which is not looked at, but read.
        answer.push(0);
        let mut next = 0;
        candidates.retain(|position, _| {
            let is_kept = inside[position] & (answer[next] != 0);
            next += usize::from(inside[position]);
            is_kept == wanted
        });
        Ok(())
    }

    fn max_score(&mut self, score: Score) -> Result<Score, Error> {
        Ok(score)
    }
}
