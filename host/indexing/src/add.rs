//! Adding documents.

mod batch;
mod new_fields;
mod new_splits;
mod options;
mod read_ahead;
#[cfg(test)]
mod replacing_tests;
mod report;
mod seq_nos;
#[cfg(test)]
mod split_tests;
pub(crate) mod split_writer;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};
use std::io::BufRead;
use std::panic::resume_unwind;
use std::thread;

use new_fields::agree_on_fields;
use new_splits::{NewSplit, NewSplits, remove_splits};
pub use options::{AddOptions, OnError};
use quidditch_index::format::{Manifest, split_key};
use quidditch_index::{Mapping, SplitId};
use quidditch_storage::Precondition;
use read_ahead::{DocumentSource, ReadBatch};
pub use report::{AddProgress, AddReport, BadDocument};
use seq_nos::SeqNos;
use split_writer::SplitWriter;
use tantivy::DocId;

use crate::document::ReadDocument;
use crate::{IndexWriter, IndexingError};

/// How many invalid documents a report describes. All are counted.
const DESCRIBED_BAD_DOCUMENTS: usize = 100;

impl IndexWriter {
    /// Adds documents: one JSON object per line, plain or gzip. Empty lines are skipped. A second thread reads them while this one
    /// indexes.
    ///
    /// All documents become visible at once, or none does. Only new fields may be added to the mapping earlier, since all
    /// writers must agree on their order; so they stay even if the documents are not added in the end.
    ///
    /// Reading and indexing block the thread that polls the future, for seconds.
    ///
    /// `progress` is called after each batch of lines.
    ///
    /// # Errors
    /// [`IndexError::NotFound`], [`IndexingError::InvalidDocument`] with [`OnError::Fail`], [`IndexingError::Input`],
    /// [`IndexingError::Contention`], [`IndexError::Storage`], [`IndexError::Damaged`]. After each, no document was added, except
    /// perhaps if the storage failed at the very last step and cannot tell whether it succeeded.
    ///
    /// [`IndexError::NotFound`]: quidditch_index::IndexError::NotFound
    /// [`IndexError::Storage`]: quidditch_index::IndexError::Storage
    /// [`IndexError::Damaged`]: quidditch_index::IndexError::Damaged
    pub async fn add_documents(
        &self,
        input: impl BufRead + Send,
        options: &AddOptions,
        progress: impl FnMut(AddProgress),
    ) -> Result<AddReport, IndexingError> {
        self.prepare_documents(input, options, progress).await?.commit().await
    }

    /// Does everything that [`IndexWriter::add_documents`] does but the last step, [`PreparedDocuments::commit`], which makes the
    /// documents visible.
    ///
    /// # Errors
    /// As [`IndexWriter::add_documents`].
    pub async fn prepare_documents<'a>(
        &'a self,
        input: impl BufRead + Send,
        options: &'a AddOptions,
        mut progress: impl FnMut(AddProgress),
    ) -> Result<PreparedDocuments<'a>, IndexingError> {
        let (manifest, _) = Manifest::read(self.storage(), self.index()).await?;
        let seq_nos = SeqNos::new(&manifest);
        let mut adding = Adding {
            writer: self,
            index_id: manifest.id,
            options,
            mapping: manifest.mapping,
            split: None,
            splits: Vec::new(),
            ids: HashMap::new(),
            replaced: Vec::new(),
            seq_nos,
            report: AddReport::default(),
        };
        if let Err(error) = adding.add_all(input, &mut progress).await {
            remove_splits(self, &adding.splits).await;
            return Err(error);
        }
        Ok(PreparedDocuments(adding))
    }
}

/// Documents in stored splits that are not part of the index yet.
#[must_use = "the documents are not part of the index yet"]
pub struct PreparedDocuments<'a>(Adding<'a>);

impl PreparedDocuments<'_> {
    /// Makes the documents part of the index.
    ///
    /// # Errors
    /// As [`IndexWriter::add_documents`].
    pub async fn commit(self) -> Result<AddReport, IndexingError> {
        self.0.commit().await
    }

    /// Removes the splits. What cannot be removed costs space until the next garbage collection.
    pub async fn discard(self) {
        remove_splits(self.0.writer, &self.0.splits).await;
    }
}

/// Documents on their way into splits.
struct Adding<'a> {
    writer: &'a IndexWriter,
    index_id: String,
    options: &'a AddOptions,
    /// The mapping of the index, as of the last time that it was read.
    mapping: Mapping,
    /// The split that is being written.
    split: Option<SplitWriter>,
    /// The splits that are finished.
    splits: Vec<NewSplit>,
    /// The location of the last document with each id, of those that contained one.
    ids: HashMap<Box<str>, Location>,
    /// Documents that were replaced by later ones.
    replaced: Vec<Location>,
    seq_nos: SeqNos,
    report: AddReport,
}

/// The location of a new document.
#[derive(Debug, Clone, Copy)]
struct Location {
    /// The index of its split among the new ones.
    split: usize,
    document: DocId,
}

impl Adding<'_> {
    async fn add_all(
        &mut self,
        input: impl BufRead + Send,
        progress: &mut impl FnMut(AddProgress),
    ) -> Result<(), IndexingError> {
        let mut source = DocumentSource::new(input, self.options, self.writer)?;
        // Documents whose fields are all in the index's mapping.
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

    /// Before documents with new fields are indexed, all writers must agree on the order of the fields.
    async fn agree(
        &mut self,
        source: &mut DocumentSource<'_>,
        mut batch: ReadBatch,
    ) -> Result<ReadBatch, IndexingError> {
        while batch.mapping != self.mapping {
            self.mapping = agree_on_fields(self.writer, &self.index_id, &batch.mapping).await?;
            if batch.mapping.is_prefix_of(&self.mapping) {
                break;
            }
            // Another writer has added fields at the same time, so the fields of these documents have other numbers now.
            batch = source.reread(self.mapping.clone());
        }
        Ok(batch)
    }

    fn report_bad(&mut self, bad_documents: Vec<BadDocument>) -> Result<(), IndexingError> {
        if self.options.on_error == OnError::Fail
            && let Some(BadDocument { line, reason }) = bad_documents.first().cloned()
        {
            return Err(IndexingError::InvalidDocument { line, reason });
        }
        self.report.skipped += bad_documents.len() as u64;
        let room = DESCRIBED_BAD_DOCUMENTS - self.report.bad_documents.len();
        self.report.bad_documents.extend(bad_documents.into_iter().take(room));
        Ok(())
    }

    /// Indexes documents until there are none left, or the split that is being written is full.
    fn fill_split(&mut self, documents: &mut VecDeque<ReadDocument>) -> Result<(), IndexingError> {
        while !self.is_split_full() {
            let Some(document) = documents.pop_front() else { break };
            self.add(document)?;
        }
        Ok(())
    }

    fn is_split_full(&self) -> bool {
        self.split.as_ref().is_some_and(|split| {
            // A split has the fields with which it began.
            split.fields() != self.mapping.fields().len()
                || split.documents() >= self.options.split_documents
                || split.memory_bytes() >= self.options.split_memory_bytes
        })
    }

    fn add(&mut self, read: ReadDocument) -> Result<(), IndexingError> {
        let split = match &mut self.split {
            Some(split) => split,
            None => self.split.insert(SplitWriter::new(&self.mapping, self.options.split_memory_bytes)?),
        };
        if let Some(id) = read.given_id {
            let document = split.documents() + DocId::try_from(read.nested.len()).expect("a limit of the mapping");
            let location = Location { split: self.splits.len(), document };
            self.replaced.extend(self.ids.insert(id.into(), location));
        }
        split.add(read.nested, read.document, self.seq_nos.next(), read.line_bytes)?;
        self.report.added += 1;
        Ok(())
    }

    /// Stores the split that is being written, if any.
    async fn finish_split(&mut self) -> Result<(), IndexingError> {
        let Some(split) = self.split.take() else { return Ok(()) };
        let (entry, bytes) = split.finish(self.writer.new_split_id(), &self.mapping)?;
        let key = split_key(self.writer.index(), &entry.id);
        // Recorded before it is stored: if that fails midway, it is among the splits to remove.
        self.splits.push(NewSplit { entry, stored_at: self.writer.now_millis() });
        self.writer.storage().put(&key, bytes, Precondition::Absent).await?;
        Ok(())
    }

    /// Makes the splits part of the index.
    async fn commit(self) -> Result<AddReport, IndexingError> {
        let Adding { writer, index_id, splits, ids, seq_nos, mut report, .. } = self;
        if splits.is_empty() {
            return Ok(report);
        }
        let mut replaced: HashMap<SplitId, Vec<DocId>> = HashMap::new();
        for Location { split, document } in self.replaced {
            replaced.entry(splits[split].entry.id.clone()).or_default().push(document);
        }
        let ids = ids.keys().map(|id| &**id).collect();
        let new = NewSplits { index_id: &index_id, splits: &splits, replaced, ids, seq_nos };
        let committed = new.commit(writer).await?;
        report.replaced = committed.replaced;
        report.splits = committed.splits.len();
        report.bytes = committed.splits.iter().map(|split| split.size).sum();
        Ok(report)
    }
}
