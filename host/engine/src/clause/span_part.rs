//! What a span query is as a part of another one.

use crate::scores::Spans;

/// A span query for an index.
pub(crate) struct SpanPart {
    pub(crate) spans: Spans,
    /// The field that it is combined and scored in; `None` if any field will do.
    pub(crate) field: Option<String>,
    /// The field of one of its terms.
    pub(crate) leaf: Option<String>,
}
