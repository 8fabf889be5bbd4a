//! The documents that contain others, each once for each bucket.

use std::sync::Arc;

use tantivy::DocId;

use super::aggregation::Opening;
use super::batch::Batch;
use crate::Error;
use crate::memory::Reservation;
use crate::nested::DocBits;

/// The documents of a scope that contain documents, or are these documents.
pub(super) struct Parents {
    documents: Arc<DocBits>,
    /// By bucket, the last one that was found.
    last: Vec<Option<DocId>>,
    reservation: Reservation,
}

impl Parents {
    pub(super) fn new(documents: Arc<DocBits>, opening: &Opening<'_>) -> Self {
        Parents { documents, last: Vec::new(), reservation: opening.memory.reservation() }
    }

    /// All documents of the scope.
    pub(super) fn documents(&self) -> &DocBits {
        &self.documents
    }

    /// Gets ready for the buckets of a batch.
    pub(super) fn begin(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        let buckets = batch.parents();
        if self.last.len() < buckets {
            self.reservation.reach(buckets.saturating_mul(size_of::<Option<DocId>>()))?;
            self.last.resize(buckets, None);
        }
        Ok(())
    }

    /// The document that contains `doc`, unless the last one in the bucket had the same. Documents ascend. A document that contains
    /// only itself counts as often as it is there.
    pub(super) fn next(&mut self, doc: DocId, bucket: u32) -> Option<DocId> {
        let parent = self.documents.at_or_after(doc)?;
        let last = &mut self.last[bucket as usize];
        (last.replace(parent) != Some(parent) || parent == doc).then_some(parent)
    }
}
