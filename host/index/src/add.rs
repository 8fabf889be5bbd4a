//! Adding documents.

mod commit;
mod split_writer;
#[cfg(test)]
mod tests;

use std::io::BufRead;
use std::sync::Arc;

use commit::{agree_on_fields, commit_splits, remove_splits};
use quidditch_storage::{Precondition, Storage};
use split_writer::SplitWriter;
use tantivy::TantivyDocument;

use crate::document::DocumentReader;
use crate::lines::{Line, Lines, decompressed};
use crate::manifest::{Manifest, SplitEntry};
use crate::name::{check_index_name, split_key};
use crate::{IndexError, Mapping};

/// How many bytes of lines are read before any of them is indexed: the new fields of all of them are added to the mapping at
/// once, so that few splits end early because of new fields.
const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// How many bad documents a report describes. All are counted.
const DESCRIBED_BAD_DOCUMENTS: usize = 100;

/// How documents are added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddOptions {
    /// The key at the top of each document that has its `_id`, and stays in its source. By default the key `_id`, which does
    /// not; a document without it gets a new ULID.
    ///
    /// Two documents with the same `_id` both stay.
    pub id_field: Option<String>,
    /// What a bad document leads to. By default it is skipped.
    pub on_error: OnError,
    /// Longest line in bytes, without what ends it. By default 16 MiB: a longer one is rather a mistake than a document.
    pub max_line_bytes: usize,
    /// Memory in bytes that a split may need while it is written. By default 256 MiB, which gives splits that are worth a
    /// request and fit the smallest machines. Larger splits are faster to search.
    pub split_memory_bytes: usize,
    /// Most documents of a split. By default 5 million, so that searches have splits to work on in parallel.
    pub split_documents: u32,
}

/// What a bad document leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnError {
    /// It is left out and reported.
    Skip,
    /// Nothing is added at all.
    Fail,
}

impl Default for AddOptions {
    fn default() -> Self {
        AddOptions {
            id_field: None,
            on_error: OnError::Skip,
            max_line_bytes: 16 * 1024 * 1024,
            split_memory_bytes: 256 * 1024 * 1024,
            split_documents: 5_000_000,
        }
    }
}

/// What was added.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AddReport {
    /// Documents that were added.
    pub added: u64,
    /// Documents that were left out.
    pub skipped: u64,
    /// The first 100 of those that were left out.
    pub bad_documents: Vec<BadDocument>,
    /// New splits.
    pub splits: usize,
    /// Size of the new splits in bytes.
    pub bytes: u64,
}

/// A document that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadDocument {
    /// Its line, counted from 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
}

/// How far the work has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Lines read.
    pub lines: u64,
    /// Bytes of the lines read, decompressed.
    pub bytes: u64,
}

/// Adds documents to an index: one JSON object a line, plain or in gzip. Empty lines are passed over.
///
/// All documents become visible at once, or none does. Only new fields may come into the mapping a little earlier, since all
/// writers must agree on their order; so they stay even if the documents are not added in the end. Any number of writers
/// may work on one index.
///
/// `progress` is called now and then.
///
/// # Errors
/// [`IndexError::NotFound`], [`IndexError::InvalidDocument`] under [`OnError::Fail`], [`IndexError::Input`],
/// [`IndexError::Contention`], [`IndexError::Storage`], [`IndexError::Damaged`]. After each, no document was added, except
/// perhaps where the storage failed at the very last step and cannot say whether it succeeded.
pub async fn add_documents(
    storage: &Arc<dyn Storage>,
    index: &str,
    input: impl BufRead,
    options: &AddOptions,
    mut progress: impl FnMut(Progress),
) -> Result<AddReport, IndexError> {
    check_index_name(index)?;
    let (manifest, _) = Manifest::read(storage, index).await?;
    let mut adding = Adding {
        storage,
        index,
        options,
        mapping: manifest.mapping,
        reader: DocumentReader::default(),
        writer: None,
        splits: Vec::new(),
        report: AddReport::default(),
    };
    if let Err(error) = adding.add_all(input, &mut progress).await {
        remove_splits(storage, index, &adding.splits).await;
        return Err(error);
    }
    commit_splits(storage, index, &adding.mapping, &adding.splits).await?;
    Ok(adding.report)
}

/// Documents on their way into splits.
struct Adding<'a> {
    storage: &'a Arc<dyn Storage>,
    index: &'a str,
    options: &'a AddOptions,
    /// The mapping that the index has, as far as is known here, or had before.
    mapping: Mapping,
    reader: DocumentReader,
    writer: Option<SplitWriter>,
    /// Splits that are stored, but not in the manifest yet.
    splits: Vec<SplitEntry>,
    report: AddReport,
}

/// Some lines of the input.
#[derive(Default)]
struct Batch {
    text: Vec<u8>,
    /// The number of each line, and where in the text it ends.
    lines: Vec<(u64, usize)>,
    /// Lines that are too long to be kept.
    too_long: Vec<u64>,
}

impl Adding<'_> {
    async fn add_all(&mut self, input: impl BufRead, progress: &mut impl FnMut(Progress)) -> Result<(), IndexError> {
        let input = decompressed(input).map_err(|source| IndexError::Input { line: 0, source })?;
        let mut lines = Lines::new(input, self.options.max_line_bytes);
        let mut bytes = 0;
        loop {
            let mut batch = Batch::default();
            let more = batch.fill(&mut lines).map_err(|source| IndexError::Input { line: lines.number(), source })?;
            bytes += batch.text.len() as u64;
            self.add_batch(&batch).await?;
            progress(Progress { lines: lines.number(), bytes });
            if !more {
                break;
            }
        }
        self.finish_split().await
    }

    async fn add_batch(&mut self, batch: &Batch) -> Result<(), IndexError> {
        let (documents, bad_documents) = loop {
            let mut mapping = self.mapping.clone();
            let read = self.read_batch(batch, &mut mapping);
            if mapping == self.mapping {
                break read;
            }
            // Before new fields get documents, all writers must agree on their order.
            self.mapping = agree_on_fields(self.storage, self.index, &mapping).await?;
            if mapping.is_prefix_of(&self.mapping) {
                break read;
            }
            // Somebody else has added fields at the same time, so that these documents have the wrong ones.
        };
        self.report_bad(bad_documents)?;
        for (document, source_bytes) in documents {
            self.add(document, source_bytes).await?;
        }
        Ok(())
    }

    /// Reads the documents of a batch, with the size of each. Unknown fields are added to the mapping.
    fn read_batch(
        &mut self,
        batch: &Batch,
        mapping: &mut Mapping,
    ) -> (Vec<(TantivyDocument, usize)>, Vec<BadDocument>) {
        let mut documents = Vec::with_capacity(batch.lines.len());
        let too_long = format!("it is longer than {} bytes", self.options.max_line_bytes);
        let mut bad_documents: Vec<_> =
            batch.too_long.iter().map(|line| BadDocument { line: *line, reason: too_long.clone() }).collect();
        let mut start = 0;
        for (number, end) in &batch.lines {
            let line = &batch.text[start..*end];
            start = *end;
            match self.reader.read(mapping, line, self.options.id_field.as_deref()) {
                Ok(document) => documents.push((document, line.len())),
                Err(reason) => bad_documents.push(BadDocument { line: *number, reason }),
            }
        }
        bad_documents.sort_unstable_by_key(|bad| bad.line);
        (documents, bad_documents)
    }

    fn report_bad(&mut self, bad_documents: Vec<BadDocument>) -> Result<(), IndexError> {
        if self.options.on_error == OnError::Fail
            && let Some(BadDocument { line, reason }) = bad_documents.first().cloned()
        {
            return Err(IndexError::InvalidDocument { line, reason });
        }
        self.report.skipped += bad_documents.len() as u64;
        let room = DESCRIBED_BAD_DOCUMENTS - self.report.bad_documents.len();
        self.report.bad_documents.extend(bad_documents.into_iter().take(room));
        Ok(())
    }

    async fn add(&mut self, document: TantivyDocument, source_bytes: usize) -> Result<(), IndexError> {
        // A split has the fields that it began with.
        if self.writer.as_ref().is_some_and(|writer| writer.fields() != self.mapping.fields().len()) {
            self.finish_split().await?;
        }
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => self.writer.insert(SplitWriter::new(&self.mapping, self.options.split_memory_bytes)?),
        };
        writer.add(document, source_bytes)?;
        self.report.added += 1;
        if writer.documents() >= self.options.split_documents
            || writer.memory_bytes() >= self.options.split_memory_bytes
        {
            self.finish_split().await?;
        }
        Ok(())
    }

    /// Stores the split that is being written, if there is one.
    async fn finish_split(&mut self) -> Result<(), IndexError> {
        let Some(writer) = self.writer.take() else { return Ok(()) };
        let (entry, bytes) = writer.finish(&self.mapping)?;
        let key = split_key(self.index, &entry.id);
        self.report.splits += 1;
        self.report.bytes += entry.size;
        // In the list before it is stored: if that fails half way, it is among those to remove.
        self.splits.push(entry);
        self.storage.put(&key, bytes, Precondition::Absent).await?;
        Ok(())
    }
}

impl Batch {
    /// Reads lines until there are enough. Whether there may be more.
    fn fill(&mut self, lines: &mut Lines<impl BufRead>) -> std::io::Result<bool> {
        let mut line = Vec::new();
        while self.text.len() < BATCH_BYTES {
            match lines.next(&mut line)? {
                Line::End => return Ok(false),
                Line::TooLong => self.too_long.push(lines.number()),
                Line::Complete if line.trim_ascii().is_empty() => {}
                Line::Complete => {
                    self.text.extend_from_slice(&line);
                    self.lines.push((lines.number(), self.text.len()));
                }
            }
        }
        Ok(true)
    }
}
