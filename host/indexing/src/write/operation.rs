//! One change of one document.

use std::sync::Arc;

use bytes::Bytes;

use super::{Condition, DocumentUpdate};

/// One change of one document.
#[derive(Debug, Clone)]
pub struct WriteOperation {
    /// The `_id` of the document; without one, a new ULID.
    pub id: Option<String>,
    /// What to do.
    pub action: WriteAction,
    /// What must hold for it.
    pub condition: Condition,
}

/// What to do with a document.
#[derive(Debug, Clone)]
pub enum WriteAction {
    /// Store this one, a JSON text, in place of any other with its `_id`.
    Index(Bytes),
    /// Delete it.
    Delete,
    /// Change it.
    Update(Arc<dyn DocumentUpdate>),
}

impl WriteOperation {
    /// About how much memory it takes, in bytes.
    pub fn bytes(&self) -> usize {
        let source = match &self.action {
            WriteAction::Index(source) => source.len(),
            WriteAction::Delete | WriteAction::Update(_) => 0,
        };
        size_of::<Self>() + self.id.as_ref().map_or(0, String::len) + source
    }
}
