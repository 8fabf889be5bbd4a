//! `{"match": {"field": "some text"}}`: documents that have the terms which the text becomes.

use std::sync::Arc;

use super::fuzziness::{Fuzziness, FuzzyOptions};
use super::minimum_should_match::MinimumShouldMatch;
use super::operator::OPERATORS;
use super::text_options::{InvalidValues, SynonymWords, TextForm, TextOptions};
use super::text_query::{TextQuery, text};
use super::zero_terms::ZERO_TERMS;
use crate::clause::Clause;
use crate::json::{ErrorKind, Fields, Node, ParseError};
use crate::request::{Parser, take_boost};

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let (field, body) = node.only_entry("[match] query").map_err(|error| error.of_kind(ErrorKind::Parsing))?;
    let mut options = TextOptions::new("match", TextForm::Words);
    let field = field.to_owned();
    if !body.is_object() {
        let text = text(&body, "match", &field)?;
        return Ok(Box::new(TextQuery { field, text, options: Arc::new(options), boost: 1.0 }));
    }
    let mut fields = body.fields()?;
    let text = text(&fields.required("query", "[match] query")?, "match", &field)?;
    options.take_words(&mut fields)?;
    if let Some(zero_terms) = fields.optional("zero_terms_query", |node| ZERO_TERMS.read(node))? {
        options.zero_terms = zero_terms;
    }
    if let Some(invalid_values) = fields.optional("lenient", InvalidValues::parse)? {
        options.invalid_values = invalid_values;
    }
    let boost = take_boost(&mut fields)?;
    options.synonyms = SynonymWords::take(&mut fields)?;
    fields.finish("[match] query")?;
    Ok(Box::new(TextQuery { field, text, options: Arc::new(options), boost }))
}

impl TextOptions {
    /// Takes the keys that queries for words have in common.
    pub(super) fn take_words(&mut self, fields: &mut Fields<'_>) -> Result<(), ParseError> {
        self.analyzer = fields.optional("analyzer", |node| node.text().map(str::to_owned))?;
        if let Some(operator) = fields.optional("operator", |node| OPERATORS.read(node))? {
            self.operator = operator;
        }
        self.minimum_should_match = fields.optional("minimum_should_match", MinimumShouldMatch::parse)?;
        self.fuzziness = fields.optional("fuzziness", Fuzziness::parse)?;
        self.fuzzy = FuzzyOptions::take(fields)?;
        self.fuzzy_rewrite = fields.optional("fuzzy_rewrite", |node| node.text().map(str::to_owned))?;
        Ok(())
    }
}
