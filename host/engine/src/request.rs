//! The parts of a search request, from JSON to types. Every mistake says where it is.
//!
//! Clauses in them are parsed by a [`Parser`] that is given every type of query.

mod collapse;
mod computed_field;
mod distance_sort;
mod fetch_options;
mod field_pattern;
mod function_call;
mod function_chain;
mod highlight;
mod indices_boost;
mod nested_inner_hits;
mod nested_sort;
mod parser;
mod point_in_time;
mod rescore;
mod script;
mod script_field;
mod script_sort;
mod search_after;
mod shown_revision;
mod slice;
mod sort;
mod sort_mode;
mod source_filter;
mod stored_fields;
mod total_hits;

pub(crate) use collapse::{Collapse, InnerHits};
pub(crate) use computed_field::{ComputedBy, ComputedFieldRequest};
pub(crate) use distance_sort::DistanceSort;
pub(crate) use fetch_options::FetchOptions;
pub(crate) use field_pattern::FieldPattern;
pub(crate) use function_chain::{parse_chain, parse_scorer, parse_udf};
pub(crate) use highlight::{Boundary, Encoder, FragmentOrder, Highlight, HighlightOptions, MatchedFields};
pub(crate) use indices_boost::IndicesBoost;
pub(crate) use nested_inner_hits::NestedInnerHits;
pub(crate) use nested_sort::NestedSort;
pub(crate) use parser::{
    Parser, QueryTypes, boost, field_name, find_query_type, take_boost, too_many_functions_message,
};
pub use point_in_time::PointInTime;
pub(crate) use rescore::{Rescore, RescoreMode};
pub(crate) use script::{parse_script, parse_value_script};
pub(crate) use script_field::{ScriptField, ScriptFieldSource};
pub(crate) use script_sort::{SCRIPT_SORT, ScriptSort, ScriptSortType};
pub(crate) use search_after::SearchAfter;
pub(crate) use shown_revision::ShownRevision;
pub(crate) use slice::Slice;
pub(crate) use sort::{Direction, FieldSort, Missing, NumericType, Sort, SortBy, is_by_score};
pub(crate) use sort_mode::Mode;
pub use source_filter::SourceFilter;
pub(crate) use total_hits::TotalHits;
