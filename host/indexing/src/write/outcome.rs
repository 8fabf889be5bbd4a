//! What became of operations.

use bytes::Bytes;
use quidditch_index::Revision;

use super::Conflict;
use crate::DocumentError;

/// What became of the operations of a commit.
#[derive(Debug)]
pub struct WriteReport {
    /// In the order of the operations.
    pub results: Vec<WriteResult>,
    /// Whether enough small splits are there to be merged.
    pub merge_due: bool,
}

/// What became of an operation.
#[derive(Debug)]
pub struct WriteResult {
    /// The `_id` of its document.
    pub id: String,
    /// What was done, or why not.
    pub outcome: Result<Written, Refused>,
}

impl WriteResult {
    /// Whether a document was stored or deleted.
    pub(super) fn is_change(&self) -> bool {
        let effect = self.outcome.as_ref().map(|written| written.effect);
        matches!(effect, Ok(Effect::Created | Effect::Updated | Effect::Deleted))
    }
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// What became of the document.
    pub effect: Effect,
    /// The revision of the document, or of its deletion.
    pub revision: Revision,
    /// The JSON text of the document after an update.
    pub source: Option<Bytes>,
}

/// What became of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// There was none.
    Created,
    /// It replaced another one.
    Updated,
    /// It was deleted.
    Deleted,
    /// It was to be deleted, and there was none.
    NotFound,
    /// It was left as it is.
    Noop,
}

/// Why nothing was done.
#[derive(Debug)]
pub enum Refused {
    /// The condition does not hold.
    Conflict(Conflict),
    /// The document to update does not exist.
    Missing,
    /// The document does not fit the mapping or a limit.
    Invalid(DocumentError),
    /// The new document cannot be computed.
    Failed(Box<dyn std::error::Error + Send + Sync>),
}
