//! What a test learns of a call.

use std::ops::Range;

use quidditch_storage::{Precondition, StorageError};

/// A call of a storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// How many calls came before.
    pub number: u64,
    /// The method.
    pub operation: Operation,
    /// The key; for listings the prefix or the folder.
    pub key: String,
}

/// A method of a storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// Reading an object.
    Get,
    /// Reading a range of an object.
    GetRange(Range<u64>),
    /// Writing an object.
    Put(Precondition),
    /// Reading the size and version of an object.
    Head,
    /// Listing objects.
    List,
    /// Listing folders.
    ListFolders,
    /// Deleting an object.
    Delete,
}

impl Operation {
    /// Whether it changes the store.
    pub fn is_write(&self) -> bool {
        matches!(self, Operation::Put(_) | Operation::Delete)
    }
}

/// The error of a call that may succeed when it is repeated.
pub fn unavailable(call: &Call) -> StorageError {
    StorageError::Unavailable { key: call.key.clone(), source: "the test made it fail".into() }
}
