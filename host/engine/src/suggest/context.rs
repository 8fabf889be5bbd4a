//! What suggestions are made from.

use std::collections::BTreeMap;

use quidditch_index::{Field, Mapping, Snapshot, View};

use crate::Error;
use crate::progress::Progress;

/// What suggestions are made from: one index.
pub(crate) struct Context<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) view: &'a View,
    pub(crate) progress: &'a Progress,
    /// The stored templates that the request names, by their ids.
    pub(crate) templates: &'a BTreeMap<String, String>,
    /// Whether a document of the index matches a query, which is given as JSON.
    pub(crate) has_match: &'a (dyn Fn(&str) -> Result<bool, Error> + Sync),
}

impl<'a> Context<'a> {
    pub(super) fn mapping(&self) -> &'a Mapping {
        self.snapshot.mapping()
    }

    /// How many terms all texts of a field have.
    pub(super) fn occurrences(&self, field: &Field) -> u64 {
        if let Some(statistics) = self.snapshot.field_statistics(field.name()) {
            return statistics.terms;
        }
        let segments = self.view.searcher().segment_readers().iter();
        let indices = segments.filter_map(|segment| segment.inverted_index(field.tantivy_field()).ok());
        indices.map(|index| index.total_num_tokens()).sum()
    }
}
