//! Splits texts into words.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use unicode_segmentation::{UnicodeSegmentation, UnicodeWordIndices};

/// Longest word in characters. Longer ones are split: they are data, and nobody searches for them as a whole.
const MAX_WORD_CHARACTERS: usize = 255;

/// Words as Unicode's annex 29 defines them: `can't`, `2.5` and `example.com` are one word each, and so is each ideograph.
#[derive(Debug, Clone, Default)]
pub(super) struct UnicodeWords {
    token: Token,
}

/// Sequences of letters.
#[derive(Debug, Clone, Default)]
pub(super) struct Letters {
    token: Token,
}

impl Tokenizer for UnicodeWords {
    type TokenStream<'a> = Words<'a, UnicodeWordIndices<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        self.token.reset();
        Words { words: text.unicode_word_indices(), rest: None, token: &mut self.token }
    }
}

impl Tokenizer for Letters {
    type TokenStream<'a> = Words<'a, LetterRuns<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        self.token.reset();
        Words { words: LetterRuns { text, position: 0 }, rest: None, token: &mut self.token }
    }
}

/// Tokens from words and their offsets in the text.
pub(super) struct Words<'a, W> {
    words: W,
    /// The rest of a word that is too long.
    rest: Option<(usize, &'a str)>,
    token: &'a mut Token,
}

impl<'a, W: Iterator<Item = (usize, &'a str)>> TokenStream for Words<'a, W> {
    fn advance(&mut self) -> bool {
        let Some((start, mut word)) = self.rest.take().or_else(|| self.words.next()) else { return false };
        // Most words are shorter in bytes already.
        if word.len() > MAX_WORD_CHARACTERS
            && let Some((end, _)) = word.char_indices().nth(MAX_WORD_CHARACTERS)
        {
            self.rest = Some((start + end, &word[end..]));
            word = &word[..end];
        }
        self.token.position = self.token.position.wrapping_add(1);
        self.token.offset_from = start;
        self.token.offset_to = start + word.len();
        self.token.text.clear();
        self.token.text.push_str(word);
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

/// The sequences of letters of a text.
pub(super) struct LetterRuns<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Iterator for LetterRuns<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = &self.text[self.position..];
        let start = rest.find(char::is_alphabetic)?;
        let run = &rest[start..];
        let length = run.find(|character: char| !character.is_alphabetic()).unwrap_or(run.len());
        let offset = self.position + start;
        self.position = offset + length;
        Some((offset, &run[..length]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<Token> {
        let mut tokens = Vec::new();
        UnicodeWords::default().token_stream(text).process(&mut |token| tokens.push(token.clone()));
        tokens
    }

    #[test]
    fn tokens_have_offsets_and_positions() {
        let text = "Größe, (zwei)";
        let tokens = tokens(text);
        let parts: Vec<_> = tokens.iter().map(|token| &text[token.offset_from..token.offset_to]).collect();
        assert_eq!(parts, ["Größe", "zwei"]);
        assert_eq!(tokens.iter().map(|token| token.position).collect::<Vec<_>>(), [0, 1]);
    }

    #[test]
    fn words_are_limited() {
        assert_eq!(tokens(&"ü".repeat(MAX_WORD_CHARACTERS)).len(), 1);
        let cut = tokens(&"ü".repeat(2 * MAX_WORD_CHARACTERS + 1));
        assert_eq!(cut.iter().map(|token| token.text.chars().count()).collect::<Vec<_>>(), [255, 255, 1]);
        assert_eq!(cut.iter().map(|token| token.offset_from).collect::<Vec<_>>(), [0, 510, 1020]);
    }
}
