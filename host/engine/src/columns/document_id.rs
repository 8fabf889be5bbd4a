//! The `_id` of a document, for error messages.

use tantivy::{DocId, SegmentReader, TantivyError};

use crate::Error;

/// The `_id` of a document. If it was not fetched yet, this fails like every other read that misses bytes, and the search runs
/// again once they are there.
pub(crate) fn document_id(segment: &SegmentReader, doc: DocId) -> Result<String, Error> {
    let mut id = String::new();
    if let Some(ids) = segment.fast_fields().str("_id")?
        && let Some(ordinal) = ids.term_ords(doc).next()
    {
        ids.ord_to_str(ordinal, &mut id).map_err(TantivyError::from)?;
    }
    Ok(id)
}
