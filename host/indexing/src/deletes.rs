//! Deleting documents.

mod alive_documents;
mod delete_documents;
mod delete_writer;
mod id_lookup;
mod load_deletes;
#[cfg(test)]
mod tests;

pub(crate) use alive_documents::AliveDocuments;
pub(crate) use delete_writer::DeleteWriter;
pub(crate) use id_lookup::{IdLookup, find, possible_ids};
pub(crate) use load_deletes::load_deletes;
