//! Splits of a snapshot, opened together.

use std::fmt;

use tantivy::schema::{TantivyDocument, Value};
use tantivy::{DocAddress, Index, IndexReader, ReloadPolicy, Searcher};

use crate::mapping::{ID, SOURCE};
use crate::split::LiveSplit;
use crate::splits_directory::SplitsDirectory;
use crate::{IndexError, Mapping, Revision, Revisions, SnapshotDocument};

/// Blocks of stored documents that each split keeps decompressed, of 16 KiB each: one page of hits seldom needs more, and there
/// may be many splits.
const CACHED_STORE_BLOCKS: usize = 8;

/// Splits of a snapshot, opened together: one tantivy searcher over all of them. What it reads belongs to a
/// [`ReadSession`](crate::ReadSession).
///
/// Segments have the order of their splits in the snapshot. So a [`DocAddress`], compared by segment and then by document, is
/// the position of a document in the index (the order `_doc`), whichever splits a view leaves out.
pub struct View {
    searcher: Searcher,
    /// The split number of each segment. Ascending.
    splits: Vec<usize>,
    is_whole: bool,
}

/// A document as it was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDocument {
    /// Its `_id`.
    pub id: String,
    /// Its JSON text, without an `_id`.
    pub source: String,
    /// The names of fields that left out a value of it.
    pub ignored: Vec<String>,
}

impl fmt::Debug for View {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("View").field("splits", &self.splits).finish_non_exhaustive()
    }
}

impl View {
    /// Opens splits, each with its number in the snapshot, ascending. All that this reads is in their footers.
    pub(crate) fn open(mapping: &Mapping, members: Vec<(usize, LiveSplit)>) -> Result<Self, IndexError> {
        let is_whole = members.iter().all(|(_, member)| member.split.is_whole());
        let segment_ids: Vec<String> = members.iter().map(|(_, member)| member.split.segment_id()).collect();
        let (splits, members): (Vec<usize>, Vec<LiveSplit>) = members.into_iter().unzip();
        assert!(splits.is_sorted(), "the splits of a view are given in their order: {splits:?}");
        let mut index = Index::open(SplitsDirectory::new(&mapping.schema(), members))?;
        index.set_tokenizers(mapping.tokenizers());
        let reader: IndexReader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(CACHED_STORE_BLOCKS)
            .try_into()?;
        let searcher = reader.searcher();
        // tantivy does so, but does not promise it, and the order of documents depends on it.
        let opened = searcher.segment_readers().iter().map(|segment| segment.segment_id().uuid_string());
        assert!(opened.eq(segment_ids), "tantivy opens segments in the order of its meta.json");
        Ok(View { searcher, splits, is_whole })
    }

    /// Searches the splits.
    pub fn searcher(&self) -> &Searcher {
        &self.searcher
    }

    /// The number of a segment's split in the snapshot.
    ///
    /// # Panics
    /// If there is no such segment.
    pub fn split_of(&self, segment: usize) -> usize {
        self.splits[segment]
    }

    /// Where tantivy finds a document of the snapshot; `None` if its split is not part of this view.
    pub fn address(&self, document: SnapshotDocument) -> Option<DocAddress> {
        let segment = self.splits.binary_search(&document.split).ok()?;
        Some(DocAddress::new(segment as u32, document.document))
    }

    /// The document of the snapshot that tantivy finds at an address.
    ///
    /// # Panics
    /// If there is no such segment.
    pub fn document(&self, address: DocAddress) -> SnapshotDocument {
        SnapshotDocument { split: self.split_of(address.segment_ord as usize), document: address.doc_id }
    }

    /// Whether all data of all splits is in memory, so that no read can miss.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Reads a stored document.
    ///
    /// # Errors
    /// [`IndexError::Search`] if its block is not cached (see [`ReadSession::run`](crate::ReadSession::run)), if there is no such
    /// document in this view, or if its block cannot be decompressed.
    pub fn stored(&self, address: DocAddress) -> Result<StoredDocument, IndexError> {
        let document: TantivyDocument = self.searcher.doc(address)?;
        let text = |field| document.get_first(field).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        let ignored = document.get_all(SOURCE).skip(1).filter_map(|value| value.as_str()).map(str::to_owned).collect();
        Ok(StoredDocument { id: text(ID), source: text(SOURCE), ignored })
    }

    /// The revision of a document.
    ///
    /// # Errors
    /// [`IndexError::Search`] if its columns are not cached (see [`ReadSession::run`](crate::ReadSession::run)) or are damaged.
    pub fn revision(&self, address: DocAddress) -> Result<Revision, IndexError> {
        Ok(Revisions::open(self.searcher.segment_reader(address.segment_ord))?.get(address.doc_id))
    }
}
