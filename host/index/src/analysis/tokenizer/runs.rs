//! Tokenizers that split a text into runs of characters: `whitespace`, `letter`, `lowercase` and `keyword`.

use std::sync::Arc;

use super::super::analyzer_parts::Tokenizer;
use super::super::lowercase::lowercase;
use super::super::options::Options;
use super::super::token::{Token, WORD, words};
use super::super::unicode_words::{LetterRuns, UnspacedRuns};
use crate::IndexError;

/// Longest token in characters, if there is no option for it. Longer ones are split.
const MAX_CHARACTERS: usize = 255;

/// The tokenizer `whitespace`.
pub(in super::super) const WHITESPACE: Runs = Runs { kind: Kind::Unspaced, max_characters: MAX_CHARACTERS };
/// The tokenizer `letter`.
pub(in super::super) const LETTER: Runs = Runs { kind: Kind::Letters, max_characters: MAX_CHARACTERS };
/// The tokenizer `keyword`.
pub(in super::super) const KEYWORD: Runs = Runs { kind: Kind::Whole, max_characters: usize::MAX };

/// Splits a text into runs.
pub(in super::super) struct Runs {
    kind: Kind,
    max_characters: usize,
}

enum Kind {
    /// What is between white space.
    Unspaced,
    Letters,
    LowercaseLetters,
    /// The whole text.
    Whole,
}

pub(super) fn read_whitespace(options: &mut Options<'_>) -> Result<Arc<dyn Tokenizer>, IndexError> {
    let max_characters = options.size("max_token_length", MAX_CHARACTERS)?;
    Ok(Arc::new(Runs { max_characters, ..WHITESPACE }))
}

pub(super) fn read_keyword(options: &mut Options<'_>) -> Result<Arc<dyn Tokenizer>, IndexError> {
    // Only how much memory is allocated at once.
    options.size("buffer_size", 256)?;
    Ok(Arc::new(KEYWORD))
}

pub(super) fn read_letter(_: &mut Options<'_>) -> Result<Arc<dyn Tokenizer>, IndexError> {
    Ok(Arc::new(LETTER))
}

pub(super) fn read_lowercase(_: &mut Options<'_>) -> Result<Arc<dyn Tokenizer>, IndexError> {
    Ok(Arc::new(Runs { kind: Kind::LowercaseLetters, ..LETTER }))
}

impl Tokenizer for Runs {
    fn tokens(&self, text: &str) -> Vec<Token> {
        match self.kind {
            Kind::Unspaced => words(self.cut(UnspacedRuns::new(text))),
            Kind::Letters => words(self.cut(LetterRuns::new(text))),
            Kind::LowercaseLetters => {
                let mut tokens = words(self.cut(LetterRuns::new(text)));
                for token in &mut tokens {
                    lowercase(&mut token.text);
                }
                tokens
            }
            // Also if it is empty.
            Kind::Whole => vec![Token::new(text, 0, WORD, 0)],
        }
    }
}

impl Runs {
    /// Cuts runs that are too long into several.
    fn cut<'a>(&self, runs: impl Iterator<Item = (usize, &'a str)>) -> impl Iterator<Item = (usize, &'a str)> {
        let max_characters = self.max_characters;
        runs.flat_map(move |(start, run)| {
            let mut rest = Some((start, run));
            std::iter::from_fn(move || {
                let (start, run) = rest.take()?;
                let Some((end, _)) = run.char_indices().nth(max_characters) else { return Some((start, run)) };
                rest = Some((start + end, &run[end..]));
                Some((start, &run[..end]))
            })
        })
    }
}
