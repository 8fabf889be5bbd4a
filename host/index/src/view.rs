//! Splits of a snapshot, opened together.

use std::fmt;

use tantivy::schema::{TantivyDocument, Value};
use tantivy::{DocAddress, Index, IndexReader, ReloadPolicy, Searcher, SegmentReader};

use crate::mapping::{ID, SOURCE};
use crate::split::{LiveSplit, SplitsDirectory};
use crate::{IndexError, Mapping};

/// Blocks of documents that each split keeps decompressed, of 16 KiB each: one page of hits seldom needs more, and there
/// may be many splits.
const CACHED_STORE_BLOCKS: usize = 8;

/// Splits of a snapshot, opened together: one tantivy searcher over all of them. What it reads belongs to a
/// [`ReadSession`](crate::ReadSession).
pub struct View {
    searcher: Searcher,
    /// Of each segment, which split of the snapshot it is.
    splits: Vec<usize>,
    is_whole: bool,
}

/// A document as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDocument {
    /// Its `_id`.
    pub id: String,
    /// Its JSON text, without an `_id`.
    pub source: String,
}

impl fmt::Debug for View {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("View").field("splits", &self.splits).finish_non_exhaustive()
    }
}

impl View {
    /// Opens splits, given with their numbers in the snapshot. All that this reads is in their footers.
    pub(crate) fn open(mapping: &Mapping, members: Vec<(usize, LiveSplit)>) -> Result<Self, IndexError> {
        let is_whole = members.iter().all(|(_, member)| member.split.is_whole());
        let by_segment: Vec<(String, usize)> =
            members.iter().map(|(number, member)| (member.split.segment_id(), *number)).collect();
        let splits = members.into_iter().map(|(_, member)| member).collect();
        let mut index = Index::open(SplitsDirectory::new(&mapping.schema(), splits))?;
        index.set_tokenizers(mapping.tokenizers());
        let reader: IndexReader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(CACHED_STORE_BLOCKS)
            .try_into()?;
        let searcher = reader.searcher();
        // tantivy does not promise to keep the order of segments.
        let number_of = |segment: &SegmentReader| {
            let id = segment.segment_id().uuid_string();
            let found = by_segment.iter().find(|(other, _)| *other == id);
            found.map(|(_, number)| *number).expect("every segment is one of the splits")
        };
        let splits = searcher.segment_readers().iter().map(number_of).collect();
        Ok(View { searcher, splits, is_whole })
    }

    /// Searches the splits.
    pub fn searcher(&self) -> &Searcher {
        &self.searcher
    }

    /// Which split of the snapshot a segment is.
    pub fn split_of(&self, segment: usize) -> usize {
        self.splits[segment]
    }

    /// Whether all data of all splits is here, so that nothing can be missed.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// A document as it was given.
    ///
    /// # Errors
    /// [`IndexError::Search`] where its block is missed (see [`ReadSession::run`](crate::ReadSession::run)), where the address is not one
    /// of this view's documents, or where its block cannot be decompressed.
    pub fn stored(&self, address: DocAddress) -> Result<StoredDocument, IndexError> {
        let document: TantivyDocument = self.searcher.doc(address)?;
        let text = |field| document.get_first(field).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        Ok(StoredDocument { id: text(ID), source: text(SOURCE) })
    }
}
