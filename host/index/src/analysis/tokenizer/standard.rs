//! The tokenizer `standard`: words as Unicode's annex 29 defines them.

use std::sync::Arc;

use super::super::analyzer_parts::Tokenizer;
use super::super::options::Options;
use super::super::token::Token;
use super::super::word_runs::WordRuns;
use crate::IndexError;

/// Longest word in characters, if there is no option for it. Longer ones are split.
const MAX_CHARACTERS: usize = 255;

/// Splits a text into words.
pub(in super::super) struct StandardTokenizer {
    max_characters: usize,
}

impl Default for StandardTokenizer {
    fn default() -> Self {
        StandardTokenizer { max_characters: MAX_CHARACTERS }
    }
}

impl StandardTokenizer {
    pub(in super::super) fn read(options: &mut Options<'_>) -> Result<Self, IndexError> {
        Ok(StandardTokenizer { max_characters: options.size("max_token_length", MAX_CHARACTERS)? })
    }

    /// The words from an offset on, and their types.
    pub(super) fn words<'a>(&self, text: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
        let max_characters = self.max_characters;
        let mut words = WordRuns::new(text);
        let mut rest: Option<(usize, &str)> = None;
        std::iter::from_fn(move || {
            loop {
                let (start, word) = match rest.take() {
                    Some(rest) => rest,
                    None => words.next()?,
                };
                if word.len() <= max_characters {
                    return Some((start, word));
                }
                let Some((end, _)) = word.char_indices().nth(max_characters) else { return Some((start, word)) };
                // The beginning of a word is split like a text of its own.
                let Some((inner, first)) = WordRuns::new(&word[..end]).next() else { continue };
                let end = inner + first.len();
                let after = &word[end..];
                // Punctuation between two parts of a word is not part of either.
                rest = WordRuns::new(after).next().map(|(skipped, _)| (start + end + skipped, &after[skipped..]));
                return Some((start + inner, first));
            }
        })
    }
}

pub(super) fn read(options: &mut Options<'_>) -> Result<Arc<dyn Tokenizer>, IndexError> {
    Ok(Arc::new(StandardTokenizer::read(options)?))
}

impl Tokenizer for StandardTokenizer {
    fn tokens(&self, text: &str) -> Vec<Token> {
        let words = self.words(text).enumerate();
        words.map(|(position, (start, word))| Token::new(word, start, kind_of(word), position)).collect()
    }
}

/// The type of a word.
pub(super) fn kind_of(word: &str) -> &'static str {
    let mut kind = "<EMOJI>";
    for character in word.chars() {
        match character {
            '\u{3040}'..='\u{309f}' => return "<HIRAGANA>",
            '\u{30a0}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9f}' => return "<KATAKANA>",
            '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7ff}' => return "<HANGUL>",
            '\u{2e80}'..='\u{2fdf}'
            | '\u{3005}'..='\u{3007}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}' => return "<IDEOGRAPHIC>",
            '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' => return "<SOUTHEAST_ASIAN>",
            '#' | '*' | '\u{200d}' | '\u{fe0f}' | '\u{20e3}' => {}
            _ if character.is_alphabetic() => return "<ALPHANUM>",
            _ if character.is_numeric() => kind = if word.contains('\u{20e3}') { "<EMOJI>" } else { "<NUM>" },
            _ => {}
        }
    }
    kind
}
