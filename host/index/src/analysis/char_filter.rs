//! Character filters: they change a text before it is split into tokens.

mod entities;
mod html_strip;
mod mapping;
mod pattern_replace;

use std::sync::Arc;

use super::analyzer_parts::CharFilter;
use super::options::Options;
use crate::IndexError;

/// Reads the options of a character filter.
type Read = fn(&mut Options<'_>) -> Result<Arc<dyn CharFilter>, IndexError>;

/// All character filters by their type.
const CHAR_FILTERS: [(&str, Read); 3] =
    [("html_strip", html_strip::read), ("mapping", mapping::read), ("pattern_replace", pattern_replace::read)];

/// Reads the options of a character filter of that type; `None` if there is none.
pub(super) fn read_char_filter(
    kind: &str,
    options: &mut Options<'_>,
) -> Option<Result<Arc<dyn CharFilter>, IndexError>> {
    CHAR_FILTERS.iter().find(|(name, _)| *name == kind).map(|(_, read)| read(options))
}

/// The types of character filters, for error messages.
pub(super) fn char_filter_types() -> String {
    let names: Vec<_> = CHAR_FILTERS.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}
