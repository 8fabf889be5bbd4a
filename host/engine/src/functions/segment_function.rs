//! An instance of a function at work on one segment.

use std::sync::Arc;

use quidditch_function::{Batch, BoundFilter, BoundScorer, DocumentRef, FunctionError, Values};
use serde_json::{Map, Value as Json};
use tantivy::{DocId, SegmentReader};

use super::bound_function::BoundFunction;
use super::docs_in_ranges::DocsInRanges;
use super::instance::Instance;
use super::marked::{mark_in_range, retain_marked_documents};
use super::on_error::OnError;
use crate::Error;
use crate::columns::{ColumnReader, document_id};
use crate::progress::Progress;

/// An instance at work on one segment.
pub(crate) struct SegmentFunction<T: ?Sized + Instance> {
    bound: Arc<BoundFunction<T>>,
    /// `None` before the first batch, and after it failed: a failed instance must not be used again.
    instance: Option<Box<T>>,
    readers: Vec<ColumnReader>,
    batch: Batch,
    /// The columns that were gathered for the ranges of this batch.
    gathered: Vec<usize>,
    marked: Vec<bool>,
    segment: SegmentReader,
}

/// The values of each column for one document, by the names of the columns.
pub(crate) type ColumnValues = Map<String, Json>;

impl<T: ?Sized + Instance> BoundFunction<T> {
    /// The function at work on a segment. It takes an instance for its first batch.
    pub(crate) fn open(self: &Arc<Self>, segment: &SegmentReader) -> Result<SegmentFunction<T>, Error> {
        let readers =
            self.columns.iter().map(|source| ColumnReader::open(source, segment)).collect::<Result<Vec<_>, _>>()?;
        let columns = readers.iter().map(ColumnReader::empty).collect();
        Ok(SegmentFunction {
            bound: Arc::clone(self),
            instance: None,
            readers,
            batch: Batch { columns, ..Batch::default() },
            gathered: Vec::new(),
            marked: Vec::new(),
            segment: segment.clone(),
        })
    }
}

impl<T: ?Sized + Instance> SegmentFunction<T> {
    /// Gathers the columns of `docs`, hands them to `call`, and records what it cost.
    pub(crate) fn call(
        &mut self,
        docs: &[DocId],
        scores: &[f32],
        progress: &Progress,
        call: impl FnOnce(&mut T, &Batch) -> Result<(), FunctionError>,
    ) -> Result<(), Error> {
        self.gather(docs)?;
        self.call_gathered(docs, scores, progress, call)
    }

    fn gather(&mut self, docs: &[DocId]) -> Result<(), Error> {
        for (reader, column) in self.readers.iter_mut().zip(&mut self.batch.columns) {
            reader.gather(docs, column)?;
        }
        Ok(())
    }

    fn call_gathered(
        &mut self,
        docs: &[DocId],
        scores: &[f32],
        progress: &Progress,
        call: impl FnOnce(&mut T, &Batch) -> Result<(), FunctionError>,
    ) -> Result<(), Error> {
        self.batch.len = docs.len();
        self.batch.scores.clear();
        self.batch.scores.extend_from_slice(scores);
        let mut instance = self.take_instance()?;
        let start = progress.now();
        let result = self.bound.in_span(|| call(&mut instance, &self.batch));
        self.bound.usage.count(docs.len(), progress.now().saturating_sub(start));
        match result {
            Ok(()) => {
                self.instance = Some(instance);
                Ok(())
            }
            Err(mut error) => {
                // Outside of this call, nobody knows the batch.
                if let Some(document) = error.cause.document_mut()
                    && let DocumentRef::BatchIndex(index) = document
                    && let Some(doc) = docs.get(*index)
                {
                    *document = DocumentRef::Id(document_id(&self.segment, *doc)?);
                }
                Err(self.failure(error))
            }
        }
    }

    /// The values of each column for a document, without calling the function.
    pub(crate) fn values_of(&mut self, doc: DocId) -> Result<ColumnValues, Error> {
        self.gather(&[doc])?;
        Ok(self.values_of_first())
    }

    /// The values of each column for the first document of the last call.
    pub(crate) fn values_of_first(&self) -> ColumnValues {
        let columns = self.bound.names.iter().zip(&self.batch.columns);
        columns.map(|(name, column)| (name.clone(), column.json(0))).collect()
    }

    fn take_instance(&mut self) -> Result<Box<T>, Error> {
        match self.instance.take() {
            Some(instance) => Ok(instance),
            None => self.bound.take().map_err(|error| self.failure(error)),
        }
    }

    /// The error of a failure, which is shown in the span of the function.
    fn failure(&self, error: FunctionError) -> Error {
        self.bound.trace_failure(&error);
        Error::Function(error)
    }
}

impl SegmentFunction<dyn BoundScorer> {
    /// Sets the scores of an earlier function of its chain for the documents of the next call.
    pub(crate) fn set_input(&mut self, input: usize, scores: &[f32]) {
        for (source, column) in self.bound.columns.iter().zip(&mut self.batch.columns) {
            if source.input_number() == Some(input)
                && let Values::Floats(values) = &mut column.values
            {
                values.clear();
                values.extend(scores.iter().map(|score| f64::from(*score)));
            }
        }
    }

    /// Replaces `answer` by the scores of `docs`, which have these `scores` so far if the function reads them.
    pub(crate) fn score(
        &mut self,
        docs: &[DocId],
        scores: &[f32],
        progress: &Progress,
        answer: &mut Vec<f32>,
    ) -> Result<(), Error> {
        let Err(error) = self.call(docs, scores, progress, |scorer, batch| scorer.score(batch, answer)) else {
            return Ok(());
        };
        self.bound.tolerate(error, docs.len(), progress)?;
        answer.clear();
        answer.resize(docs.len(), self.fallback());
        Ok(())
    }

    /// The score of documents that the function fails on.
    fn fallback(&self) -> f32 {
        match self.bound.on_error {
            OnError::Score(score) => score,
            OnError::Fail | OnError::Include | OnError::Exclude => 0.0,
        }
    }

    /// The most that a document with at most this score gets.
    pub(crate) fn max_score(&mut self, score: f32, progress: &Progress) -> Result<f32, Error> {
        match self.announced_max_score(score) {
            // Each document may be one that the function fails on.
            Ok(bound) => Ok(bound.max(self.fallback())),
            Err(error) => {
                self.bound.tolerate(error, 0, progress)?;
                Ok(f32::INFINITY)
            }
        }
    }

    fn announced_max_score(&mut self, score: f32) -> Result<f32, Error> {
        let mut instance = self.take_instance()?;
        let bound = instance.max_score(score).map_err(|error| self.failure(error))?;
        self.instance = Some(instance);
        Ok(bound)
    }
}

impl SegmentFunction<dyn BoundFilter> {
    /// Replaces `answer` by whether the function keeps each of `docs`.
    pub(crate) fn keep(&mut self, docs: &[DocId], progress: &Progress, answer: &mut Vec<u8>) -> Result<(), Error> {
        let called = self.call(docs, &[], progress, |filter, batch| filter.keep(batch, answer));
        self.or_fallback(called, docs, progress, answer)
    }

    /// Replaces `answer` by the answer of the clause if the function failed.
    fn or_fallback(
        &self,
        called: Result<(), Error>,
        docs: &[DocId],
        progress: &Progress,
        answer: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let Err(error) = called else { return Ok(()) };
        self.bound.tolerate(error, docs.len(), progress)?;
        answer.clear();
        answer.resize(docs.len(), u8::from(self.bound.on_error == OnError::Include));
        Ok(())
    }

    /// Whether the filter announces in what it can match.
    pub(crate) fn has_ranges(&self) -> bool {
        !self.bound.ranges().is_empty()
    }

    /// Looks for those of `docs` that have a value in each range which the filter announced, and gathers the columns of the ranges for
    /// them.
    pub(crate) fn narrow(&mut self, docs: &[DocId], in_ranges: &mut DocsInRanges) -> Result<(), Error> {
        in_ranges.start(docs);
        self.gathered.clear();
        for (_, range) in self.bound.ranges() {
            let index = range.column as usize;
            // Only for those that are in the ranges before: often, these are few.
            if !self.gathered.contains(&index) {
                self.readers[index].gather(&in_ranges.docs, &mut self.batch.columns[index])?;
                self.gathered.push(index);
            }
            self.marked.clear();
            self.marked.resize(in_ranges.docs.len(), true);
            mark_in_range(&self.batch.columns[index], range, &mut self.marked);
            if self.marked.contains(&false) {
                in_ranges.retain(&self.marked);
                for index in &self.gathered {
                    retain_marked_documents(&mut self.batch.columns[*index], &self.marked);
                }
            }
        }
        Ok(())
    }

    /// As [`SegmentFunction::keep`], for the documents that [`SegmentFunction::narrow`] found. What that gathered is not gathered again.
    pub(crate) fn keep_narrowed(
        &mut self,
        docs: &[DocId],
        progress: &Progress,
        answer: &mut Vec<u8>,
    ) -> Result<(), Error> {
        for (index, (reader, column)) in self.readers.iter_mut().zip(&mut self.batch.columns).enumerate() {
            if !self.gathered.contains(&index) {
                reader.gather(docs, column)?;
            }
        }
        let called = self.call_gathered(docs, &[], progress, |filter, batch| filter.keep(batch, answer));
        self.or_fallback(called, docs, progress, answer)
    }
}

impl<T: ?Sized + Instance> Drop for SegmentFunction<T> {
    fn drop(&mut self) {
        if let Some(instance) = self.instance.take() {
            self.bound.give_back(instance);
        }
    }
}
