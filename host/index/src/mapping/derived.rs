//! Sub-fields that the type of a field has by itself.

use crate::analysis::DerivedAnalyzer;
use crate::{FieldKind, TextForm};

/// The sub-fields of a field of this kind, by the last parts of their names.
pub(super) fn derived_subfields(kind: &FieldKind) -> Vec<(String, FieldKind)> {
    let FieldKind::Text { analyzer, search_analyzer, form: TextForm::SearchAsYouType { max_words } } = kind else {
        return Vec::new();
    };
    let sequences = |words: u8| {
        let derived = DerivedAnalyzer::Sequences { words };
        let kind = FieldKind::Text {
            analyzer: derived.name(analyzer),
            search_analyzer: derived.name(search_analyzer),
            form: TextForm::Sequences { words },
        };
        (format!("_{words}gram"), kind)
    };
    let beginnings = FieldKind::Text {
        analyzer: DerivedAnalyzer::Beginnings { words: *max_words }.name(analyzer),
        search_analyzer: DerivedAnalyzer::Sequences { words: *max_words }.name(search_analyzer),
        form: TextForm::Beginnings,
    };
    (2..=*max_words).map(sequences).chain([("_index_prefix".to_owned(), beginnings)]).collect()
}
