//! Functions that are written as text: [`Language::Expression`], and a part of [`Language::Painless`].
//!
//! A script is compiled to a tree of operations over the columns of a batch, and is then a function like any other, with the
//! traits of `quidditch-function`. There is no machine code: it runs wherever the engine does. Of the index it knows the types of
//! fields ([`Fields`]). Scripts that change documents ([`DocumentScript`]) run in another way: for one document, whose lists and maps
//! they change.
//!
//! The order of the modules is the way of a script: `lexer`, `parser` and `syntax` read both languages. `compile` checks it, for
//! each language in its own way, and computes what depends on no document. `evaluate` runs it.

mod arguments;
mod class_name;
mod compile;
mod compiled_script;
mod computed_values;
mod constant_script;
mod date;
mod decay;
mod document_script;
mod evaluate;
mod failure;
mod field;
mod function;
#[cfg(any(test, feature = "fuzzing"))]
mod fuzzing;
mod geo;
mod java_map;
mod java_math;
mod java_regex;
mod java_text;
mod java_time;
mod language;
mod lexer;
mod limits;
mod list_index;
mod members;
mod operations;
mod parser;
mod program;
mod purpose;
mod random_score;
mod runnable_script;
mod script;
mod statics;
mod syntax;
mod text_members;
mod time_members;
mod value;
mod value_script;
mod values_of;

#[cfg(test)]
mod answers;
#[cfg(test)]
mod model;
#[cfg(any(test, feature = "fuzzing"))]
mod test_documents;
#[cfg(test)]
mod value_answers;

pub use constant_script::ScriptRun;
pub use document_script::DocumentScript;
pub use field::{FieldType, Fields};
#[cfg(any(test, feature = "fuzzing"))]
pub use fuzzing::fuzz_script;
pub use geo::{DistanceFrom, EARTH_RADIUS, LENGTH_UNITS, parse_distance};
pub use language::Language;
pub use limits::ScriptLimits;
pub use script::Script;
pub use value_script::ValueScript;
pub use values_of::{EmittedKind, ValuesOf};
