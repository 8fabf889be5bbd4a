//! The routes that change documents.

mod bulk;
mod by_query;
mod changed_document;
mod condition;
mod delete_document;
mod done;
mod failure;
mod found;
mod index_document;
mod maintenance;
mod pace;
mod parameters;
mod partial_update;
mod reindex;
mod script_update;
mod scripts;
mod update_body;
mod update_document;
mod write_index;
mod written;

pub(crate) use bulk::bulk;
pub(crate) use by_query::{delete_by_query, update_by_query};
pub(crate) use delete_document::delete_document;
pub(crate) use failure::refused;
pub(crate) use index_document::{create_document, index_document};
pub(crate) use maintenance::{force_merge, refresh};
pub(crate) use reindex::reindex;
pub(crate) use update_document::update_document;
