//! Why indices could not be searched.

use crate::Error;

/// An index that could not be searched.
#[derive(Debug)]
pub struct FailedIndex {
    /// Its name.
    pub index: String,
    /// Why.
    pub error: Error,
}

/// Why a search over several indices has no answer.
#[derive(Debug)]
pub enum IndicesError {
    /// The request is a mistake for all of the indices: one error for each.
    All(Vec<FailedIndex>),
    /// Something that ends the search of all indices. It came up with this one.
    Any(Box<FailedIndex>),
}
