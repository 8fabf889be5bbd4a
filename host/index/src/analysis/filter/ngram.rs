//! The filters `ngram` and `edge_ngram`: parts of each token, at its position.

use std::sync::Arc;

use super::super::analyzer::Analyzer;
use super::super::analyzer_parts::TokenFilter;
use super::super::ngram_sizes::NgramSizes;
use super::super::options::Options;
use super::super::token::Token;
use super::super::token_limit::TokenLimit;
use super::term::reverse;
use crate::IndexError;

struct NgramFilter {
    min: usize,
    max: usize,
    parts: Parts,
    preserve_original: bool,
}

#[derive(PartialEq)]
enum Parts {
    All,
    Front,
    Back,
}

pub(super) fn read(options: &mut Options<'_>, _: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    let sizes = NgramSizes::read_limited(options)?;
    read_with(options, sizes, Parts::All)
}

pub(super) fn read_edge(options: &mut Options<'_>, _: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    let parts = match options.text("side")?.as_deref() {
        None | Some("front") => Parts::Front,
        Some("back") => Parts::Back,
        Some(other) => return Err(options.error("side", format!("{other:?} is neither front nor back"))),
    };
    let sizes = NgramSizes::read(options)?;
    read_with(options, sizes, parts)
}

fn read_with(options: &mut Options<'_>, sizes: NgramSizes, parts: Parts) -> Result<Arc<dyn TokenFilter>, IndexError> {
    let NgramSizes { min, max } = sizes;
    Ok(Arc::new(NgramFilter {
        min,
        max,
        parts,
        preserve_original: options.flag("preserve_original")?.unwrap_or(false),
    }))
}

impl TokenFilter for NgramFilter {
    fn apply(&self, tokens: Vec<Token>) -> Vec<Token> {
        self.apply_within(tokens, TokenLimit::NONE)
    }

    fn apply_within(&self, tokens: Vec<Token>, mut limit: TokenLimit) -> Vec<Token> {
        let mut grams = Vec::with_capacity(tokens.len() * 2);
        for mut token in tokens {
            if self.parts == Parts::Back {
                reverse(&mut token.text);
            }
            let ends: Vec<usize> =
                token.text.char_indices().map(|(offset, _)| offset).chain([token.text.len()]).collect();
            let characters = ends.len() - 1;
            let starts = if self.parts == Parts::All { characters } else { 1 };
            let first_gram = grams.len();
            for start in 0..starts {
                for length in self.min..=self.max.min(characters.saturating_sub(start)) {
                    let gram = token.with_text(&token.text[ends[start]..ends[start + length]]);
                    let fits = limit.take(gram.text.len());
                    grams.push(gram);
                    if !fits {
                        return grams;
                    }
                }
            }
            if self.preserve_original && !(self.min..=self.max).contains(&characters) {
                grams.push(token);
            }
            if self.parts == Parts::Back {
                grams[first_gram..].iter_mut().for_each(|gram| reverse(&mut gram.text));
            }
        }
        grams
    }
}
