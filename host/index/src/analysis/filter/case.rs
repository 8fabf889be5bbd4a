//! The filters `lowercase` and `asciifolding`.

use std::sync::Arc;

use super::super::analyzer::Analyzer;
use super::super::analyzer_parts::TokenFilter;
use super::super::lowercase::{lowercase, lowercase_greek, lowercase_irish, lowercase_turkish};
use super::super::options::Options;
use super::super::tantivy_filter::ascii_folded;
use super::super::token::Token;
use super::term::EachTermFilter;
use crate::IndexError;

pub(super) fn read_lowercase(options: &mut Options<'_>, _: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    let change = match options.text("language")?.as_deref() {
        None => lowercase,
        Some("turkish") => lowercase_turkish,
        Some("greek") => lowercase_greek,
        Some("irish") => lowercase_irish as fn(&mut String),
        Some(other) => {
            return Err(options.error("language", format!("{other:?} is not one of greek, irish and turkish")));
        }
    };
    Ok(Arc::new(EachTermFilter::of_characters(change)))
}

/// Turns letters with accents into those of ASCII.
struct AsciiFolding {
    preserve_original: bool,
}

pub(super) fn read_ascii_folding(options: &mut Options<'_>, _: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    Ok(Arc::new(AsciiFolding { preserve_original: options.flag("preserve_original")?.unwrap_or(false) }))
}

impl TokenFilter for AsciiFolding {
    fn changes_characters(&self) -> bool {
        true
    }

    fn apply(&self, tokens: Vec<Token>) -> Vec<Token> {
        let mut folded = Vec::with_capacity(tokens.len());
        for mut token in tokens {
            let original = token.clone();
            token.text = ascii_folded(&token.text);
            let is_changed = token.text != original.text;
            folded.push(token);
            if is_changed && self.preserve_original {
                folded.push(original);
            }
        }
        folded
    }
}
