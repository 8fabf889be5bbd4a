//! The terms that a pattern stands for.

use tantivy::Term;

/// The terms of a field that match a pattern.
pub(crate) struct MatchedTerms {
    /// The name of the field.
    pub(crate) field: String,
    /// None in a dry run, which announces that they will be looked up, with their positions.
    pub(crate) terms: Vec<Term>,
}
