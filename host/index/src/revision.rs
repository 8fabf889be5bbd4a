//! Which write of an index a document is from.

use tantivy::columnar::Column;
use tantivy::{DocId, SegmentReader};

use crate::IndexError;
use crate::mapping::{SEQ_NO, VERSION};

/// Which write a document is from. Each write of a document has a sequence number that no other write of it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revision {
    /// How often the document was written, or what its writer said.
    pub version: u64,
    /// The sequence number.
    pub seq_no: u64,
}

impl Revision {
    /// That of documents that were added before revisions were stored.
    pub const UNKNOWN: Revision = Revision { version: 1, seq_no: 0 };
}

/// The primary term of all documents: nothing takes over from a failed shard.
pub const PRIMARY_TERM: u64 = 1;

/// The revisions of the documents of a segment.
pub struct Revisions {
    versions: Option<Column<u64>>,
    seq_nos: Option<Column<u64>>,
}

impl Revisions {
    /// Opens the columns. Both are tried, so that missing bytes are known at once.
    ///
    /// # Errors
    /// [`IndexError::Search`] if bytes are not cached (see [`ReadSession::run`](crate::ReadSession::run)) or damaged.
    pub fn open(segment: &SegmentReader) -> Result<Self, IndexError> {
        let versions = segment.fast_fields().column_opt(VERSION);
        let seq_nos = segment.fast_fields().column_opt(SEQ_NO);
        Ok(Revisions { versions: versions?, seq_nos: seq_nos? })
    }

    /// That of a document.
    pub fn get(&self, document: DocId) -> Revision {
        let value = |column: &Option<Column<u64>>| column.as_ref().and_then(|column| column.first(document));
        Revision {
            version: value(&self.versions).unwrap_or(Revision::UNKNOWN.version),
            seq_no: value(&self.seq_nos).unwrap_or(Revision::UNKNOWN.seq_no),
        }
    }
}
