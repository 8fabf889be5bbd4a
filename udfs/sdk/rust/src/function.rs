//! The traits that authors implement.

use alloc::vec::Vec;

use crate::{Arguments, Batch, Columns, Error};

/// Decides which documents to keep. A value of the type is a filter that is bound to the arguments of one query clause.
pub trait Filter: Sized + 'static {
    /// The columns that it needs.
    type Columns: Columns;

    /// Binds the function to the arguments of a clause. Put expensive preparation here: it is called once, `keep` for every document.
    ///
    /// One instance of a component may be bound any number of times, and all bound values may be used at the same time. Keep all
    /// state in the value.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] is reported to the caller of the query as an error in the request. The message should name the
    /// parameter and the problem.
    fn bind(arguments: &Arguments) -> Result<Self, Error>;

    /// Requests the columns of the batches. Every call must return the same.
    fn columns(&self) -> Self::Columns;

    /// Returns whether to keep the document.
    fn keep(&self, document: <Self::Columns as Columns>::Document<'_>) -> bool;

    /// Returns one byte per document: 0 drops it, any other value keeps it. By default it calls [`Filter::keep`] for each
    /// document. Override it if a whole batch can be processed faster.
    ///
    /// # Errors
    ///
    /// Any error fails the query.
    fn keep_batch(&self, batch: &Batch<'_, Self::Columns>) -> Result<Vec<u8>, Error> {
        Ok(batch.keep_each(|document| self.keep(document)))
    }
}

/// Computes the scores of documents. A value of the type is a scorer that is bound to the arguments of one query clause.
pub trait Scorer: Sized + 'static {
    /// The columns that it needs.
    type Columns: Columns;

    /// Binds the function to the arguments of a clause, in the same way as [`Filter::bind`].
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] is reported to the caller of the query as an error in the request. The message should name the
    /// parameter and the problem.
    fn bind(arguments: &Arguments) -> Result<Self, Error>;

    /// Requests the columns of the batches. Every call must return the same.
    fn columns(&self) -> Self::Columns;

    /// Returns whether it needs the scores so far. Computing them takes time.
    fn needs_score(&self) -> bool {
        false
    }

    /// Returns the document's score, finite and not negative. `score` is the score so far, or 0 if [`Scorer::needs_score`] is `false`.
    fn score(&self, document: <Self::Columns as Columns>::Document<'_>, score: f32) -> f32;

    /// Returns one score per document. By default it calls [`Scorer::score`] for each document. Override it if a whole batch can be
    /// processed faster.
    ///
    /// # Errors
    ///
    /// Any error fails the query.
    fn score_batch(&self, batch: &Batch<'_, Self::Columns>) -> Result<Vec<f32>, Error> {
        Ok(batch.score_each(|document, score| self.score(document, score)))
    }
}
