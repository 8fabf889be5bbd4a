//! Fields that every document has, although no mapping lists them.

use quidditch_index::format::IGNORED_TERM;
use tantivy::Term;

use crate::Error;
use crate::plan::Planner;

/// A field that is not part of a mapping, by what can be asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MetadataField {
    /// `_id`
    Id,
    /// `_index`: the name of the index.
    Index,
    /// Every document has one, but it is not stored.
    Numbered,
    /// `_ignored`: the names of the fields that left out a value.
    Ignored,
    /// No document has one.
    Absent,
    /// Neither can its values be searched nor whether it exists.
    Unsearchable,
}

const FIELDS: &[(&str, MetadataField)] = &[
    ("_doc_count", MetadataField::Absent),
    ("_field_names", MetadataField::Unsearchable),
    ("_id", MetadataField::Id),
    ("_ignored", MetadataField::Ignored),
    ("_index", MetadataField::Index),
    ("_nested_path", MetadataField::Unsearchable),
    ("_primary_term", MetadataField::Absent),
    ("_routing", MetadataField::Absent),
    ("_seq_no", MetadataField::Numbered),
    ("_source", MetadataField::Unsearchable),
    ("_version", MetadataField::Numbered),
];

/// The term of documents of which a field left out a value; with an empty name, of those of which any field did.
pub(super) fn ignored_term(planner: &Planner<'_>, field: &str) -> Term {
    Term::from_field_text(planner.snapshot.field_names_field(), &format!("{IGNORED_TERM}{field}"))
}

impl MetadataField {
    /// The field of that name; `None` for fields of mappings.
    pub(super) fn find(name: &str) -> Option<Self> {
        FIELDS.iter().find(|(known, _)| *known == name).map(|(_, field)| *field)
    }

    /// All names.
    pub(super) fn all() -> impl Iterator<Item = (&'static str, MetadataField)> {
        FIELDS.iter().copied()
    }

    /// The error that a field cannot be searched.
    pub(super) fn not_searchable(name: &str) -> Error {
        Error::Query(format!("field [{name}] is not searchable"))
    }
}
