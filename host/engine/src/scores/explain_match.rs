//! What tantivy wants to know of a match.

use tantivy::query::{Explanation, Scorer, Weight};
use tantivy::{DocId, SegmentReader, TERMINATED, TantivyError};

/// The explanation of a match that does not say how its score comes about: `what` is all that is known of it.
///
/// # Errors
/// [`TantivyError::InvalidArgument`] if the document does not match.
pub(crate) fn explain_match(
    weight: &dyn Weight,
    segment: &SegmentReader,
    doc: DocId,
    what: &'static str,
) -> tantivy::Result<Explanation> {
    let mut scorer = weight.scorer(segment, 1.0)?;
    let found = if scorer.doc() < doc { scorer.seek(doc) } else { scorer.doc() };
    if found != doc || found == TERMINATED {
        return Err(TantivyError::InvalidArgument(format!("document #({doc}) does not match")));
    }
    Ok(Explanation::new(what, scorer.score()))
}
