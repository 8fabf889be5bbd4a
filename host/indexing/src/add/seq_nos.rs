//! The sequence numbers of added documents.

use quidditch_index::Revision;
use quidditch_index::format::Manifest;

/// Numbers documents from the next number of the manifest, as of the time when the work began. The numbers are stored in splits before
/// these are part of the index, so single writes in the meantime may get the same ones. If both wrote a document with the same `_id`
/// under the same number, a reader cannot distinguish them by their numbers (docs/writes.md).
#[derive(Debug, Clone)]
pub(super) struct SeqNos {
    next: u64,
}

impl SeqNos {
    pub(super) fn new(manifest: &Manifest) -> Self {
        SeqNos { next: manifest.next_seq_no }
    }

    /// The revision of the next document. Whether it replaces another one is not known yet, so its version is the first.
    pub(super) fn next(&mut self) -> Revision {
        let seq_no = self.next;
        self.next += 1;
        Revision { version: 1, seq_no }
    }

    /// Records in the manifest which numbers are used.
    pub(super) fn record(&self, manifest: &mut Manifest) {
        manifest.next_seq_no = manifest.next_seq_no.max(self.next);
    }
}
