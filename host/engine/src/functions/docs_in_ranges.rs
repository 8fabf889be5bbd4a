//! The documents of a batch that are in the ranges which a filter announced.

use tantivy::DocId;

use super::marked::retain_marked;

/// Those documents of a batch that have values in the ranges looked at so far.
#[derive(Default)]
pub(crate) struct DocsInRanges {
    /// Of each document of the batch, whether it is one of them.
    pub(crate) inside: Vec<bool>,
    /// These documents.
    pub(crate) docs: Vec<DocId>,
}

impl DocsInRanges {
    /// All documents of a batch.
    pub(super) fn start(&mut self, docs: &[DocId]) {
        self.docs.clear();
        self.docs.extend_from_slice(docs);
        self.inside.clear();
        self.inside.resize(docs.len(), true);
    }

    /// Keeps those of the documents that are marked.
    pub(super) fn retain(&mut self, marked: &[bool]) {
        if self.docs.len() == self.inside.len() {
            self.inside.copy_from_slice(marked);
        } else {
            let still_inside = self.inside.iter_mut().filter(|inside| **inside);
            still_inside.zip(marked).for_each(|(inside, marked)| *inside = *marked);
        }
        retain_marked(&mut self.docs, marked);
    }
}
