//! Which of the names in a store a request is about, by the names and patterns in its path.

mod expression;
mod options;

pub use expression::Expression;
pub(crate) use expression::Known;
pub use options::{IfEmpty, IfUnavailable, IndicesOptions, Wildcards};
