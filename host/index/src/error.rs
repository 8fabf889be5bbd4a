//! What can go wrong with an index, by what the caller can do about it.

use quidditch_storage::StorageError;

/// A failed operation on an index.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// There is no index of that name.
    #[error("no such index [{name}]")]
    NotFound {
        /// Name that was asked for.
        name: String,
    },
    /// There is an index of that name already.
    #[error("index [{name}] already exists")]
    AlreadyExists {
        /// The name.
        name: String,
    },
    /// No index can have this name.
    #[error("invalid index name [{name}]: {reason}")]
    InvalidName {
        /// The name.
        name: String,
        /// The rule that it breaks.
        reason: &'static str,
    },
    /// A mapping that says something unknown or impossible.
    #[error("invalid mapping at [{path}]: {reason}")]
    InvalidMapping {
        /// Where, from the root of the JSON, e.g. `properties.name.analyser`. Empty for the root.
        path: String,
        /// What is wrong there.
        reason: String,
    },
    /// A document that does not fit the mapping or a limit, where one such document ends the work.
    #[error("invalid document in line {line}: {reason}")]
    InvalidDocument {
        /// Its line, counted from 1 over all input.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// The documents cannot be read: what they come from failed, or it is no valid gzip.
    #[error("cannot read the documents after line {line}")]
    Input {
        /// The last line that was read, counted from 1.
        line: u64,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// An object of the index is not what was once written.
    #[error("object {object:?} is damaged: {what}")]
    Damaged {
        /// Key of the object.
        object: String,
        /// What is wrong with it.
        what: String,
    },
    /// The store failed.
    #[error("the store of the index failed")]
    Storage(#[from] StorageError),
    /// Others changed the index while this was at work: it may succeed later.
    #[error("index [{name}] was changed by others while it was being written (attempts: {attempts})")]
    Contention {
        /// The index.
        name: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// The search library failed on data that was checked: a bug.
    #[error("the search library failed")]
    Search(#[from] tantivy::TantivyError),
}
