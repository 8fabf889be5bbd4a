//! What is reported of adding documents.

use crate::DocumentError;

/// The result of adding documents.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AddReport {
    /// Documents that were added.
    pub added: u64,
    /// Documents that were replaced by later ones with the same `_id`, in the index or among those that were added. The index has
    /// grown by `added - replaced`.
    pub replaced: u64,
    /// Documents that were skipped.
    pub skipped: u64,
    /// The first 100 of those that were skipped.
    pub bad_documents: Vec<BadDocument>,
    /// New splits.
    pub splits: usize,
    /// Size of the new splits in bytes.
    pub bytes: u64,
}

/// A document that was skipped.
#[derive(Debug, Clone, PartialEq)]
pub struct BadDocument {
    /// Its line, counted from 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: DocumentError,
}

/// The progress of adding documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddProgress {
    /// Lines read.
    pub lines: u64,
    /// Bytes of the lines read, decompressed.
    pub bytes: u64,
}
