//! Writes one split.

use bytes::Bytes;
use quidditch_index::format::SplitEntry;
use quidditch_index::{IndexError, Mapping};
use tantivy::directory::RamDirectory;
use tantivy::{Index, SingleSegmentIndexWriter, TantivyDocument};

use crate::new_split::new_split;

/// After how many documents memory is measured: measuring looks at every column.
const DOCUMENTS_BETWEEN_MEASURES: u32 = 256;

/// A split that is being written, in memory.
pub(super) struct SplitWriter {
    writer: SingleSegmentIndexWriter,
    directory: RamDirectory,
    documents: u32,
    /// Number of fields of the mapping that it was begun with.
    fields: usize,
    source_bytes: usize,
    /// Of the index structures, when it was last measured.
    measured_bytes: usize,
}

impl SplitWriter {
    pub(super) fn new(mapping: &Mapping, memory_bytes: usize) -> Result<Self, IndexError> {
        let directory = RamDirectory::create();
        let writer = Index::builder()
            .schema(mapping.schema())
            .tokenizers(mapping.tokenizers())
            .single_segment_index_writer(directory.clone(), memory_bytes)?;
        let fields = mapping.fields().len();
        Ok(SplitWriter { writer, directory, documents: 0, fields, source_bytes: 0, measured_bytes: 0 })
    }

    pub(super) fn fields(&self) -> usize {
        self.fields
    }

    pub(super) fn documents(&self) -> u32 {
        self.documents
    }

    /// Memory that it needs, in bytes: the index structures, and no more than this for the sources, which are compressed.
    pub(super) fn memory_bytes(&self) -> usize {
        self.measured_bytes + self.source_bytes
    }

    pub(super) fn add(&mut self, document: TantivyDocument, source_bytes: usize) -> Result<(), IndexError> {
        self.writer.add_document(document)?;
        self.documents += 1;
        self.source_bytes += source_bytes;
        if self.documents.is_multiple_of(DOCUMENTS_BETWEEN_MEASURES) {
            self.measured_bytes = self.writer.mem_usage();
        }
        Ok(())
    }

    /// The split's bytes, and what the manifest is to say of it.
    pub(super) fn finish(self, mapping: &Mapping) -> Result<(SplitEntry, Bytes), IndexError> {
        let index = self.writer.finalize()?;
        new_split(mapping, &index, &self.directory)
    }
}
