//! Which indices a request is about: from the names in its path to their snapshots.

mod expression;
mod options;
mod store_names;
mod targets;

pub(crate) use expression::Expression;
pub(crate) use options::{IfEmpty, IndicesOptions};
pub(crate) use store_names::StoreNames;
pub(crate) use targets::Target;
