//! A text in one field: how it becomes terms, and how documents must have these. What all types of `match` have in common.

use std::borrow::Cow;
use std::sync::Arc;

use quidditch_index::{Field, FieldKind, Token};
use serde_json::Value as Json;

use super::computed;
use super::metadata_field::MetadataField;
use super::prefix;
use super::rewrite::plan_fuzzy;
use super::term::{Lookup, text_of};
use super::term_pattern::{LetterCase, PatternOptions};
use super::text_options::{LastPrefix, TextForm, TextOptions, WordForm, not_fuzzy};
use super::text_terms::Terms;
use super::token_graph::TokenGraph;
use crate::Error;
use crate::clause::{Clause, TermTest, TextMatches};
use crate::json::{Node, ParseError};
use crate::plan::{Planned, Planner};
use crate::scores::Scoring;

/// A text that is searched in a field.
pub(super) struct TextQuery {
    pub(super) field: String,
    pub(super) text: Json,
    pub(super) options: Arc<TextOptions>,
    pub(super) boost: f32,
}

/// The value of `query`, which is a string, a number or a boolean.
pub(super) fn text(node: &Node<'_>, query: &str, field: &str) -> Result<Json, ParseError> {
    match node.json() {
        text @ (Json::String(_) | Json::Number(_) | Json::Bool(_)) => Ok(text.clone()),
        _ => Err(node.error(format!("[{query}] query expects a string, number or boolean for [{field}]"))),
    }
}

impl Clause for TextQuery {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let boost = scoring.boosted(self.boost)?.boost();
        Ok(self.plan_words(planner, scoring)?.unwrap_or_else(|| self.options.zero_terms.plan(boost)))
    }

    fn text_matches(&self, planner: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        let options = &*self.options;
        let Some(field) = self.analyzed_field(planner) else {
            let keyword = planner.field(&self.field).filter(|field| matches!(field.kind(), FieldKind::Keyword { .. }));
            if let Some(text) = keyword.and_then(|field| field.normalized_text(&self.text).ok()) {
                let is_prefix = options.form == TextForm::WordsThenPrefix;
                self.add_word(&text, if is_prefix { WordForm::Prefix } else { WordForm::Whole }, matches);
            }
            return Ok(());
        };
        let Ok(tokens) = self.tokens(planner, field) else { return Ok(()) };
        let last_word = self.options_for(field, &tokens).form.last_word();
        if TokenGraph::is_needed(&tokens) {
            return self.add_graph(&TokenGraph::new(tokens)?, last_word, matches);
        }
        let last_position = tokens.last().map(|token| token.position);
        let form = |token: &Token| match last_word {
            last if Some(token.position) == last_position => last,
            _ => WordForm::Whole,
        };
        if matches!(options.form, TextForm::Words | TextForm::WordsThenPrefix) {
            tokens.iter().for_each(|token| self.add_word(&token.text, form(token), matches));
            return Ok(());
        }
        let words = tokens.iter().map(|token| (token.position, exact_test(&token.text, form(token))));
        matches.phrase(&self.field, words.collect(), options.slop as usize);
        Ok(())
    }

    fn description(&self) -> String {
        format!("{}:{}", self.field, text_of(&self.text))
    }
}

/// A word as a term, or as the start of one.
pub(super) fn exact_test(word: &str, form: WordForm) -> TermTest {
    let word = word.to_owned();
    match form {
        WordForm::Whole => TermTest::Is(word),
        WordForm::Prefix => TermTest::Passes(Arc::new(move |term| term.starts_with(&word))),
    }
}

impl TextQuery {
    /// Adds a word of the text, which may be the start of a term, to what the query matches.
    pub(super) fn add_word(&self, word: &str, form: WordForm, matches: &mut TextMatches) {
        matches.test(
            &self.field,
            match self.options.fuzziness {
                Some(fuzziness) if form == WordForm::Whole => {
                    let similar = self.options.fuzzy.term(word, fuzziness);
                    TermTest::Passes(Arc::new(move |term| similar.similarity(term).is_some()))
                }
                _ => exact_test(word, form),
            },
        );
    }

    /// `None` if the analyzer leaves nothing of the text.
    pub(super) fn plan_words(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Option<Planned>, Error> {
        self.options.check(planner)?;
        let scoring = scoring.boosted(self.boost)?;
        let invalid_values = self.options.invalid_values;
        if let Some(computed) = planner.computed(&self.field)
            && self.options.is_plain()
        {
            let planned = computed::one_of(planner, computed, std::slice::from_ref(&self.text), scoring);
            return invalid_values.forgive(planned.map(Some));
        }
        let Some(field) = self.analyzed_field(planner) else {
            return invalid_values.forgive(self.plan_value(planner, scoring).map(Some));
        };
        let tokens = match self.tokens(planner, field) {
            Ok(tokens) => tokens,
            Err(error) => return invalid_values.forgive(Err(error)),
        };
        planner.expand(tokens.len())?;
        if tokens.is_empty() {
            return Ok(None);
        }
        let options = self.options_for(field, &tokens);
        let terms = Terms { options: &options, field, planner, scoring };
        invalid_values.forgive(terms.plan(tokens).map(Some))
    }

    /// One word of the text, which was analyzed.
    pub(super) fn plan_word(
        &self,
        planner: &Planner<'_>,
        word: &str,
        form: WordForm,
        scoring: Scoring,
    ) -> Result<Planned, Error> {
        let scoring = scoring.boosted(self.boost)?;
        let Some(field) = self.analyzed_field(planner) else { return Ok(Planned::none()) };
        let terms = Terms { options: &self.options, field, planner, scoring };
        let planned = match form {
            WordForm::Whole => terms.word(word),
            WordForm::Prefix => terms.prefix(word),
        };
        Ok(self.options.invalid_values.forgive(planned.map(Some))?.unwrap_or_else(Planned::none))
    }

    /// Whether the analyzer leaves nothing of the text.
    pub(super) fn is_empty(&self, planner: &Planner<'_>) -> bool {
        let field = self.analyzed_field(planner);
        field.and_then(|field| self.tokens(planner, field).ok()).is_some_and(|tokens| tokens.is_empty())
    }

    /// The field, if the text is analyzed for it: a `text`, or any other if the query has an analyzer.
    pub(super) fn analyzed_field<'p>(&self, planner: &'p Planner<'_>) -> Option<&'p Field> {
        let field = planner.field(&self.field)?;
        let is_analyzed = matches!(field.kind(), FieldKind::Text { .. }) || self.options.analyzer.is_some();
        is_analyzed.then_some(field)
    }

    /// The terms of the text.
    pub(super) fn tokens(&self, planner: &Planner<'_>, field: &Field) -> Result<Vec<Token>, Error> {
        let text = field.text(&self.text).map_err(|error| Planner::value_error(&error))?;
        Ok(planner.snapshot.analyze_as(field, self.options.analyzer.as_deref(), &text))
    }

    /// The options for these words: clients expect that the last one is only the start of a word if the text ends with it, and not
    /// with a space.
    pub(super) fn options_for(&self, field: &Field, tokens: &[Token]) -> Cow<'_, TextOptions> {
        let ends_with_word = || {
            let length = field.text(&self.text).map_or(0, |text| text.len());
            tokens.last().is_none_or(|token| token.end >= length)
        };
        let is_prefix = self.options.last_prefix == LastPrefix::Always || ends_with_word();
        if self.options.form != TextForm::WordsThenPrefix || is_prefix {
            return Cow::Borrowed(&self.options);
        }
        Cow::Owned(TextOptions { form: TextForm::Words, ..TextOptions::clone(&self.options) })
    }

    /// The text as one value of a field that has no analyzer.
    fn plan_value(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let options = &self.options;
        let field = planner.field(&self.field);
        let kind = match field {
            Some(field) => field.kind().type_name(),
            None if MetadataField::find(&self.field).is_some() => &self.field,
            None => return Ok(Planned::none()),
        };
        let keyword = field.filter(|field| matches!(field.kind(), FieldKind::Keyword { .. }));
        if options.form == TextForm::PhrasePrefix {
            return Err(Error::Query(format!(
                "Can only use phrase prefix queries on text fields - not on [{}] which is of type [{kind}]",
                self.field
            )));
        }
        if let (TextForm::WordsThenPrefix, Some(field)) = (options.form, keyword) {
            let text = field.text(&self.text).map_err(|error| Planner::value_error(&error))?;
            return prefix::pattern(&self.field, &text, LetterCase::Sensitive, PatternOptions::default())
                .plan(planner, scoring);
        }
        if let Some(fuzziness) = options.fuzziness {
            let Some(field) = keyword else { return Err(not_fuzzy(&self.field, kind)) };
            let text = field.normalized_text(&self.text).map_err(|error| Planner::value_error(&error))?;
            return plan_fuzzy(planner, field, options.fuzzy.term(&text, fuzziness), options.rewrite()?, scoring);
        }
        let lookup = Lookup::new(planner, &self.field, &self.text)?;
        Ok(lookup.map_or_else(Planned::none, |lookup| lookup.plan(planner, scoring)))
    }
}
