//! The parts of a search request, from JSON to types. Every mistake says where it is.

mod collapse;
mod computed_field;
mod distance_sort;
mod fetch_options;
mod field_pattern;
mod highlight;
mod indices_boost;
mod nested_path;
mod point_in_time;
mod rescore;
mod script_field;
mod search_after;
mod shown_revision;
mod slice;
mod sort;
mod sort_mode;
mod source_filter;
mod stored_fields;
mod total_hits;

pub(crate) use collapse::{Collapse, InnerHits};
pub(crate) use computed_field::ComputedFieldRequest;
pub(crate) use distance_sort::DistanceSort;
pub(crate) use fetch_options::FetchOptions;
pub(crate) use field_pattern::FieldPattern;
pub(crate) use highlight::{Boundary, Encoder, FragmentOrder, Highlight, HighlightOptions, MatchedFields};
pub(crate) use indices_boost::IndicesBoost;
pub use point_in_time::PointInTime;
pub(crate) use rescore::{Rescore, RescoreMode};
pub(crate) use script_field::ScriptField;
pub(crate) use search_after::SearchAfter;
pub(crate) use shown_revision::ShownRevision;
pub(crate) use slice::Slice;
pub(crate) use sort::{Direction, FieldSort, Missing, NumericType, Sort, SortBy, is_by_score};
pub(crate) use sort_mode::Mode;
pub use source_filter::SourceFilter;
pub(crate) use total_hits::TotalHits;
