//! The fields that clauses name and the mapping does not have.

use std::sync::{Mutex, PoisonError};

use quidditch_index::{FeatureForm, Field, FieldKind, Mapping};

/// The first field that clauses name and the mapping does not have. In most queries it matches nothing; a stored query must not name it.
#[derive(Debug, Default)]
pub(crate) struct UnmappedFields(Mutex<Option<String>>);

impl UnmappedFields {
    /// Records a name that is not one of a field. Objects, the fields that every document has, and the features of a field are no
    /// mistakes.
    pub(crate) fn note(&self, name: &str, mapping: &Mapping) {
        if !name.starts_with('_') && !mapping.has_object(name) && !is_feature(name, mapping) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| name.to_owned());
        }
    }

    pub(crate) fn first(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn is_feature(name: &str, mapping: &Mapping) -> bool {
    let around = name.rsplit_once('.').and_then(|(around, _)| mapping.field(around));
    matches!(around.map(Field::kind), Some(FieldKind::RankFeature { form: FeatureForm::Many, .. }))
}
