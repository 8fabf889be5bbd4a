//! The suggester `term`: corrections of each word of a text.

use super::answer::{Entry, SuggestOption};
use super::context::Context;
use super::field_terms::FieldTerms;
use super::input::Input;
use super::spell_checker::{SortBy, SpellChecker};
use crate::Error;
use crate::json::{Fields, ParseError};

/// A parsed `term`.
#[derive(Debug, PartialEq)]
pub(super) struct TermSuggester {
    checker: SpellChecker,
}

impl TermSuggester {
    pub(super) fn take(fields: &mut Fields<'_>) -> Result<Self, ParseError> {
        Ok(TermSuggester { checker: SpellChecker::take(fields)? })
    }

    pub(super) fn sort(&self) -> SortBy {
        self.checker.sort
    }

    /// An entry for each word.
    pub(super) fn entries(&self, input: &Input, context: &Context<'_>) -> Result<Vec<Entry>, Error> {
        let field = input.field(context)?;
        let tokens = input.tokens(field, context)?;
        let count = input.shard_size(input.size.max(5))?;
        let terms = FieldTerms::open(context, field);
        let mut entries = Vec::with_capacity(tokens.len());
        for token in tokens {
            let similar = match &terms {
                Some(terms) if !context.progress.must_stop() => self.checker.similar(&token.token, count, terms),
                _ => Vec::new(),
            };
            entries.push(Entry {
                text: token.token,
                offset: token.start_offset,
                length: token.end_offset - token.start_offset,
                options: similar.into_iter().map(SuggestOption::Term).collect(),
            });
        }
        terms.map_or(Ok(()), |terms| terms.check())?;
        Ok(entries)
    }
}
