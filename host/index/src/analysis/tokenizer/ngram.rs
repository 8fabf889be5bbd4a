//! The tokenizers `ngram` and `edge_ngram`: all parts of a text with certain lengths, or those at the beginning.

use std::sync::Arc;

use super::super::analyzer_parts::Tokenizer;
use super::super::char_classes::CharClasses;
use super::super::ngram_sizes::NgramSizes;
use super::super::options::Options;
use super::super::token::{Token, WORD};
use super::super::token_limit::TokenLimit;
use crate::IndexError;

struct NgramTokenizer {
    min: usize,
    max: usize,
    /// Which characters tokens are made of; `None` if of all.
    classes: Option<CharClasses>,
    starts: Starts,
}

/// Where parts begin.
#[derive(PartialEq)]
enum Starts {
    Everywhere,
    /// At the beginning of each run of characters.
    AtEdge,
}

pub(super) fn read(options: &mut Options<'_>) -> Result<Arc<dyn Tokenizer>, IndexError> {
    let sizes = NgramSizes::read_limited(options)?;
    read_with(options, sizes, Starts::Everywhere)
}

pub(super) fn read_edge(options: &mut Options<'_>) -> Result<Arc<dyn Tokenizer>, IndexError> {
    let sizes = NgramSizes::read(options)?;
    read_with(options, sizes, Starts::AtEdge)
}

fn read_with(options: &mut Options<'_>, sizes: NgramSizes, starts: Starts) -> Result<Arc<dyn Tokenizer>, IndexError> {
    let NgramSizes { min, max } = sizes;
    let classes = CharClasses::read(options, "token_chars")?;
    Ok(Arc::new(NgramTokenizer { min, max, classes, starts }))
}

impl Tokenizer for NgramTokenizer {
    fn tokens(&self, text: &str) -> Vec<Token> {
        self.tokens_within(text, TokenLimit::NONE)
    }

    fn tokens_within(&self, text: &str, mut limit: TokenLimit) -> Vec<Token> {
        let mut tokens = Vec::new();
        let mut position = 0;
        for (start, run) in self.runs(text) {
            // The offsets of all characters, and of the end.
            let offsets: Vec<usize> = run.char_indices().map(|(offset, _)| offset).chain([run.len()]).collect();
            let characters = offsets.len() - 1;
            let starts = if self.starts == Starts::AtEdge { characters.min(1) } else { characters };
            for first in 0..starts {
                for length in self.min..=self.max.min(characters - first) {
                    let part = &run[offsets[first]..offsets[first + length]];
                    tokens.push(Token::new(part, start + offsets[first], WORD, position));
                    position += 1;
                    if !limit.take(part.len()) {
                        return tokens;
                    }
                }
            }
        }
        tokens
    }
}

impl NgramTokenizer {
    /// The runs of characters that tokens are made of, and where they begin.
    fn runs<'a>(&self, text: &'a str) -> Vec<(usize, &'a str)> {
        match &self.classes {
            None => vec![(0, text)],
            Some(classes) => classes.runs(text),
        }
    }
}
