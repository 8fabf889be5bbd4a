//! Adding documents.

mod batch;
mod fields;
mod new_splits;
mod read_ahead;
#[cfg(test)]
mod replacing_tests;
mod split_writer;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};
use std::io::BufRead;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use fields::agree_on_fields;
use new_splits::{NewSplit, NewSplits, remove_splits};
use quidditch_index::format::{Manifest, split_key};
use quidditch_index::{IndexError, Mapping, check_index_name};
use quidditch_storage::{Precondition, Storage};
use read_ahead::{DocumentSource, ReadBatch};
use split_writer::SplitWriter;
use tantivy::DocId;

use crate::commit::unix_millis;
use crate::document::ReadDocument;

/// How many bad documents a report describes. All are counted.
const DESCRIBED_BAD_DOCUMENTS: usize = 100;

/// How documents are added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddOptions {
    /// The key at the top of each document that has its `_id`, and stays in its source. By default the key `_id`, which does
    /// not; a document without it gets an id of `line_ids`, or a new ULID.
    ///
    /// A document that brings its `_id` replaces the one that has it: in the index, or in an earlier line. Of two writers that
    /// add the same `_id` at once, the one that is done last wins. All such ids are kept in memory until the end, each with
    /// about 80 bytes, and looked up in the splits that may have them.
    pub id_field: Option<String>,
    /// What the ids of documents begin with that come without one: a hyphen and the number of the line follow, so that adding
    /// the same lines again replaces them. By default they get new ULIDs instead, and are there twice.
    pub line_ids: Option<String>,
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
            line_ids: None,
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
    /// Documents with the same `_id` as later ones that were deleted for it, in the index or among those that were added. By
    /// `added - replaced` the index has grown.
    pub replaced: u64,
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

/// Adds documents to an index: one JSON object a line, plain or in gzip. Empty lines are passed over. A second thread reads
/// them while this one indexes.
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
    input: impl BufRead + Send,
    options: &AddOptions,
    mut progress: impl FnMut(Progress),
) -> Result<AddReport, IndexError> {
    check_index_name(index)?;
    let (manifest, _) = Manifest::read(storage, index).await?;
    let mut adding = Adding {
        storage,
        index,
        index_id: manifest.id,
        options,
        mapping: manifest.mapping,
        writer: None,
        splits: Vec::new(),
        ids: HashMap::new(),
        replaced: Vec::new(),
        report: AddReport::default(),
    };
    if let Err(error) = adding.add_all(input, &mut progress).await {
        remove_splits(storage, index, &adding.splits).await;
        return Err(error);
    }
    adding.commit().await
}

/// Documents on their way into splits.
struct Adding<'a> {
    storage: &'a Arc<dyn Storage>,
    index: &'a str,
    index_id: String,
    options: &'a AddOptions,
    /// The mapping that the index has, as far as is known here, or had before.
    mapping: Mapping,
    writer: Option<SplitWriter>,
    splits: Vec<NewSplit>,
    /// Where the last document with each id is, of those that brought one.
    ids: HashMap<Box<str>, Place>,
    /// Documents that later ones have replaced.
    replaced: Vec<Place>,
    report: AddReport,
}

/// Where a document is.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// The number of its split among the new ones.
    split: usize,
    document: DocId,
}

impl Adding<'_> {
    async fn add_all(
        &mut self,
        input: impl BufRead + Send,
        progress: &mut impl FnMut(Progress),
    ) -> Result<(), IndexError> {
        let mut source = DocumentSource::new(input, self.options)?;
        // Documents with fields that all writers have agreed on.
        let mut ready = VecDeque::new();
        loop {
            let batch = thread::scope(|scope| {
                let mapping = self.mapping.clone();
                let reading = scope.spawn(|| source.next(mapping));
                let added = self.fill_split(&mut ready);
                let batch = reading.join().unwrap_or_else(|panic| resume_unwind(panic));
                added.and(batch)
            })?;
            while !ready.is_empty() {
                self.finish_split().await?;
                self.fill_split(&mut ready)?;
            }
            let Some(batch) = batch else { break };
            let batch = self.agree(&mut source, batch).await?;
            self.report_bad(batch.bad_documents)?;
            ready = batch.documents;
            progress(source.progress());
        }
        self.finish_split().await
    }

    /// Before new fields get documents, all writers must agree on their order.
    async fn agree(&mut self, source: &mut DocumentSource<'_>, mut batch: ReadBatch) -> Result<ReadBatch, IndexError> {
        while batch.mapping != self.mapping {
            self.mapping = agree_on_fields(self.storage, self.index, &self.index_id, &batch.mapping).await?;
            if batch.mapping.is_prefix_of(&self.mapping) {
                break;
            }
            // Somebody else has added fields at the same time, so that these documents have the wrong ones.
            batch = source.again(self.mapping.clone());
        }
        Ok(batch)
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

    /// Adds documents until there are none left, or the split that is being written cannot take the next.
    fn fill_split(&mut self, documents: &mut VecDeque<ReadDocument>) -> Result<(), IndexError> {
        while !self.is_split_over() {
            let Some(document) = documents.pop_front() else { break };
            self.add(document)?;
        }
        Ok(())
    }

    fn is_split_over(&self) -> bool {
        self.writer.as_ref().is_some_and(|writer| {
            // A split has the fields that it began with.
            writer.fields() != self.mapping.fields().len()
                || writer.documents() >= self.options.split_documents
                || writer.memory_bytes() >= self.options.split_memory_bytes
        })
    }

    fn add(&mut self, read: ReadDocument) -> Result<(), IndexError> {
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => self.writer.insert(SplitWriter::new(&self.mapping, self.options.split_memory_bytes)?),
        };
        if let Some(id) = read.given_id {
            let place = Place { split: self.splits.len(), document: writer.documents() };
            self.replaced.extend(self.ids.insert(id.into(), place));
        }
        writer.add(read.document, read.line_bytes)?;
        self.report.added += 1;
        Ok(())
    }

    /// Stores the split that is being written, if there is one.
    async fn finish_split(&mut self) -> Result<(), IndexError> {
        let Some(writer) = self.writer.take() else { return Ok(()) };
        let (entry, bytes) = writer.finish(&self.mapping)?;
        let key = split_key(self.index, &entry.id);
        // In the list before it is stored: if that fails half way, it is among those to remove.
        self.splits.push(NewSplit { entry, stored_at: unix_millis() });
        self.storage.put(&key, bytes, Precondition::Absent).await?;
        Ok(())
    }

    /// Makes the splits part of the index.
    async fn commit(self) -> Result<AddReport, IndexError> {
        let Adding { storage, index, index_id, splits, ids, mut report, .. } = self;
        if splits.is_empty() {
            return Ok(report);
        }
        let mut replaced: HashMap<String, Vec<DocId>> = HashMap::new();
        for Place { split, document } in self.replaced {
            replaced.entry(splits[split].entry.id.clone()).or_default().push(document);
        }
        let ids = ids.keys().map(|id| &**id).collect();
        let new = NewSplits { index_id: &index_id, splits: &splits, replaced, ids };
        let committed = new.commit(storage, index).await?;
        report.replaced = committed.replaced;
        report.splits = committed.splits.len();
        report.bytes = committed.splits.iter().map(|split| split.size).sum();
        Ok(report)
    }
}
