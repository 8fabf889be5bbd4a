//! The trait of a choice among terms.

use std::fmt;

use tantivy::{SegmentReader, Term};

/// Chooses terms by how many documents have them.
pub(crate) trait ChooseTerms: fmt::Debug + Send + Sync {
    /// The terms that are chosen over all segments. Looks all of them up, even if looking one up fails, as bytes that are missing are
    /// recorded.
    fn choose(&self, segments: &[SegmentReader]) -> tantivy::Result<Vec<Term>>;
}
