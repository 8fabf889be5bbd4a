//! A search request: from JSON text to typed parts. Every mistake says where it is.

mod computed_field;
mod inactive_keys;
mod parameters;
mod parse;
mod search_request;
mod sort;
mod source_filter;
mod total_hits;

pub(crate) use computed_field::ComputedFieldRequest;
pub(crate) use parse::parse_filter;
pub(crate) use sort::{Direction, FieldSort, Missing, Mode, NumericType, Sort, SortBy};
pub(crate) use total_hits::TotalHits;

pub use search_request::SearchRequest;
pub use source_filter::SourceFilter;
