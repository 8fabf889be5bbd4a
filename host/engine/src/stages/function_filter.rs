//! A function that decides which candidates stay.

use std::sync::Arc;

use quidditch_function::BoundFilter;
use tantivy::SegmentReader;

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
        }))
    }
}

struct SegmentFilter {
    function: SegmentFunction<dyn BoundFilter>,
    keep: Keep,
    progress: Arc<Progress>,
    answer: Vec<u8>,
}

impl SegmentStage for SegmentFilter {
    fn apply(&mut self, candidates: &mut Candidates) -> Result<(), Error> {
        let answer = &mut self.answer;
        self.function.call(&candidates.docs, &[], &self.progress, |predicate, batch| predicate.keep(batch, answer))?;
        let wanted = self.keep == Keep::Kept;
        candidates.retain(|position, _| (self.answer[position] != 0) == wanted);
        Ok(())
    }
}
