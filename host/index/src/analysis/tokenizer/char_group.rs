//! The tokenizer `char_group`: splits at certain characters.

use std::sync::Arc;

use super::super::analyzer_parts::Tokenizer;
use super::super::char_classes::CharClasses;
use super::super::options::Options;
use super::super::token::{Token, words};
use crate::IndexError;

struct CharGroup {
    separators: CharClasses,
    max_characters: usize,
}

pub(super) fn read(options: &mut Options<'_>) -> Result<Arc<dyn Tokenizer>, IndexError> {
    let separators = CharClasses::read_with_characters(options, "tokenize_on_chars")?;
    Ok(Arc::new(CharGroup { separators, max_characters: options.size("max_token_length", 255)? }))
}

impl Tokenizer for CharGroup {
    fn tokens(&self, text: &str) -> Vec<Token> {
        let mut parts = Vec::new();
        for (mut start, mut run) in self.separators.runs_between(text) {
            while let Some((end, _)) = run.char_indices().nth(self.max_characters) {
                parts.push((start, &run[..end]));
                start += end;
                run = &run[end..];
            }
            parts.push((start, run));
        }
        words(parts.into_iter())
    }
}
