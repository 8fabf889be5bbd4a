//! Which options of a field a mapping shows: those that are not the default.

use serde_json::{Map, Value as Json};

use super::definition::{COMPLETION_ANALYZER, DEFAULT_ANALYZER, Definition};
use crate::analysis::Analysis;
use crate::{FieldKind, IndexError, KeywordForm, KeywordOptions, TextForm};

impl Definition<'_> {
    /// The options that a mapping shows as they were given.
    pub(super) fn shown_options(&self, kind: &FieldKind, analysis: &Analysis) -> Result<Map<String, Json>, IndexError> {
        let mut shown = self.shown_analyzers(kind, analysis)?;
        let kept = self.object.iter().filter(|(key, value)| is_shown(kind, key, value));
        shown.extend(kept.map(|(key, value)| (key.clone(), value.clone())));
        Ok(shown)
    }

    /// Names of analyzers, where they are not those of all fields.
    fn shown_analyzers(&self, kind: &FieldKind, analysis: &Analysis) -> Result<Map<String, Json>, IndexError> {
        let (default, default_search) = match kind {
            FieldKind::Text { form: TextForm::Completion(_), .. } => (COMPLETION_ANALYZER, None),
            FieldKind::Text { .. } => (DEFAULT_ANALYZER, analysis.default_search_name()),
            // There is none of all fields.
            FieldKind::TokenCount { .. } => {
                let given = self.text("analyzer")?;
                return Ok(given.map(|name| ("analyzer".to_owned(), name.into())).into_iter().collect());
            }
            _ => return Ok(Map::new()),
        };
        let analyzer = self.text("analyzer")?.unwrap_or(default);
        let expected = default_search.unwrap_or(analyzer);
        let search_analyzer = self.text("search_analyzer")?.unwrap_or(expected);
        let mut shown = Map::new();
        if analyzer != default || search_analyzer != analyzer {
            shown.insert("analyzer".to_owned(), analyzer.into());
        }
        if search_analyzer != expected {
            shown.insert("search_analyzer".to_owned(), search_analyzer.into());
        }
        Ok(shown)
    }
}

/// Whether an option is shown as it was given.
fn is_shown(kind: &FieldKind, key: &str, value: &Json) -> bool {
    let is_completion = matches!(kind, FieldKind::Text { form: TextForm::Completion(_), .. });
    let is_wildcard = matches!(kind, FieldKind::Keyword(KeywordOptions { form: KeywordForm::Wildcard, .. }));
    let has_no_choice = is_completion || matches!(kind, FieldKind::Binary | FieldKind::RankFeature { .. });
    let default = match key {
        // They are written from the kind.
        "type"
        | "fields"
        | "analyzer"
        | "search_analyzer"
        | "ignore_above"
        | "normalizer"
        | "format"
        | "scaling_factor"
        | "value"
        | "preserve_separators"
        | "preserve_position_increments"
        | "max_input_length"
        | "max_shingle_size"
        | "positive_score_impact"
        | "contexts" => return false,
        "doc_values" if is_wildcard || *kind == FieldKind::Binary => "false",
        "index" | "doc_values" | "similarity" if has_no_choice => return false,
        "index" | "doc_values" | "enable_position_increments" => "true",
        "norms" if matches!(kind, FieldKind::Text { .. }) => "true",
        "store" | "norms" | "eager_global_ordinals" | "fielddata" | "index_phrases" | "split_queries_on_whitespace" => {
            "false"
        }
        // Clients expect that of numbers and points, if it is given.
        "ignore_malformed" if matches!(kind, FieldKind::Date { .. } | FieldKind::Ip | FieldKind::Range(_)) => "false",
        "index_options" if matches!(kind, FieldKind::Text { .. }) => "positions",
        "index_options" => "docs",
        "term_vector" => "no",
        "boost" if value.as_f64() == Some(1.0) => return false,
        "meta" => "{}",
        "copy_to" => "[]",
        _ => "null",
    };
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    !value.is_null() && text != default
}
