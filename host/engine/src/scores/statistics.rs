//! What the scores of a field's terms are computed from.

use quidditch_index::{Field, FieldStatistics, Snapshot};
use tantivy::schema::Field as TantivyField;
use tantivy::{Searcher, Term};

/// The statistics of a field over all splits of a snapshot, deleted documents included.
#[derive(Debug, Clone)]
pub(super) enum Statistics {
    /// In the manifest.
    Known(FieldStatistics),
    /// Read from the splits, because the manifest does not contain them for every split.
    InSplits {
        field: TantivyField,
        /// The term of `_field_names` that all documents with a value in the field have.
        exists: Term,
    },
}

impl Statistics {
    pub(super) fn new(snapshot: &Snapshot, field: &Field) -> Self {
        match snapshot.field_statistics(field.name()) {
            Some(known) => Statistics::Known(known),
            None => Statistics::InSplits {
                field: field.tantivy_field(),
                exists: Term::from_field_text(snapshot.field_names_field(), field.name()),
            },
        }
    }

    /// The term that [`Statistics::read`] looks up.
    pub(super) fn term(&self) -> Option<&Term> {
        match self {
            Statistics::Known(_) => None,
            Statistics::InSplits { exists, .. } => Some(exists),
        }
    }

    /// Reads them, if need be. A document whose text has no terms then counts as one that has the field.
    pub(super) fn read(&self, searcher: &Searcher) -> tantivy::Result<FieldStatistics> {
        let (field, exists) = match self {
            Statistics::Known(known) => return Ok(*known),
            Statistics::InSplits { field, exists } => (*field, exists),
        };
        let mut sum = FieldStatistics::default();
        for segment in searcher.segment_readers() {
            let documents = segment.inverted_index(exists.field())?.doc_freq(exists)?;
            let terms = segment.inverted_index(field)?.total_num_tokens();
            sum += FieldStatistics { documents: u64::from(documents), terms };
        }
        Ok(sum)
    }
}
