//! Scores must be finite.

use tantivy::{DocId, Score, SegmentReader};

use crate::Error;
use crate::columns::document_id;

/// Checks the score of a document. Boosts can make it infinite, which no response could show.
pub(super) fn check_finite(score: Score, doc: DocId, segment: &SegmentReader) -> Result<(), Error> {
    if score.is_finite() {
        return Ok(());
    }
    let id = document_id(segment, doc)?;
    Err(Error::Argument(format!(
        "the query computes an invalid score [{score}] for document [{id}]: must be finite, use smaller boosts"
    )))
}
