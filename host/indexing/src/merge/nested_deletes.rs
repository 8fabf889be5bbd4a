//! The nested objects of deleted documents.
//!
//! Only the document itself is marked as deleted, as searches reach nested objects through it. A merge drops both.

use std::ops::Range;

use quidditch_index::format::{FIELD_NAMES, NESTED_TERM, Split};
use quidditch_index::{IndexError, Mapping};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, TantivyError, Term};

use crate::deletes::AliveDocuments;
use crate::whole_split::open_whole;

/// Removes the nested objects whose document is not alive.
///
/// # Errors
/// [`IndexError::Search`].
pub(super) fn remove_nested(mapping: &Mapping, split: &Split, alive: &mut AliveDocuments) -> Result<(), IndexError> {
    let copy = Split { segment: split.segment.clone(), files: split.files.clone() };
    let (index, _) = open_whole(mapping, copy)?;
    for segment in index.searchable_segments()? {
        for objects in nested_objects(&SegmentReader::open(&segment)?)? {
            if !alive.contains(objects.end) {
                objects.for_each(|object| _ = alive.remove(object));
            }
        }
    }
    Ok(())
}

/// The nested objects of each document that has any. The document itself is directly behind them.
fn nested_objects(segment: &SegmentReader) -> Result<Vec<Range<DocId>>, IndexError> {
    let term = Term::from_field_text(FIELD_NAMES, NESTED_TERM);
    let index = segment.inverted_index(FIELD_NAMES)?;
    let postings = index.read_postings(&term, IndexRecordOption::Basic).map_err(TantivyError::from)?;
    let mut objects: Vec<Range<DocId>> = Vec::new();
    let Some(mut postings) = postings else { return Ok(objects) };
    while postings.doc() != TERMINATED {
        let doc = postings.doc();
        match objects.last_mut() {
            Some(last) if last.end == doc => last.end += 1,
            _ => objects.push(doc..doc + 1),
        }
        postings.advance();
    }
    Ok(objects)
}
