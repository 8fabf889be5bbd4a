//! A function that decides which candidates stay.

use std::ops::Range;
use std::sync::Arc;

use quidditch_function::BoundFilter;
use tantivy::{DocId, Score, SegmentReader};

use super::candidates::Candidates;
use super::keep::Keep;
use super::known_docs::KnownDocs;
use super::stage::{Effect, SegmentStage, Stage};
use crate::Error;
use crate::functions::{DocsInRanges, FilterFunction, SegmentFunction, SegmentResults};
use crate::progress::Progress;

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

    fn known(&self, segment: &SegmentReader, docs: Range<DocId>) -> Option<KnownDocs> {
        let results = self.function.known_results(segment).filter(|results| results.is_complete())?;
        self.function.count_cached(docs.len());
        Some(KnownDocs::new(results, self.keep, docs))
    }

    fn open(&self, segment: &SegmentReader) -> Result<Box<dyn SegmentStage>, Error> {
        Ok(Box::new(SegmentFilter {
            filter: Arc::clone(&self.function),
            results: self.function.known_results(segment),
            asked: Candidates::default(),
            function: self.function.open(segment)?,
            keep: self.keep,
            progress: Arc::clone(&self.progress),
            answer: Vec::new(),
            narrowing: Narrowing::default(),
        }))
    }
}

struct SegmentFilter {
    filter: Arc<FilterFunction>,
    /// What the function kept in earlier requests, if that is recorded.
    results: Option<Arc<SegmentResults>>,
    /// Documents about which it is asked in this one.
    asked: Candidates,
    function: SegmentFunction<dyn BoundFilter>,
    keep: Keep,
    progress: Arc<Progress>,
    answer: Vec<u8>,
    narrowing: Narrowing,
}

/// Asks the function only about documents in the ranges that it announced, where that saves time: it keeps none of the others.
#[derive(Default)]
struct Narrowing {
    in_ranges: DocsInRanges,
    /// Batches for which the function is asked about all documents, as looking for the others took more time than it saved.
    pause: usize,
}

/// Batches between two attempts to ask about fewer documents where that saved no time.
const PAUSE: usize = 15;

impl Narrowing {
    /// Whether it is worth looking for documents of the next batch that the function need not be asked about.
    fn is_due(&mut self) -> bool {
        let is_paused = self.pause > 0;
        self.pause = self.pause.saturating_sub(1);
        !is_paused
    }

    /// Replaces `answer` by the answers about the documents in the ranges.
    fn ask(
        &mut self,
        function: &mut SegmentFunction<dyn BoundFilter>,
        candidates: &[DocId],
        progress: &Progress,
        answer: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let start = progress.now();
        function.narrow(candidates, &mut self.in_ranges)?;
        let (asked, narrowed) = (self.in_ranges.docs.len(), progress.now());
        if asked == 0 {
            return Ok(());
        }
        function.keep_narrowed(&self.in_ranges.docs, progress, answer)?;
        let narrowing = narrowed.saturating_sub(start).as_nanos() * asked as u128;
        let saved = progress.now().saturating_sub(narrowed).as_nanos() * (candidates.len() - asked) as u128;
        if saved < narrowing {
            self.pause = PAUSE;
        }
        Ok(())
    }
}

impl SegmentFilter {
    /// Asks the function only about those candidates of which its answer is not known.
    fn apply_with_results(&mut self, results: &SegmentResults, candidates: &mut Candidates) -> Result<(), Error> {
        let mut asked = std::mem::take(&mut self.asked);
        asked.clear();
        let unknown = candidates.docs.iter().filter(|doc| results.get(**doc).is_none());
        unknown.for_each(|doc| asked.push(*doc, 0.0));
        self.filter.count_cached(candidates.len() - asked.len());
        if !asked.is_empty() {
            let docs = asked.docs.clone();
            self.ask(&mut asked, Keep::Kept)?;
            results.record(&docs, &asked.docs);
        }
        self.asked = asked;
        let wanted = self.keep == Keep::Kept;
        candidates.retain_docs(|doc| results.get(doc) == Some(wanted));
        Ok(())
    }

    /// Asks the function about all candidates.
    fn ask(&mut self, candidates: &mut Candidates, keep: Keep) -> Result<(), Error> {
        let SegmentFilter { function, answer, narrowing, progress, .. } = self;
        let wanted = keep == Keep::Kept;
        answer.clear();
        if !function.has_ranges() || !narrowing.is_due() {
            function.keep(&candidates.docs, progress, answer)?;
            candidates.retain(|position, _| (answer[position] != 0) == wanted);
            return Ok(());
        }
        narrowing.ask(function, &candidates.docs, progress, answer)?;
        let inside = &narrowing.in_ranges.inside;
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
}

impl SegmentStage for SegmentFilter {
    fn apply(&mut self, candidates: &mut Candidates) -> Result<(), Error> {
        match self.results.clone() {
            Some(results) => self.apply_with_results(&results, candidates),
            None => self.ask(candidates, self.keep),
        }
    }

    fn max_score(&mut self, score: Score) -> Result<Score, Error> {
        Ok(score)
    }
}
