//! Documents, read from lines of the input.

use std::collections::VecDeque;
use std::io::BufRead;

use quidditch_index::{IndexError, Mapping};

use super::batch::Batch;
use super::{AddOptions, BadDocument, Progress};
use crate::document::{DocumentReader, ReadDocument};
use crate::lines::{Lines, decompressed};

/// How many bytes of lines are read while those before them are indexed.
pub(super) const BATCH_BYTES: usize = 1024 * 1024;

/// How many bytes of lines are read at once where some have new fields: those of all of them are added to the mapping
/// together, so that few splits end early because of new fields.
pub(super) const BATCH_WITH_NEW_FIELDS_BYTES: usize = 8 * 1024 * 1024;

/// Reads batches of documents from the input.
pub(super) struct DocumentSource<'a> {
    lines: Lines<Box<dyn BufRead + Send + 'a>>,
    options: &'a AddOptions,
    reader: DocumentReader,
    /// The lines of the last batch.
    batch: Batch,
    /// Bytes of all lines.
    bytes: u64,
    has_more: bool,
}

/// Documents that were read.
pub(super) struct ReadBatch {
    pub(super) documents: VecDeque<ReadDocument>,
    /// Those that were refused, in the order of lines.
    pub(super) bad_documents: Vec<BadDocument>,
    /// The mapping that they were read with, and their new fields.
    pub(super) mapping: Mapping,
}

impl<'a> DocumentSource<'a> {
    pub(super) fn new(input: impl BufRead + Send + 'a, options: &'a AddOptions) -> Result<Self, IndexError> {
        let input = decompressed(input).map_err(|source| IndexError::Input { line: 0, source })?;
        Ok(DocumentSource {
            lines: Lines::new(input, options.max_line_bytes),
            options,
            reader: DocumentReader::default(),
            batch: Batch::default(),
            bytes: 0,
            has_more: true,
        })
    }

    /// How far it has come.
    pub(super) fn progress(&self) -> Progress {
        Progress { lines: self.lines.number(), bytes: self.bytes }
    }

    /// Reads the next documents; `None` after the last.
    ///
    /// # Errors
    /// [`IndexError::Input`].
    pub(super) fn next(&mut self, mapping: Mapping) -> Result<Option<ReadBatch>, IndexError> {
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

    /// Reads the documents of the last batch with another mapping.
    pub(super) fn again(&mut self, mapping: Mapping) -> ReadBatch {
        let mut read = ReadBatch::new(&self.batch, mapping);
        self.read_from(0, &mut read);
        self.with_long_lines(read)
    }

    fn fill(&mut self, bytes: usize) -> Result<(), IndexError> {
        let filled = self.batch.fill(&mut self.lines, bytes);
        self.has_more = filled.map_err(|source| IndexError::Input { line: self.lines.number(), source })?;
        Ok(())
    }

    /// Reads the documents from the line at `first` on.
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
        let reason = || format!("it is longer than {} bytes", self.options.max_line_bytes);
        let too_long = self.batch.too_long.iter().map(|line| BadDocument { line: *line, reason: reason() });
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
