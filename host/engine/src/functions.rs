//! Functions: how a request calls them, and a call bound to its arguments.

mod bound_call;
mod bound_function;
mod filter_cache;
mod function_call;
mod function_column;
mod function_spans;
mod instance;
mod marked;
mod named_function;
mod on_error;
mod script_fields;
mod script_source;
mod segment_function;
mod segment_results;
mod tolerated;
mod unavailable;
mod values_for;

pub(crate) use bound_call::BoundCall;
pub(crate) use bound_function::{FilterFunction, ScorerFunction, Shared, ValuesFunction, column_sources};
pub(crate) use filter_cache::FilterCache;
pub(crate) use function_call::{CalledFunction, FunctionCall, ScriptSource, StoredScripts};
pub(crate) use function_column::FunctionColumn;
pub(crate) use function_spans::FunctionSpans;
pub(crate) use marked::retain_marked;
pub(crate) use named_function::NamedFunction;
pub(crate) use on_error::OnError;
pub(crate) use script_fields::{CurrentField, ScriptFields};
pub(crate) use script_source::{WASM, parse_script_source};
pub(crate) use segment_function::SegmentFunction;
pub(crate) use segment_results::{DOCUMENTS_IN_WORD, SegmentResults};
pub(crate) use tolerated::Failures;
pub(crate) use unavailable::UnavailableFunction;
pub(crate) use values_for::{AggregationValues, ValuesFor};
