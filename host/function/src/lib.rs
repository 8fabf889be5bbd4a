//! The contract between the engine and user functions: `wit/udf.wit` in Rust.
//!
//! The engine calls functions only through these traits. It does not know whether a function is a WebAssembly component or a
//! native Rust closure ([`native_filter`], [`native_scorer`], [`native_values`]), where it comes from, or which limits apply to it.
//!
//! [`FunctionResolver::find`] returns a [`Function`]. Binding it to the [`Argument`]s of one query clause returns a [`BoundFilter`],
//! a [`BoundScorer`] or [`BoundValues`], which requests columns and then processes one [`Batch`] after another:
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use quidditch_function::{
//!     Argument, Batch, Budget, Cause, Column, ColumnKind, ColumnRequest, Value, Values, native_filter,
//! };
//!
//! // A filter that keeps documents whose population is at least the argument.
//! let at_least = native_filter("at_least", Vec::new(), |arguments| {
//!     let Some(Argument { value: Value::Float(min), .. }) = arguments.first() else {
//!         return Err(Cause::InvalidArgument("parameter [min] is required".to_owned()));
//!     };
//!     let min = *min;
//!     let population = ColumnRequest { field: "population".to_owned(), kind: ColumnKind::Floats };
//!     let keep = move |batch: &Batch, keep: &mut Vec<u8>| {
//!         let Values::Floats(values) = &batch.columns[0].values else {
//!             return Err(Cause::Failed("the column is not the requested one".to_owned()));
//!         };
//!         let is_large = |document| batch.columns[0].range(document).any(|index| values[index] >= min);
//!         keep.extend((0..batch.len).map(|document| u8::from(is_large(document))));
//!         Ok(())
//!     };
//!     Ok((vec![population], keep))
//! });
//!
//! let budget = Arc::new(Budget::new(Duration::from_secs(2)));
//! let arguments = [Argument { name: "min".to_owned(), value: Value::Float(1_000_000.0) }];
//! let mut filter = at_least.bind_filter(&arguments, &budget)?;
//! assert_eq!(filter.columns()[0].field, "population");
//!
//! // The second document has no population.
//! let populations = Column { values: Values::Floats(vec![3_700_000.0, 98_000.0]), starts: vec![0, 1, 1, 2] };
//! let batch = Batch { len: 3, scores: Vec::new(), columns: vec![populations] };
//! let mut keep = Vec::new();
//! filter.keep(&batch, &mut keep)?;
//! assert_eq!(keep, [1, 0, 0]);
//! # Ok::<(), quidditch_function::FunctionError>(())
//! ```

mod argument;
mod batch;
mod budget;
mod catalog;
mod column_range;
mod computed_values;
mod contract;
mod document_ref;
mod error;
mod error_chain;
mod failure_kind;
mod function;
mod function_id;
mod loader;
mod metadata;
mod name;
mod native;
mod not_called;
mod output;
mod parameter_kind;
mod publication;
mod role;
mod script_failure;
mod shared_error;
mod stored_script;
mod target;
mod value;

pub use argument::{Argument, ArgumentError, arguments_from_json};
pub use batch::{Batch, Column, ColumnKind, ColumnRequest, Dictionary, Values};
pub use budget::Budget;
pub use catalog::{CatalogError, FunctionCatalog, PublishedFunction, PublishedParameter};
pub use column_range::ColumnRange;
pub use computed_values::accept_values;
pub use contract::{
    CONTRACT_VERSION, FILTER_INTERFACE, LOG_INTERFACE, METADATA_INTERFACE, SCORER_INTERFACE, TYPES_INTERFACE,
    VALUES_INTERFACE,
};
pub use document_ref::DocumentRef;
pub use error::{Cause, FailurePhase, FunctionError};
pub use error_chain::error_chain;
pub use failure_kind::FailureKind;
pub use function::{BoundFilter, BoundScorer, BoundValues, Function, FunctionResolver};
pub use function_id::{FunctionId, PROFILE_NAMESPACE, name_and_version, search_profile};
pub use loader::{Code, Loader, TrustedCode};
pub use metadata::{Metadata, Parameter};
pub use name::is_name;
pub use native::{
    NativeFilter, NativeFunctions, NativeScorer, NativeValues, native_filter, native_filter_in_ranges, native_scorer,
    native_scorer_with_bound, native_values,
};
pub use not_called::NotCalled;
pub use output::{OutputLimits, check_bound, check_columns, check_length, check_ranges, check_scores, truncated};
pub use parameter_kind::ParameterKind;
pub use publication::{About, Deprecated, Disabled, Package, Provenance, VersionState, Yanked};
pub use role::{Role, Roles};
pub use script_failure::ScriptFailure;
pub use shared_error::SharedError;
pub use stored_script::StoredScript;
pub use target::{Target, UnknownTarget};
pub use value::Value;
