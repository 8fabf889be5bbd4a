//! Writes one split.

use bytes::Bytes;
use quidditch_index::format::SplitEntry;
use quidditch_index::{IndexError, Mapping, Revision, SplitId};
use tantivy::directory::RamDirectory;
use tantivy::schema::Field as TantivyField;
use tantivy::{Index, SingleSegmentIndexWriter, TantivyDocument};

use crate::new_split::new_split;

/// Memory is measured once per this many documents: measuring visits every column.
const DOCUMENTS_BETWEEN_MEASURES: u32 = 256;

/// A split that is being written, in memory.
pub(crate) struct SplitWriter {
    writer: SingleSegmentIndexWriter,
    directory: RamDirectory,
    /// Nested objects included.
    documents: u32,
    measured_documents: u32,
    /// Number of fields of the mapping with which it began.
    fields: usize,
    /// The fields of versions and sequence numbers.
    revision_fields: (TantivyField, TantivyField),
    source_bytes: usize,
    /// Memory of the index structures when it was last measured.
    measured_bytes: usize,
}

impl SplitWriter {
    pub(crate) fn new(mapping: &Mapping, memory_bytes: usize) -> Result<Self, IndexError> {
        let directory = RamDirectory::create();
        let writer = Index::builder()
            .schema(mapping.schema())
            .tokenizers(mapping.document_tokenizers())
            .single_segment_index_writer(directory.clone(), memory_bytes)?;
        let fields = mapping.fields().len();
        let revision_fields = mapping.revision_fields();
        Ok(SplitWriter {
            writer,
            directory,
            documents: 0,
            measured_documents: 0,
            fields,
            revision_fields,
            source_bytes: 0,
            measured_bytes: 0,
        })
    }

    pub(crate) fn fields(&self) -> usize {
        self.fields
    }

    /// Documents, and their nested objects.
    pub(crate) fn documents(&self) -> u32 {
        self.documents
    }

    /// An upper limit of its memory in bytes: that of the index structures, and the sources before their compression.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.measured_bytes + self.source_bytes
    }

    /// Adds a document, with its nested objects before it.
    pub(crate) fn add(
        &mut self,
        nested: Vec<TantivyDocument>,
        mut document: TantivyDocument,
        revision: Revision,
        source_bytes: usize,
    ) -> Result<(), IndexError> {
        let (version, seq_no) = self.revision_fields;
        document.add_u64(version, revision.version);
        document.add_u64(seq_no, revision.seq_no);
        for document in nested.into_iter().chain([document]) {
            self.writer.add_document(document)?;
            self.documents += 1;
        }
        self.source_bytes += source_bytes;
        if self.documents - self.measured_documents >= DOCUMENTS_BETWEEN_MEASURES {
            self.measured_documents = self.documents;
            self.measured_bytes = self.writer.mem_usage();
        }
        Ok(())
    }

    /// The split's bytes, and its entry for the manifest.
    pub(crate) fn finish(self, id: SplitId, mapping: &Mapping) -> Result<(SplitEntry, Bytes), IndexError> {
        let index = self.writer.finalize()?;
        new_split(id, mapping, &index, &self.directory)
    }
}
