//! A text in one field: how it becomes terms, and how documents must have these. What all types of `match` have in common.

use std::sync::Arc;

use quidditch_index::{Field, FieldKind, Token};
use serde_json::Value as Json;

use super::clause::Clause;
use super::metadata_field::MetadataField;
use super::prefix;
use super::rewrite::plan_fuzzy;
use super::term::{Lookup, text_of};
use super::term_pattern::{LetterCase, PatternOptions};
use super::text_matches::{TermTest, TextMatches};
use super::text_options::{TextForm, TextOptions, not_fuzzy};
use super::text_terms::Terms;
use crate::Error;
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
            if let Some(text) = keyword.and_then(|field| field.text(&self.text).ok()) {
                let is_prefix = options.form == TextForm::WordsThenPrefix;
                self.add_word(&text, if is_prefix { WordForm::Prefix } else { WordForm::Whole }, matches);
            }
            return Ok(());
        };
        let Ok(tokens) = self.tokens(planner, field) else { return Ok(()) };
        let last = tokens.last().map(|token| token.position);
        if matches!(options.form, TextForm::Words | TextForm::WordsThenPrefix) {
            for token in &tokens {
                let is_prefix = options.form == TextForm::WordsThenPrefix && Some(token.position) == last;
                self.add_word(&token.text, if is_prefix { WordForm::Prefix } else { WordForm::Whole }, matches);
            }
            return Ok(());
        }
        let words = tokens.into_iter().map(|token| {
            let is_prefix = options.form == TextForm::PhrasePrefix && Some(token.position) == last;
            let test = if is_prefix { starts_with(&token.text) } else { TermTest::Is(token.text) };
            (token.position, test)
        });
        matches.phrase(&self.field, words.collect(), options.slop as usize);
        Ok(())
    }

    fn description(&self) -> String {
        format!("{}:{}", self.field, text_of(&self.text))
    }
}

/// Whether a word is a term, or the start of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WordForm {
    Whole,
    Prefix,
}

/// Terms that start with a text.
fn starts_with(text: &str) -> TermTest {
    let text = text.to_owned();
    TermTest::Passes(Arc::new(move |term| term.starts_with(&text)))
}

impl TextQuery {
    /// Adds a word of the text, which may be the start of a term, to what the query matches.
    pub(super) fn add_word(&self, word: &str, form: WordForm, matches: &mut TextMatches) {
        matches.test(
            &self.field,
            match self.options.fuzziness {
                _ if form == WordForm::Prefix => starts_with(word),
                None => TermTest::Is(word.to_owned()),
                Some(fuzziness) => {
                    let similar = self.options.fuzzy.term(word, fuzziness);
                    TermTest::Passes(Arc::new(move |term| similar.similarity(term).is_some()))
                }
            },
        );
    }

    /// `None` if the analyzer leaves nothing of the text.
    pub(super) fn plan_words(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Option<Planned>, Error> {
        self.options.check(planner)?;
        let scoring = scoring.boosted(self.boost)?;
        let invalid_values = self.options.invalid_values;
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
        let terms = Terms { options: &self.options, field, planner, scoring };
        invalid_values.forgive(terms.plan(tokens).map(Some))
    }

    /// One word of the text, which was analyzed.
    pub(super) fn plan_word(
        &self,
        planner: &Planner<'_>,
        word: &str,
        form: TextForm,
        scoring: Scoring,
    ) -> Result<Planned, Error> {
        let scoring = scoring.boosted(self.boost)?;
        let Some(field) = self.analyzed_field(planner) else { return Ok(Planned::none()) };
        let terms = Terms { options: &self.options, field, planner, scoring };
        let planned = if form == TextForm::WordsThenPrefix { terms.prefix(word) } else { terms.word(word) };
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
        let given = self.options.analyzer.as_deref();
        let tokens = given.and_then(|analyzer| planner.snapshot.analyze_with(analyzer, &text));
        Ok(tokens.unwrap_or_else(|| planner.snapshot.analyze(field, &text)))
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
            let text = field.text(&self.text).map_err(|error| Planner::value_error(&error))?;
            return plan_fuzzy(planner, field, options.fuzzy.term(&text, fuzziness), options.rewrite()?, scoring);
        }
        let lookup = Lookup::new(planner, &self.field, &self.text)?;
        Ok(lookup.map_or_else(Planned::none, |lookup| lookup.plan(planner, scoring)))
    }
}
