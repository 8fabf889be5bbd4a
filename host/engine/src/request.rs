//! A search request: from JSON text to typed parts. Every mistake says where it is.

mod collapse;
mod computed_field;
mod distance_sort;
mod fetch_options;
mod field_pattern;
mod highlight;
mod inactive_keys;
mod indices_boost;
mod nested_inner_hits;
mod nested_sort;
mod parameters;
mod parse;
mod point_in_time;
mod rescore;
mod script_field;
mod scroll;
mod search_after;
mod search_request;
mod slice;
mod sort;
mod source_filter;
mod stored_fields;
mod total_hits;

pub(crate) use collapse::{Collapse, InnerHits};
pub(crate) use computed_field::ComputedFieldRequest;
pub(crate) use distance_sort::DistanceSort;
pub(crate) use fetch_options::FetchOptions;
pub(crate) use field_pattern::FieldPattern;
pub(crate) use highlight::{Boundary, Encoder, FragmentOrder, Highlight, HighlightOptions, MatchedFields};
pub(crate) use nested_inner_hits::NestedInnerHits;
pub(crate) use nested_sort::NestedSort;
pub(crate) use parse::parse_filter;
pub(crate) use rescore::{Rescore, RescoreMode};
pub(crate) use script_field::ScriptField;
pub(crate) use scroll::Pages;
pub(crate) use search_after::SearchAfter;
pub(crate) use slice::Slice;
pub(crate) use sort::{Direction, FieldSort, Missing, Mode, NumericType, Sort, SortBy, is_by_score};
pub(crate) use total_hits::TotalHits;

pub use point_in_time::PointInTime;
pub use search_request::SearchRequest;
pub use source_filter::SourceFilter;
