//! What requests say about aliases.

mod action;
mod definition;

pub(crate) use action::{Action, IfMissing, read_actions};
pub(crate) use definition::{AliasDefinition, check_alias};
