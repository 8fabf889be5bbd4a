//! What each endpoint does. The router knows their paths.

mod cat;
mod count;
mod document;
mod functions;
mod index;
mod root;
mod search;

pub(crate) use cat::cat_indices;
pub(crate) use count::count;
pub(crate) use document::document;
pub(crate) use functions::{function, functions};
pub(crate) use index::{index, mapping};
pub(crate) use root::{health, root};
pub(crate) use search::search;
