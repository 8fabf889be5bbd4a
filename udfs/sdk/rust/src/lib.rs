//! Write filters, scorers and values for Quidditch in Rust.
//!
//! A function reads columns of an index's documents and decides which documents to keep ([`Filter`]), computes their scores
//! ([`Scorer`]), or computes values that a request uses like those of a field ([`Values`]). It is compiled to a WebAssembly
//! component, published under a name, and called from queries.
//!
//! ```
//! use quidditch_udf::{Arguments, Error, Filter, Floats, Parameter, ParameterKind};
//!
//! /// Keeps documents with a value of at least `min`.
//! struct AtLeast {
//!     field: String,
//!     min: f64,
//! }
//!
//! impl Filter for AtLeast {
//!     type Columns = Floats;
//!
//!     fn bind(arguments: &Arguments) -> Result<Self, Error> {
//!         Ok(AtLeast { field: arguments.get("field")?, min: arguments.get("min")? })
//!     }
//!
//!     fn columns(&self) -> Floats {
//!         Floats::of(&self.field)
//!     }
//!
//!     fn keep(&self, values: &[f64]) -> bool {
//!         values.iter().any(|value| *value >= self.min)
//!     }
//! }
//!
//! quidditch_udf::export! {
//!     summary: "Keeps documents with a value of at least `min`.",
//!     parameters: [
//!         Parameter::required(ParameterKind::Field, "field", "The number field to read."),
//!         Parameter::required(ParameterKind::Float, "min", "The smallest value to keep."),
//!     ],
//!     filter: AtLeast,
//! }
//! # fn main() {}
//! ```
//!
//! Functions are called with batches of up to 4,096 documents. The SDK implements the loop over a batch; a function that
//! can process a whole batch faster overrides [`Filter::keep_batch`], [`Scorer::score_batch`] or [`Values::compute_batch`].
//!
//! The logic is plain Rust: [`testing`] runs it natively, without WebAssembly. A panic fails the query, with the panic's message
//! as the error; other queries are not affected.
//!
//! Without the default feature `std`, functions are `no_std` crates, and their components are about 5 KB smaller.

#![no_std]

extern crate alloc;
#[cfg(any(feature = "std", test, not(target_arch = "wasm32")))]
extern crate std;

#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
pub mod abi;
#[cfg(feature = "log")]
pub mod log;
pub mod testing;

#[cfg(target_arch = "wasm32")]
mod allocator;
mod argument;
mod batch;
mod column;
mod computed_column;
mod concat;
mod export;
mod function;
mod list;
mod panic;
mod parameter;
mod value;
mod view;

pub use argument::{Arguments, FromArgument};
pub use batch::Batch;
pub use column::{Booleans, Columns, Dates, Floats, Integers, Texts};
pub use computed_column::{ColumnValue, ComputedColumn, Date};
pub use function::{Filter, Range, Scorer, Values};
pub use parameter::{DefaultValue, Parameter, ParameterKind};
pub use value::{Error, Value};
pub use view::{Mapped, NoColumns, ResultsOfDocument, TextColumn, TextsOfDocument, ValueColumn, View};
