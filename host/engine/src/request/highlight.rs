//! `highlight`: which fields are highlighted, and how.

mod parse;

use std::sync::Arc;

use crate::clause::Clause;

/// What is highlighted.
pub(crate) struct Highlight {
    pub(crate) fields: Vec<HighlightField>,
    /// Why a value is not allowed. It is reported as a failure of the search, not of parsing.
    pub(crate) mistake: Option<String>,
}

/// The fields that a pattern matches, and how they are highlighted.
pub(crate) struct HighlightField {
    /// A name, in which `*` stands for any characters.
    pub(crate) pattern: String,
    pub(crate) options: HighlightOptions,
    /// What is highlighted instead of the query of the request.
    pub(crate) query: Option<Arc<dyn Clause>>,
}

/// How a field is highlighted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HighlightOptions {
    pub(crate) pre_tag: String,
    pub(crate) post_tag: String,
    /// At most this many fragments; 0 highlights the whole value.
    pub(crate) number_of_fragments: usize,
    /// About as many UTF-16 code units; 0 is a whole sentence.
    pub(crate) fragment_size: usize,
    pub(crate) order: FragmentOrder,
    /// How much is shown of a field without a match.
    pub(crate) no_match_size: usize,
    pub(crate) matched_fields: MatchedFields,
    pub(crate) boundary: Boundary,
    pub(crate) encoder: Encoder,
    /// Terms that start after this many code units of a value are not highlighted.
    pub(crate) max_analyzer_offset: Option<i32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FragmentOrder {
    AsInText,
    BestFirst,
}

/// Whose matches are highlighted in a field: `require_field_match`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MatchedFields {
    Own,
    All,
}

/// Where fragments begin and end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Boundary {
    Sentence,
    Word,
    /// At those of values: keywords are not cut, whatever a request says.
    Value,
}

/// How the text between the tags is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoder {
    AsIs,
    Html,
}
