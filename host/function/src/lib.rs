//! The contract with user functions, in Rust: what `wit/udf.wit` says, as the engine sees it.
//!
//! The engine calls functions only through the traits here. It does not know whether a function is a WebAssembly component
//! or a native Rust closure ([`native_filter`], [`native_scorer`]), where it came from, or what limits hold it.
//!
//! The way of a function: [`FunctionResolver::find`] gives a [`Function`]; binding it to the [`Argument`]s of one query clause
//! gives a [`BoundFilter`] or a [`BoundScorer`], which says the columns it wants and then answers [`Batch`] by [`Batch`].

mod answer;
mod argument;
mod batch;
mod budget;
mod catalog;
mod error;
mod function;
mod loader;
mod metadata;
mod native;
mod role;
mod shared_error;
mod target;

pub use answer::{AnswerLimits, check_columns, check_length, check_scores, cut};
pub use argument::{Argument, ArgumentError, Value, arguments_from_json};
pub use batch::{Batch, Column, ColumnKind, ColumnRequest, Dictionary, Values};
pub use budget::Budget;
pub use catalog::{CatalogError, FunctionCatalog, NoFunctions, PublishedFunction, PublishedParameter};
pub use error::{Cause, DocumentRef, FailurePhase, FunctionError};
pub use function::{BoundFilter, BoundScorer, Function, FunctionId, FunctionResolver};
pub use loader::{Code, Loader, TrustedCode};
pub use metadata::{Metadata, Parameter, ParameterKind};
pub use native::{NativeFunctions, native_filter, native_scorer};
pub use role::{Role, Roles};
pub use shared_error::SharedError;
pub use target::{Target, UnknownTarget};
