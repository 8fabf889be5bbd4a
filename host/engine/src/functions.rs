//! Functions: how a request calls them, and a call bound to its arguments.

mod bound_function;
mod function_call;
mod function_column;
mod script_fields;

pub(crate) use bound_function::{
    BoundCall, FilterFunction, ScorerFunction, SegmentFunction, Shared, Usage, ValuesFunction, column_sources,
};
pub(crate) use function_call::{CalledFunction, FunctionCall};
pub(crate) use function_column::FunctionColumn;
pub(crate) use script_fields::ScriptFields;
