//! Makes a split of a tantivy index in memory.

use std::io::Write;
use std::path::PathBuf;

use bytes::Bytes;
use quidditch_index::format::{FIELD_NAMES, NESTED_TERM, SplitEntry, build_split, sorted_columns, sorted_columns_path};
use quidditch_index::{IndexError, Mapping, SplitId};
use tantivy::directory::{RamDirectory, TerminatingWrite};
use tantivy::{Directory, Index, SegmentReader, TantivyError, Term};

use crate::split_stats::{field_statistics, id_range, ranges};

/// The bytes of a split, and its entry for the manifest. The index must have one segment, in this directory.
///
/// # Errors
/// [`IndexError::Search`].
pub(crate) fn new_split(
    id: SplitId,
    mapping: &Mapping,
    index: &Index,
    directory: &RamDirectory,
) -> Result<(SplitEntry, Bytes), IndexError> {
    let segments = index.searchable_segments()?;
    let [segment] = segments.as_slice() else {
        return Err(TantivyError::InternalError(format!("{} segments in a split", segments.len())).into());
    };
    let reader = SegmentReader::open(segment)?;
    let mut paths: Vec<PathBuf> = index.load_metas()?.list_segment_files().into_iter().collect();
    if let Some(bytes) = sorted_columns(&reader, mapping)? {
        let path = sorted_columns_path(segment.id());
        let mut file = index.directory().open_write(&path).map_err(TantivyError::from)?;
        file.write_all(&bytes).and_then(|()| file.terminate()).map_err(TantivyError::from)?;
        paths.push(path);
    }
    paths.sort_unstable();
    let mut files = Vec::with_capacity(paths.len());
    for path in paths {
        // The list contains every file that a segment may have.
        if directory.exists(&path).map_err(TantivyError::from)? {
            // As it is stored, with tantivy's footer.
            let content = directory.open_read(&path).map_err(TantivyError::from)?;
            let content = content.read_bytes().map_err(TantivyError::from)?;
            files.push((path.to_string_lossy().into_owned(), content));
        }
    }
    let description = serde_json::to_value(segment.meta()).expect("a segment's description is JSON");
    let (bytes, footer) = build_split(mapping, &description, files)?;
    let entry = SplitEntry {
        id,
        size: bytes.len() as u64,
        documents: u64::from(reader.max_doc()),
        nested: nested_documents(&reader)?,
        footer,
        ranges: ranges(&reader, mapping)?,
        ids: id_range(&reader)?,
        statistics: Some(field_statistics(&reader, mapping)?),
        deletes: None,
    };
    Ok((entry, bytes.into()))
}

/// How many documents of a segment are nested objects.
///
/// # Errors
/// [`IndexError::Search`].
pub(crate) fn nested_documents(segment: &SegmentReader) -> Result<u64, IndexError> {
    let term = Term::from_field_text(FIELD_NAMES, NESTED_TERM);
    let documents = segment.inverted_index(FIELD_NAMES)?.doc_freq(&term).map_err(TantivyError::from)?;
    Ok(u64::from(documents))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use futures::executor::block_on;
    use quidditch_index::SortedColumns;
    use quidditch_index::format::LEAST_SORTED_DOCUMENTS;
    use serde_json::json;

    use crate::fixture::{INDEX, TestIndex, add, store_with_index};

    /// Whether a split of this number of documents has sorted columns.
    fn is_sorted(documents: u32) -> bool {
        block_on(async {
            let mapping =
                json!({"properties": {"n": {"type": "long"}, "tag": {"type": "keyword"}, "late": {"type": "long"}}});
            let storage = store_with_index(mapping).await;
            let mut lines = String::new();
            for number in 0..documents {
                writeln!(lines, r#"{{"n":{},"tag":"a"}}"#, number / 3).expect("memory");
            }
            add(&storage, &lines).await;
            let index = TestIndex::open(&storage, INDEX).await.expect("an index");
            let [segment] = index.searcher().segment_readers() else { panic!("one split") };
            let columns = SortedColumns::open(segment).expect("readable");
            let has =
                |name: &str| columns.as_ref().is_some_and(|columns| columns.column(name).expect("readable").is_some());
            assert!(!has("tag") && !has("late"));
            assert_eq!(columns.is_some(), has("n"));
            has("n")
        })
    }

    #[test]
    fn large_splits_have_sorted_columns() {
        assert!(is_sorted(LEAST_SORTED_DOCUMENTS));
        assert!(!is_sorted(LEAST_SORTED_DOCUMENTS - 1));
    }
}
