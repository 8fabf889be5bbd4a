//! Which indices a request is about: from the names in its path to their snapshots.

mod expression;
mod options;
mod store_names;
mod targets;

pub use expression::Expression;
pub use options::{IfEmpty, IfUnavailable, IndicesOptions, Wildcards};
pub(crate) use store_names::StoreNames;
pub use targets::Target;
