//! Templates: what new indices with certain names get.

mod change;
mod component_template;
mod compose;
mod index_template;
mod simulate;

pub(crate) use change::{delete_component_template, delete_index_template, put_component_template, put_index_template};
pub(crate) use compose::definition_for;
pub(crate) use simulate::{simulate_index, simulate_template};
