//! Filters for apostrophes and dots in words: `elision`, `apostrophe` and `classic`.

use std::sync::Arc;

use super::super::analyzer::Analyzer;
use super::super::analyzer_parts::TokenFilter;
use super::super::apostrophe::{remove_from_apostrophe, split_article};
use super::super::options::Options;
use super::super::token::Token;
use super::term::EachTermFilter;
use crate::IndexError;

/// Removes articles before an apostrophe.
struct Elision {
    articles: Vec<String>,
    ignores_case: bool,
}

pub(super) fn read(options: &mut Options<'_>, _: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    let articles = options.required_texts("articles")?;
    Ok(Arc::new(Elision { articles, ignores_case: options.flag("articles_case")?.unwrap_or(false) }))
}

impl TokenFilter for Elision {
    fn changes_characters(&self) -> bool {
        true
    }

    fn apply(&self, mut tokens: Vec<Token>) -> Vec<Token> {
        for token in &mut tokens {
            let Some((article, rest)) = split_article(&token.text) else { continue };
            let is_known = |known: &String| match self.ignores_case {
                true => known.to_lowercase() == article.to_lowercase(),
                false => known == article,
            };
            if self.articles.iter().any(is_known) {
                token.text = rest.to_owned();
            }
        }
        tokens
    }
}

pub(super) fn read_apostrophe(_: &mut Options<'_>, _: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    Ok(Arc::new(EachTermFilter::of_words(remove_from_apostrophe)))
}

/// Removes `'s` and the dots of acronyms, of tokens that the tokenizer `classic` found to be such.
struct Classic;

pub(super) fn read_classic(_: &mut Options<'_>, _: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    Ok(Arc::new(Classic))
}

impl TokenFilter for Classic {
    fn apply(&self, mut tokens: Vec<Token>) -> Vec<Token> {
        for token in &mut tokens {
            match token.kind {
                "<APOSTROPHE>" => {
                    if let Some(rest) = token.text.strip_suffix("'s").or_else(|| token.text.strip_suffix("'S")) {
                        token.text = rest.to_owned();
                    }
                }
                "<ACRONYM>" => token.text = token.text.replace('.', ""),
                _ => {}
            }
        }
        tokens
    }
}
