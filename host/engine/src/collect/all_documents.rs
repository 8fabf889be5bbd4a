//! Collects all matches.

use quidditch_index::SnapshotDocument;
use tantivy::Score;

use super::collector::{Collector, Demand, Matches, SegmentCollecting, SegmentCollector, SegmentContext};
use crate::Error;

/// All matches, in the order of the index.
pub(crate) struct AllDocuments;

impl Collector for AllDocuments {
    type Partial = Vec<SnapshotDocument>;

    fn demand(&self) -> Demand {
        Demand::Documents
    }

    fn may_skip(&self) -> bool {
        false
    }

    fn columns(&self, _: &mut dyn FnMut(&str)) {}

    fn open<'a>(&'a self, segment: &SegmentContext<'_>) -> Result<SegmentCollecting<'a, Vec<SnapshotDocument>>, Error> {
        Ok(Box::new(SegmentDocuments { split: segment.split, documents: Vec::new() }))
    }

    fn merge(&self, partials: Vec<Vec<SnapshotDocument>>) -> Vec<SnapshotDocument> {
        let mut documents = partials.concat();
        documents.sort_unstable();
        documents
    }
}

struct SegmentDocuments {
    split: usize,
    documents: Vec<SnapshotDocument>,
}

impl SegmentCollector<Vec<SnapshotDocument>> for SegmentDocuments {
    fn count(&mut self, _: u64) {}

    fn collect(&mut self, matches: &Matches<'_>) -> Result<(), Error> {
        let split = self.split;
        self.documents.extend(matches.docs.iter().map(|document| SnapshotDocument { split, document: *document }));
        Ok(())
    }

    fn threshold(&self) -> Option<Score> {
        None
    }

    fn finish(self: Box<Self>) -> Result<Vec<SnapshotDocument>, Error> {
        Ok(self.documents)
    }
}
