//! Reads documents from the lines of the input.

use std::collections::VecDeque;
use std::io::BufRead;

use quidditch_index::Mapping;

use super::batch::Batch;
use super::options::AddOptions;
use super::report::{AddProgress, BadDocument};
use crate::document::{DocumentError, DocumentReader, ReadDocument};
use crate::lines::{Lines, decompressed};
use crate::{IndexWriter, IndexingError};

/// How many bytes of lines are read while those before them are indexed.
pub(super) const BATCH_BYTES: usize = 1024 * 1024;

/// How many bytes of lines are read if some have new fields: the new fields of all of them are added to the mapping together,
/// so that few splits end early because of new fields.
pub(super) const BATCH_WITH_NEW_FIELDS_BYTES: usize = 8 * 1024 * 1024;

/// Reads batches of documents from the input.
pub(super) struct DocumentSource<'a> {
    lines: Lines<Box<dyn BufRead + Send + 'a>>,
    options: &'a AddOptions,
    reader: DocumentReader,
    /// The lines of the last batch.
    batch: Batch,
    /// Size of all lines so far, in bytes.
    bytes: u64,
    has_more: bool,
}

/// Documents that were read.
pub(super) struct ReadBatch {
    pub(super) documents: VecDeque<ReadDocument>,
    /// Those that were rejected, in the order of lines.
    pub(super) bad_documents: Vec<BadDocument>,
    /// The mapping with which they were read, and their new fields.
    pub(super) mapping: Mapping,
}

impl<'a> DocumentSource<'a> {
    pub(super) fn new(
        input: impl BufRead + Send + 'a,
        options: &'a AddOptions,
        writer: &IndexWriter,
    ) -> Result<Self, IndexingError> {
        let input = decompressed(input).map_err(|source| IndexingError::Input { line: 0, source })?;
        Ok(DocumentSource {
            lines: Lines::new(input, options.max_line_bytes),
            options,
            reader: DocumentReader::of(writer),
            batch: Batch::default(),
            bytes: 0,
            has_more: true,
        })
    }

    pub(super) fn progress(&self) -> AddProgress {
        AddProgress { lines: self.lines.number(), bytes: self.bytes }
    }

    /// Reads the next documents; `None` after the last.
    ///
    /// # Errors
    /// [`IndexingError::Input`].
    pub(super) fn next(&mut self, mapping: Mapping) -> Result<Option<ReadBatch>, IndexingError> {
        if !self.has_more {
            return Ok(None);
        }
        self.batch = Batch::default();
        self.fill(BATCH_BYTES)?;
        let known_fields = mapping.fields().len();
        let mut read = ReadBatch::new(&self.batch, mapping);
        self.read_from(0, &mut read);
        if read.mapping.fields().len() > known_fields {
            let first = self.batch.len();
            self.fill(BATCH_WITH_NEW_FIELDS_BYTES)?;
            self.read_from(first, &mut read);
        }
        self.bytes += self.batch.bytes();
        Ok(Some(self.with_long_lines(read)))
    }

    /// Reads the documents of the last batch again, with another mapping.
    pub(super) fn reread(&mut self, mapping: Mapping) -> ReadBatch {
        let mut read = ReadBatch::new(&self.batch, mapping);
        self.read_from(0, &mut read);
        self.with_long_lines(read)
    }

    fn fill(&mut self, bytes: usize) -> Result<(), IndexingError> {
        let filled = self.batch.fill(&mut self.lines, bytes);
        self.has_more = filled.map_err(|source| IndexingError::Input { line: self.lines.number(), source })?;
        Ok(())
    }

    /// Reads the documents in the lines from the index `first`.
    fn read_from(&mut self, first: usize, read: &mut ReadBatch) {
        let AddOptions { id_field, line_ids, .. } = self.options;
        for (number, line) in self.batch.lines_from(first) {
            let line_id = line_ids.as_ref().map(|prefix| format!("{prefix}-{number}"));
            match self.reader.read(&mut read.mapping, line, id_field.as_deref(), line_id) {
                Ok(document) => read.documents.push_back(document),
                Err(reason) => read.bad_documents.push(BadDocument { line: number, reason }),
            }
        }
    }

    fn with_long_lines(&self, mut read: ReadBatch) -> ReadBatch {
        let reason = DocumentError::TooLong { max_bytes: self.options.max_line_bytes };
        let too_long = self.batch.too_long.iter().map(|line| BadDocument { line: *line, reason: reason.clone() });
        read.bad_documents.extend(too_long);
        read.bad_documents.sort_unstable_by_key(|bad| bad.line);
        read
    }
}

impl ReadBatch {
    fn new(batch: &Batch, mapping: Mapping) -> Self {
        ReadBatch { documents: VecDeque::with_capacity(batch.len()), bad_documents: Vec::new(), mapping }
    }
}
