//! How errors name a document.

use std::fmt;

/// Names a document in an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentRef {
    /// Its index in the batch, from 0. Callers of functions know no more about a document.
    BatchIndex(usize),
    /// Its `_id`, which the engine puts in place of the index.
    Id(String),
}

impl fmt::Display for DocumentRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DocumentRef::BatchIndex(index) => write!(formatter, "document {index} of the batch"),
            DocumentRef::Id(id) => write!(formatter, "document [{id}]"),
        }
    }
}
