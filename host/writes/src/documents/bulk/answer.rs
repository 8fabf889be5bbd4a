//! The answer to a bulk request.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use super::action::Action;
use crate::documents::written::WrittenDocument;

#[derive(Serialize)]
pub(super) struct BulkAnswer {
    /// Milliseconds.
    pub(super) took: u64,
    pub(super) errors: bool,
    pub(super) items: Vec<ItemAnswer>,
}

/// The answer to an operation: `{"index": {...}}`.
pub(super) struct ItemAnswer {
    pub(super) action: Action,
    pub(super) outcome: Outcome,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Outcome {
    /// Until the operation is performed.
    Pending,
    Written {
        #[serde(flatten)]
        document: WrittenDocument,
        status: u16,
    },
    Failed(Json),
}

impl ItemAnswer {
    pub(super) fn pending(action: Action) -> Self {
        ItemAnswer { action, outcome: Outcome::Pending }
    }

    pub(super) fn is_error(&self) -> bool {
        matches!(self.outcome, Outcome::Failed(_))
    }
}

impl Serialize for ItemAnswer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.action.name(), &self.outcome)?;
        map.end()
    }
}
