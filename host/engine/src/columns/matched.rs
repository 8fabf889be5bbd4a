//! What is computed of the matches of one segment.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use quidditch_function::{Cause, Column as BatchColumn, FailurePhase, FunctionError};
use tantivy::columnar::Column;
use tantivy::{DocId, Score, SegmentReader, TantivyError};

use super::computed::ComputedField;
use super::computed_column::SegmentComputedColumn;
use super::materialised::{Materialised, MaterialisedWriter, OpenColumn};
use crate::Error;
use crate::memory::{Memory, Reservation};

/// Documents whose values are computed together.
const BATCH: usize = 4_096;

/// The matches of a segment, for collectors that read computed columns. Each column is computed once, for the matches alone: a
/// script may fail on other documents.
pub(crate) struct MatchedColumns<'a> {
    segment: &'a SegmentReader,
    /// Ascending.
    docs: &'a [DocId],
    /// One for each document, or none.
    scores: &'a [Score],
    memory: &'a Arc<Memory>,
    computed: Mutex<Vec<(Arc<ComputedField>, Arc<MatchedColumn>)>>,
    /// Columns with failures that nobody looks after yet.
    failing: Mutex<Vec<Arc<MatchedColumn>>>,
}

/// The values of a computed column for the matches of a segment.
pub(crate) struct MatchedColumn {
    values: Materialised,
    failures: Failures,
    _memory: Reservation,
}

/// The documents on which a script failed. They have no values.
struct Failures {
    /// Ascending.
    docs: Vec<DocId>,
    /// Their scores, or none.
    scores: Vec<Score>,
    /// Fails again on each of them: so errors need not be kept.
    column: Mutex<Box<dyn SegmentComputedColumn>>,
}

impl<'a> MatchedColumns<'a> {
    pub(crate) fn new(
        segment: &'a SegmentReader,
        (docs, scores): (&'a [DocId], &'a [Score]),
        memory: &'a Arc<Memory>,
    ) -> Self {
        MatchedColumns { segment, docs, scores, memory, computed: Mutex::default(), failing: Mutex::default() }
    }

    /// The column of a field, of which all values will be read.
    ///
    /// # Errors
    /// Also if a script failed on one of the matches.
    pub(crate) fn all_of(&self, field: &Arc<ComputedField>) -> Result<Arc<MatchedColumn>, Error> {
        let column = self.compute(field)?;
        column.check(&column.failures.docs)?;
        Ok(column)
    }

    /// The column of a field, of which some values will be read. Who reads them asks [`MatchedColumn::check`] before, for each
    /// column that [`MatchedColumns::take_failing`] returns.
    pub(crate) fn some_of(&self, field: &Arc<ComputedField>) -> Result<Arc<MatchedColumn>, Error> {
        let column = self.compute(field)?;
        if !column.failures.docs.is_empty() {
            lock(&self.failing).push(Arc::clone(&column));
        }
        Ok(column)
    }

    /// The columns with failures since the last call.
    pub(crate) fn take_failing(&self) -> Vec<Arc<MatchedColumn>> {
        std::mem::take(&mut *lock(&self.failing))
    }

    /// Puts columns back, for who looks after them later.
    pub(crate) fn put_failing(&self, columns: Vec<Arc<MatchedColumn>>) {
        *lock(&self.failing) = columns;
    }

    fn compute(&self, field: &Arc<ComputedField>) -> Result<Arc<MatchedColumn>, Error> {
        if let Some((_, column)) = lock(&self.computed).iter().find(|(known, _)| Arc::ptr_eq(known, field)) {
            return Ok(Arc::clone(column));
        }
        let mut reservation = self.memory.reservation();
        let mut column = field.column.open(self.segment)?;
        let mut writer = MaterialisedWriter::new(field.column.kind(), self.docs, self.segment.max_doc());
        let mut values = BatchColumn::empty(field.column.kind());
        let mut failed_scores = Vec::new();
        for (number, docs) in self.docs.chunks(BATCH).enumerate() {
            let scores_of = |first: usize, len: usize| self.scores.get(first..first + len).unwrap_or_default();
            match column.gather(docs, scores_of(number * BATCH, docs.len()), &mut values) {
                Ok(()) => writer.add(&values, docs.len(), &mut reservation)?,
                Err(error) if is_about_a_document(&error) => {
                    for (position, doc) in docs.iter().enumerate() {
                        let (doc, score) = (std::slice::from_ref(doc), scores_of(number * BATCH + position, 1));
                        match column.gather(doc, score, &mut values) {
                            Ok(()) => writer.add(&values, doc.len(), &mut reservation)?,
                            Err(error) if is_about_a_document(&error) => {
                                reservation.add(size_of::<(DocId, Score)>())?;
                                writer.leave_out();
                                failed_scores.extend_from_slice(score);
                            }
                            Err(error) => return Err(error),
                        }
                    }
                }
                Err(error) => return Err(error),
            }
        }
        let (values, failed) = writer.finish(&mut reservation)?;
        let failures = Failures { docs: failed, scores: failed_scores, column: Mutex::new(column) };
        let matched = Arc::new(MatchedColumn { values, failures, _memory: reservation });
        lock(&self.computed).push((Arc::clone(field), Arc::clone(&matched)));
        Ok(matched)
    }
}

impl MatchedColumn {
    /// The values by their type.
    pub(crate) fn open(&self) -> Result<OpenColumn, Error> {
        self.values.open()
    }

    /// Numbers and dates as bits that order like them; booleans as 0 and 1.
    pub(crate) fn bits(&self) -> Result<Option<Column<u64>>, Error> {
        self.values.bits()
    }

    /// Whether the script failed on none of these documents.
    ///
    /// # Errors
    /// Its failure on the first of them.
    pub(crate) fn check(&self, docs: &[DocId]) -> Result<(), Error> {
        let Failures { docs: failed, scores, column } = &self.failures;
        if failed.is_empty() {
            return Ok(());
        }
        let Some(place) = docs.iter().find_map(|doc| failed.binary_search(doc).ok()) else { return Ok(()) };
        let mut column = lock(column);
        let mut values = BatchColumn::empty(self.values.kind());
        column.gather(&failed[place..=place], scores.get(place..=place).unwrap_or_default(), &mut values)?;
        Err(TantivyError::InternalError("a script failed on a document, and then did not".to_owned()).into())
    }
}

/// One thread works on a segment: nobody waits here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a script failed on a document. Anything else that fails, fails for all documents.
fn is_about_a_document(error: &Error) -> bool {
    matches!(
        error,
        Error::Function(FunctionError { phase: FailurePhase::Run, cause: Cause::Script(failure), .. })
            if failure.document.is_some()
    )
}
