//! Deleting documents.

mod alive;
mod documents;
mod load;
mod mark;
mod search;
#[cfg(test)]
mod tests;

pub(crate) use alive::Alive;
pub use documents::{delete_documents, delete_ids};
pub(crate) use load::load_deletes;
pub(crate) use mark::Marker;
pub(crate) use search::Search;
