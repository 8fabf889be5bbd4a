//! The failure of a script.

use crate::DocumentRef;

/// A mistake in a script, or its failure on a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason} (at byte {offset} of the script)")]
pub struct ScriptFailure {
    /// The name of the script's language.
    pub language: &'static str,
    /// The script.
    pub script: String,
    /// The byte of the source at which it failed.
    pub offset: usize,
    /// The type of the failure, such as `arithmetic_exception`.
    pub kind: &'static str,
    /// Why it failed.
    pub reason: String,
    /// The document on which it failed.
    pub document: Option<DocumentRef>,
}
