//! What authors implement.

use alloc::vec::Vec;

use crate::{Arguments, Batch, Columns, Error};

/// Decides which documents stay. A value of the type is a filter that is bound to the arguments of one query clause.
pub trait Filter: Sized + 'static {
    /// What it wants to see of a document.
    type Columns: Columns;

    /// Binds it. Expensive preparation belongs here: it is called once, `keep` for every document.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] reaches the caller of the query as a mistake of theirs: say which parameter is wrong, and how.
    fn bind(arguments: &Arguments) -> Result<Self, Error>;

    /// Which columns the batches are to have; always the same.
    fn columns(&self) -> Self::Columns;

    /// Whether the document stays.
    fn keep(&self, document: <Self::Columns as Columns>::Document<'_>) -> bool;

    /// One byte for each document: 0 drops it, anything else keeps it. Calls [`Filter::keep`] for each document; override it
    /// where a whole batch can be done faster.
    ///
    /// # Errors
    ///
    /// Any error fails the query.
    fn keep_batch(&self, batch: &Batch<'_, Self::Columns>) -> Result<Vec<u8>, Error> {
        Ok(batch.keep_each(|document| self.keep(document)))
    }
}

/// Gives documents their score. A value of the type is a scorer that is bound to the arguments of one query clause.
pub trait Scorer: Sized + 'static {
    /// What it wants to see of a document.
    type Columns: Columns;

    /// Binds it. Expensive preparation belongs here: it is called once, `score` for every document.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] reaches the caller of the query as a mistake of theirs: say which parameter is wrong, and how.
    fn bind(arguments: &Arguments) -> Result<Self, Error>;

    /// Which columns the batches are to have; always the same.
    fn columns(&self) -> Self::Columns;

    /// Whether it needs the scores that the query gave so far. Computing them costs time: say so only if it does.
    fn needs_score(&self) -> bool {
        false
    }

    /// The document's score, finite and not negative. `score` is the score so far, 0 if [`Scorer::needs_score`] says `false`.
    fn score(&self, document: <Self::Columns as Columns>::Document<'_>, score: f32) -> f32;

    /// One score for each document. Calls [`Scorer::score`] for each; override it where a whole batch can be done faster.
    ///
    /// # Errors
    ///
    /// Any error fails the query.
    fn score_batch(&self, batch: &Batch<'_, Self::Columns>) -> Result<Vec<f32>, Error> {
        Ok(batch.score_each(|document, score| self.score(document, score)))
    }
}
