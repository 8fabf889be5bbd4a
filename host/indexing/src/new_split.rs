//! Makes a split of a tantivy index in memory.

use std::path::PathBuf;

use bytes::Bytes;
use quidditch_index::format::{FIELD_NAMES, NESTED_TERM, SplitEntry, build_split};
use quidditch_index::{IndexError, Mapping, SplitId};
use tantivy::directory::RamDirectory;
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
