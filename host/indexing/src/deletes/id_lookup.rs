//! Looking up documents by their ids.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use quidditch_index::format::{ID, Manifest, SplitEntry};
use quidditch_index::{Cost, IndexError, ReadSession, ReadSettings, Snapshot, SplitId, SplitReader, View};
use quidditch_storage::Version;
use tantivy::postings::TermInfo;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, InvertedIndexReader, TERMINATED, TantivyError};

use crate::IndexWriter;

/// If a dictionary has at most this many terms per id, all its terms are read in sequence, which takes a quarter of a microsecond
/// per term. Looking up a single id takes some 100 µs, as the block that contains it is read from its beginning.
const MAX_TERMS_PER_ID: usize = 400;

/// How many splits are searched at a time: enough to keep the number of round trips low, and few enough for memory even if their
/// dictionaries are read whole.
const SPLITS_AT_A_TIME: usize = 16;

/// Finds the documents that have some ids.
pub(crate) struct IdLookup<'a> {
    reader: Arc<SplitReader>,
    index: &'a str,
    /// Sorted.
    ids: Vec<&'a str>,
    /// The documents found in each split that was searched: splits never change.
    found: HashMap<SplitId, Vec<DocId>>,
}

impl<'a> IdLookup<'a> {
    pub(crate) fn new(writer: &'a IndexWriter, mut ids: Vec<&'a str>) -> Self {
        ids.sort_unstable();
        // Nothing is read twice.
        let settings = ReadSettings { memory_cache_bytes: 0, ..ReadSettings::default() };
        let reader = Arc::new(SplitReader::new(Arc::clone(writer.storage()), settings));
        IdLookup { reader, index: writer.index(), ids, found: HashMap::new() }
    }

    /// The documents of the manifest's splits that have one of the ids, by split, whether they are deleted or not.
    ///
    /// # Errors
    /// [`IndexError::Damaged`], [`IndexError::Storage`].
    pub(crate) async fn find(&mut self, manifest: &Manifest) -> Result<HashMap<SplitId, Vec<DocId>>, IndexError> {
        let unsearched: Vec<SplitEntry> = manifest
            .splits
            .iter()
            .filter(|split| !self.found.contains_key(&split.id) && !possible_ids(split, &self.ids).is_empty())
            // Deleted documents are found as well, so that deletes need not be read.
            .map(|split| SplitEntry { deletes: None, ..split.clone() })
            .collect();
        for splits in unsearched.chunks(SPLITS_AT_A_TIME) {
            let found = self.in_splits(Manifest { splits: splits.to_vec(), ..manifest.clone() }).await?;
            self.found.extend(splits.iter().map(|split| split.id.clone()).zip(found));
        }
        let found_in = |split: &SplitEntry| {
            let documents = self.found.get(&split.id).filter(|documents| !documents.is_empty())?;
            Some((split.id.clone(), documents.clone()))
        };
        Ok(manifest.splits.iter().filter_map(found_in).collect())
    }

    /// The documents of each split of a manifest.
    async fn in_splits(&self, manifest: Manifest) -> Result<Vec<Vec<DocId>>, IndexError> {
        let splits = manifest.splits.clone();
        let reads = ReadSession::new(&self.reader, &Arc::new(Cost::default()));
        let snapshot = Snapshot::from_manifest(&self.reader, self.index, manifest, Version::new(""));
        let view = snapshot.view_of_all(&reads).await?;
        reads.run(|| self.in_view(&view, &splits)).await
    }

    fn in_view(&self, view: &View, splits: &[SplitEntry]) -> Result<Vec<Vec<DocId>>, IndexError> {
        let mut found = vec![Ok(Vec::new()); splits.len()];
        for (ordinal, segment) in view.searcher().segment_readers().iter().enumerate() {
            let number = view.split_of(ordinal);
            let ids = &self.ids[possible_ids(&splits[number], &self.ids)];
            let documents = segment.inverted_index(ID).and_then(|index| find(&index, ids));
            found[number] = documents.map(|found| {
                let mut documents: Vec<DocId> = found.into_iter().map(|(_, document)| document).collect();
                documents.sort_unstable();
                documents
            });
        }
        // Only here, so that all splits have recorded their misses.
        found.into_iter().map(|found| found.map_err(IndexError::from)).collect()
    }
}

/// Which of the sorted ids a split may contain.
pub(crate) fn possible_ids(split: &SplitEntry, ids: &[&str]) -> Range<usize> {
    let Some(range) = &split.ids else { return 0..0 };
    let start = ids.partition_point(|id| *id < range.min.as_str());
    let end = ids.partition_point(|id| *id <= range.max.as_str());
    start..end.max(start)
}

/// The documents that have one of the sorted ids, each with the index of its id. Continues after a miss, so that all misses are
/// fetched together.
pub(crate) fn find(index: &InvertedIndexReader, ids: &[&str]) -> Result<Vec<(usize, DocId)>, TantivyError> {
    let mut postings = PostingsReader { index, documents: Vec::new(), missing: None };
    let dictionary = index.terms();
    if let [first, .., last] = ids
        && dictionary.num_terms() / MAX_TERMS_PER_ID <= ids.len()
    {
        let mut terms = dictionary.range().ge(first).le(last).into_stream()?;
        let mut ids = ids.iter().map(|id| id.as_bytes()).enumerate().peekable();
        while let Some((term, info)) = terms.next() {
            while ids.next_if(|(_, id)| *id < term).is_some() {}
            if let Some((number, id)) = ids.peek()
                && *id == term
            {
                postings.add(*number, Ok(Some(info.clone())));
            }
        }
    } else {
        for (number, id) in ids.iter().enumerate() {
            postings.add(number, dictionary.get(id));
        }
    }
    postings.finish()
}

/// Reads posting lists in sequence.
struct PostingsReader<'a> {
    index: &'a InvertedIndexReader,
    documents: Vec<(usize, DocId)>,
    missing: Option<std::io::Error>,
}

impl PostingsReader<'_> {
    fn add(&mut self, id: usize, term: std::io::Result<Option<TermInfo>>) {
        let read = |term: Option<TermInfo>| {
            let Some(term) = term else { return Ok(()) };
            let mut postings = self.index.read_postings_from_terminfo(&term, IndexRecordOption::Basic)?;
            while postings.doc() != TERMINATED {
                self.documents.push((id, postings.doc()));
                postings.advance();
            }
            Ok(())
        };
        if let Err(error) = term.and_then(read) {
            self.missing = Some(error);
        }
    }

    fn finish(self) -> Result<Vec<(usize, DocId)>, TantivyError> {
        match self.missing {
            Some(error) => Err(error.into()),
            None => Ok(self.documents),
        }
    }
}
