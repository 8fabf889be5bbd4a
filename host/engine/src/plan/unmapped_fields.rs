//! The fields that clauses name and the mapping does not have.

use std::sync::{Mutex, PoisonError};

use quidditch_index::Mapping;

/// The first field that clauses name and the mapping does not have. In most queries it matches nothing; a query that is stored must not
/// name it.
#[derive(Debug, Default)]
pub(crate) struct UnmappedFields(Mutex<Option<String>>);

impl UnmappedFields {
    /// Records a field that is not among those of the mapping. Objects and the fields that every document has are no mistakes.
    pub(crate) fn note(&self, name: &str, mapping: &Mapping) {
        if !name.starts_with('_') && !mapping.has_object(name) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| name.to_owned());
        }
    }

    pub(crate) fn first(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
