//! The filters `trim` and `truncate`.

use std::sync::Arc;

use super::super::analyzer::Analyzer;
use super::super::analyzer_parts::TokenFilter;
use super::super::options::Options;
use super::super::token::Token;
use super::term::EachTermFilter;
use crate::IndexError;

pub(super) fn read_trim(_: &mut Options<'_>, _: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    Ok(Arc::new(EachTermFilter::of_characters(|term| {
        // As Java trims: everything up to a space in ASCII.
        let trimmed = term.trim_matches(|character| character <= ' ');
        if trimmed.len() < term.len() {
            *term = trimmed.to_owned();
        }
    })))
}

struct Truncate {
    characters: usize,
}

pub(super) fn read_truncate(options: &mut Options<'_>, _: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    // Without it, the real server fails at search only.
    options.required_text("length")?;
    Ok(Arc::new(Truncate { characters: options.size("length", 1)? }))
}

impl TokenFilter for Truncate {
    fn apply(&self, mut tokens: Vec<Token>) -> Vec<Token> {
        for token in tokens.iter_mut().filter(|token| !token.is_keyword) {
            if let Some((end, _)) = token.text.char_indices().nth(self.characters) {
                token.text.truncate(end);
            }
        }
        tokens
    }
}
