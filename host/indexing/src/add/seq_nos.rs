//! The sequence numbers of added documents.

use quidditch_index::Revision;
use quidditch_index::format::Manifest;

/// Numbers that depend on the time are multiples of this before the first document: fewer documents are added in a millisecond.
const PER_MILLISECOND: u64 = 1 << 10;

/// Numbers documents before it is known which writes happen in the meantime. No document may get the number of another document
/// with the same `_id`: a client that has read the one would replace the other.
#[derive(Debug, Clone)]
pub(super) struct SeqNos {
    next: u64,
    /// Whether the numbers continue those of the manifest.
    continue_manifest: bool,
}

impl SeqNos {
    /// In an index without documents, numbers follow those of the manifest. Otherwise they depend on the time, and are larger than
    /// any of a manifest.
    pub(super) fn new(manifest: &Manifest, now_millis: i64) -> Self {
        let continue_manifest = manifest.splits.is_empty();
        let millis = u64::try_from(now_millis).unwrap_or_default();
        let next = if continue_manifest { manifest.next_seq_no } else { millis * PER_MILLISECOND };
        SeqNos { next, continue_manifest }
    }

    /// The revision of the next document. Whether it replaces another one is not known yet, so its version is the first.
    pub(super) fn next(&mut self) -> Revision {
        let seq_no = self.next;
        self.next += 1;
        Revision { version: 1, seq_no }
    }

    /// Records in the manifest which numbers are used.
    pub(super) fn record(&self, manifest: &mut Manifest) {
        if self.continue_manifest {
            manifest.next_seq_no = manifest.next_seq_no.max(self.next);
        }
    }
}
