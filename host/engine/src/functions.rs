//! Functions: how a request calls them, and a call bound to its arguments.

mod bound_function;
mod function_call;
mod function_column;
mod marked;
mod named_function;
mod script_fields;
mod script_source;
mod values_for;

pub(crate) use bound_function::{
    BoundCall, FilterFunction, ScorerFunction, SegmentFunction, Shared, Usage, ValuesFunction, column_sources,
};
pub(crate) use function_call::{CalledFunction, FunctionCall, ScriptSource, StoredScripts};
pub(crate) use function_column::FunctionColumn;
pub(crate) use marked::retain_marked;
pub(crate) use named_function::NamedFunction;
pub(crate) use script_fields::{CurrentField, ScriptFields};
pub(crate) use script_source::parse_script_source;
pub(crate) use values_for::{AggregationValues, ValuesFor};
