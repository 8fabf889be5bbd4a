//! The traits that authors implement.

use alloc::vec::Vec;

use crate::{Arguments, Batch, ColumnValue, Columns, ComputedColumn, Error};

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

    /// Returns what the filter can only match in, which spares the host reading other documents. By default nothing is known.
    fn ranges(&self) -> Vec<Range> {
        Vec::new()
    }

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

    /// Returns an upper bound: no document whose score so far is at most `score`, which may be infinite, gets more than this. By
    /// default no bound is known.
    fn max_score(&self, _score: f32) -> f32 {
        f32::INFINITY
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

/// Computes values of each document, which a request uses like the values of a field. A value of the type is bound to the arguments
/// of one call.
pub trait Values: Sized + 'static {
    /// The columns that it needs.
    type Columns: Columns;

    /// The type of the values: `bool`, `i64`, `f64`, [`Date`](crate::Date) or `String`.
    type Value: ColumnValue;

    /// Binds the function to the arguments of a call, in the same way as [`Filter::bind`].
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] is reported to the caller of the query as an error in the request. The message should name the
    /// parameter and the problem.
    fn bind(arguments: &Arguments) -> Result<Self, Error>;

    /// Requests the columns of the batches. Every call must return the same.
    fn columns(&self) -> Self::Columns;

    /// Returns the document's value, or `None` if it has none. Floats must be finite.
    ///
    /// # Panics
    ///
    /// By default: implement this, or [`Values::compute_batch`].
    fn value(&self, _document: <Self::Columns as Columns>::Document<'_>) -> Option<Self::Value> {
        panic!("implement either `value` or `compute_batch` of `Values`")
    }

    /// Returns the values of all documents. By default it calls [`Values::value`] for each document. Override it if documents may
    /// have several values, or if a whole batch can be processed faster; [`Batch::compute_each`] has the loop for both.
    ///
    /// # Errors
    ///
    /// Any error fails the query.
    fn compute_batch(&self, batch: &Batch<'_, Self::Columns>) -> Result<ComputedColumn<Self::Value>, Error> {
        Ok(batch.compute_each(|document| self.value(document)))
    }
}

/// The values of a column without which a filter keeps no document.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct Range {
    /// The index of the column among those that the filter requests. It must be of numbers or dates.
    pub column: u32,
    /// The smallest value.
    pub min: f64,
    /// The largest value. If it is less than `min`, the range consists of the values of at least `min` and those of at most `max`,
    /// such as longitudes across the date line.
    pub max: f64,
}
