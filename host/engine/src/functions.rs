//! User functions: how a request calls them, and a call bound to its arguments.

mod bound_function;
mod function_call;

pub(crate) use bound_function::{BoundCall, FilterFunction, ScorerFunction, SegmentFunction, Shared, Usage};
pub(crate) use function_call::FunctionCall;
