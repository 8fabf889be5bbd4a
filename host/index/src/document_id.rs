//! Names of splits and documents that every process understands.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tantivy::DocId;

/// The name of a split for as long as it exists: its ULID. No two splits of any index have the same.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct SplitId(Arc<str>);

impl SplitId {
    /// As the manifest has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for SplitId {
    fn from(id: String) -> Self {
        SplitId(id.into())
    }
}

impl From<&str> for SplitId {
    fn from(id: &str) -> Self {
        SplitId(id.into())
    }
}

impl From<SplitId> for String {
    fn from(id: SplitId) -> Self {
        id.as_str().to_owned()
    }
}

impl fmt::Debug for SplitId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), formatter)
    }
}

impl fmt::Display for SplitId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The name of a document for as long as its split is part of the index. It does not depend on which splits a process has
/// opened, so it can be sent to another one. A merge moves documents to another split, where they have other names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DocumentId {
    /// Its split.
    pub split: SplitId,
    /// Its number in the split's segment.
    pub document: DocId,
}

/// A document of a [`Snapshot`](crate::Snapshot). These are in the order of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SnapshotDocument {
    /// The number of its split in the snapshot.
    pub split: usize,
    /// Its number in the split's segment.
    pub document: DocId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_named_in_json() {
        let id = DocumentId { split: "01J".into(), document: 7 };
        let json = serde_json::to_string(&id).expect("JSON");
        insta::assert_snapshot!(json, @r#"{"split":"01J","document":7}"#);
        assert_eq!(serde_json::from_str::<DocumentId>(&json).expect("valid"), id);
    }
}
