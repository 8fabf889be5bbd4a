//! Filters that drop tokens: `length`, `keep`, `keep_types` and `limit`. What is dropped leaves a gap in the positions.

use std::collections::HashSet;
use std::sync::Arc;

use super::super::analyzer::Analyzer;
use super::super::analyzer_parts::TokenFilter;
use super::super::options::Options;
use super::super::token::Token;
use crate::IndexError;

/// Keeps tokens for which a condition holds.
struct Keep<F>(F);

impl<F: Fn(&Token) -> bool + Send + Sync> TokenFilter for Keep<F> {
    fn apply(&self, mut tokens: Vec<Token>) -> Vec<Token> {
        tokens.retain(|token| (self.0)(token));
        tokens
    }
}

pub(super) fn read_length(options: &mut Options<'_>, _: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    let lengths = options.count("min", 0)?..=options.count("max", usize::MAX)?;
    Ok(Arc::new(Keep(move |token: &Token| lengths.contains(&token.text.chars().map(char::len_utf16).sum()))))
}

pub(super) fn read_words(options: &mut Options<'_>, _: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    let words = options.required_texts("keep_words")?;
    if options.flag("keep_words_case")?.unwrap_or(false) {
        let words: HashSet<String> = words.iter().map(|word| word.to_lowercase()).collect();
        return Ok(Arc::new(Keep(move |token: &Token| words.contains(&token.text.to_lowercase()))));
    }
    let words: HashSet<String> = words.into_iter().collect();
    Ok(Arc::new(Keep(move |token: &Token| words.contains(&token.text))))
}

pub(super) fn read_types(options: &mut Options<'_>, _: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    let types = options.required_texts("types")?;
    let keeps_listed = match options.text("mode")?.as_deref() {
        None | Some("include") => true,
        Some("exclude") => false,
        Some(other) => return Err(options.error("mode", format!("{other:?} is neither include nor exclude"))),
    };
    Ok(Arc::new(Keep(move |token: &Token| types.iter().any(|kind| kind == token.kind) == keeps_listed)))
}

/// Keeps the first tokens.
struct Limit {
    tokens: usize,
}

pub(super) fn read_limit(options: &mut Options<'_>, _: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    let tokens = options.count("max_token_count", 1)?;
    // All are read in any case.
    options.flag("consume_all_tokens")?;
    Ok(Arc::new(Limit { tokens }))
}

impl TokenFilter for Limit {
    fn apply(&self, mut tokens: Vec<Token>) -> Vec<Token> {
        tokens.truncate(self.tokens);
        tokens
    }
}
