//! What completions compare: the words that an analyzer makes of a text, one behind the other.

use crate::analysis::{AnalyzeError, AnalyzedToken, Analyzer, analyze_all};
use crate::field::WORD_SEPARATOR;
use crate::{CompletionOptions, Field, FieldKind, Mapping};

/// Most forms of a text: analyzers may return several words for one. 100: more than what is typed has.
const MAX_FORMS: usize = 100;

impl Mapping {
    /// The forms of an input of a document. None if the analyzer leaves nothing of it.
    pub fn completion_forms(&self, field: &Field, text: &str) -> Vec<String> {
        let FieldKind::Text { analyzer, .. } = field.kind() else { return Vec::new() };
        let analyzer = self.analysis().analyzer(analyzer).unwrap_or_else(Analyzer::keyword);
        let tokens = analyze_all(&analyzer, &[text.to_owned()]).unwrap_or_default();
        field.completion_options().map_or_else(Vec::new, |options| forms(&tokens, options))
    }

    /// The forms of what was typed, made by the analyzer of this name, or else by that of the field's queries.
    ///
    /// # Errors
    /// As [`Mapping::analyze_query`].
    pub fn completion_query_forms(
        &self,
        field: &Field,
        analyzer: Option<&str>,
        text: &str,
    ) -> Result<Vec<String>, AnalyzeError> {
        let tokens = self.analyze_query(field, analyzer, text)?;
        Ok(field.completion_options().map_or_else(Vec::new, |options| forms(&tokens, options)))
    }
}

fn forms(tokens: &[AnalyzedToken], options: CompletionOptions) -> Vec<String> {
    let mut forms = Vec::new();
    if let Some(end) = tokens.iter().map(|token| token.position + token.position_length).max() {
        add_forms(tokens, options, (0, end), &mut String::new(), &mut forms);
    }
    forms
}

/// Adds all forms that continue `form` with the tokens from a position on.
fn add_forms(
    tokens: &[AnalyzedToken],
    options: CompletionOptions,
    (position, end): (usize, usize),
    form: &mut String,
    forms: &mut Vec<String>,
) {
    if forms.len() >= MAX_FORMS {
        return;
    }
    if position >= end {
        forms.push(form.clone());
        return;
    }
    let length = form.len();
    let here = tokens.iter().filter(|token| token.position == position);
    let mut is_gap = true;
    for token in here {
        is_gap = false;
        form.push_str(&token.token);
        let next = position + token.position_length.max(1);
        if next < end && options.preserve_separators && has_more(tokens, next, options) {
            form.push(WORD_SEPARATOR);
        }
        add_forms(tokens, options, (next, end), form, forms);
        form.truncate(length);
    }
    if is_gap {
        if options.preserve_separators && options.preserve_position_increments {
            form.push(WORD_SEPARATOR);
        }
        add_forms(tokens, options, (position + 1, end), form, forms);
        form.truncate(length);
    }
}

/// Whether anything follows that counts.
fn has_more(tokens: &[AnalyzedToken], position: usize, options: CompletionOptions) -> bool {
    options.preserve_position_increments || tokens.iter().any(|token| token.position >= position)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn forms_of(definition: serde_json::Value, text: &str) -> Vec<String> {
        let mapping = Mapping::from_json(&json!({
            "settings": { "analysis": {
                "filter": { "words": { "type": "synonym", "synonyms": ["quick, fast"] } },
                "analyzer": { "own": { "tokenizer": "standard", "filter": ["lowercase", "words"] } } } },
            "mappings": { "properties": { "c": definition } } }));
        let mapping = mapping.expect("valid");
        mapping.completion_forms(mapping.field("c").expect("it exists"), text)
    }

    #[test]
    fn words_are_separated() {
        let simple = json!({"type": "completion"});
        assert_eq!(forms_of(simple.clone(), "Foo  bar-baz"), ["foo\u{1f}bar\u{1f}baz"]);
        assert!(forms_of(simple.clone(), "?!").is_empty());
        let joined = json!({"type": "completion", "preserve_separators": false});
        assert_eq!(forms_of(joined, "Foo bar"), ["foobar"]);
    }

    #[test]
    fn dropped_words_may_leave_gaps() {
        let gaps = json!({"type": "completion", "analyzer": "stop"});
        assert_eq!(forms_of(gaps, "the foo the bar"), ["\u{1f}foo\u{1f}\u{1f}bar"]);
        let none = json!({"type": "completion", "analyzer": "stop", "preserve_position_increments": false});
        assert_eq!(forms_of(none, "the foo the bar"), ["foo\u{1f}bar"]);
    }

    #[test]
    fn several_words_for_one_make_several_forms() {
        let own = json!({"type": "completion", "analyzer": "own"});
        assert_eq!(forms_of(own, "quick fox"), ["quick\u{1f}fox", "fast\u{1f}fox"]);
    }
}
