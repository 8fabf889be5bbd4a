//! A batch of documents for the aggregations of one level.

use tantivy::DocId;

/// Documents that go through the aggregations of one level together, at most. Enough to make the calls for each batch cheap, and few
/// enough for their values to stay in the fast caches.
pub(super) const BATCH: usize = 2_048;

/// Documents of one segment, each with the number of its bucket in the aggregation around.
#[derive(Clone, Copy)]
pub(super) struct Batch<'a> {
    /// Ascending. A document that is in several buckets is there several times, perhaps in several batches one after another.
    pub(super) docs: &'a [DocId],
    /// The bucket of each document.
    pub(super) buckets: &'a [u32],
}

impl Batch<'_> {
    /// The number of buckets around, as far as the batch tells.
    pub(super) fn parents(&self) -> usize {
        self.buckets.iter().max().map_or(0, |largest| *largest as usize + 1)
    }
}

/// Documents that an aggregation hands on to those inside of it.
#[derive(Default)]
pub(super) struct Inner {
    docs: Vec<DocId>,
    buckets: Vec<u32>,
}

impl Inner {
    pub(super) fn clear(&mut self) {
        self.docs.clear();
        self.buckets.clear();
    }

    pub(super) fn push(&mut self, doc: DocId, bucket: u32) {
        self.docs.push(doc);
        self.buckets.push(bucket);
    }

    pub(super) fn len(&self) -> usize {
        self.docs.len()
    }

    /// About how much memory they use.
    pub(super) fn bytes(&self) -> usize {
        (self.docs.capacity() + self.buckets.capacity()) * size_of::<u32>()
    }

    pub(super) fn batch(&self) -> Batch<'_> {
        Batch { docs: &self.docs, buckets: &self.buckets }
    }
}
