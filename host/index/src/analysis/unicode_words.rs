//! Splits texts into words.

use std::sync::LazyLock;

use regex::{Matches, Regex};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::word_runs::WordRuns;

/// Longest word in characters. Longer ones are split: they are data, and nobody searches for them as a whole.
const MAX_WORD_CHARACTERS: usize = 255;

/// Words as Unicode's annex 29 defines them: `can't`, `2.5` and `example.com` are one word each, and so is each ideograph and
/// each emoji.
#[derive(Debug, Clone, Default)]
pub(super) struct UnicodeWords {
    token: Token,
}

impl Tokenizer for UnicodeWords {
    type TokenStream<'a> = Words<'a, WordRuns<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        self.token.reset();
        Words { words: WordRuns::new(text), rest: None, token: &mut self.token }
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

/// What is between the white space of a text.
pub(super) struct UnspacedRuns<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> UnspacedRuns<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        UnspacedRuns { text, position: 0 }
    }
}

impl<'a> Iterator for UnspacedRuns<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = &self.text[self.position..];
        let start = rest.find(|character| !is_space(character))?;
        let run = &rest[start..];
        let length = run.find(is_space).unwrap_or(run.len());
        let offset = self.position + start;
        self.position = offset + length;
        Some((offset, &run[..length]))
    }
}

fn is_space(character: char) -> bool {
    match character {
        '\u{85}' | '\u{a0}' | '\u{2007}' | '\u{202f}' => false,
        '\u{1c}'..='\u{1f}' => true,
        _ => character.is_whitespace(),
    }
}

static LETTERS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\p{L}+").expect("it is valid"));

/// The sequences of letters of a text.
pub(super) struct LetterRuns<'a>(Matches<'static, 'a>);

impl<'a> LetterRuns<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        LetterRuns(LETTERS.find_iter(text))
    }
}

impl<'a> Iterator for LetterRuns<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|run| (run.start(), run.as_str()))
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
    fn letters_are_those_of_unicode() {
        let words = |text| LetterRuns::new(text).map(|(_, run)| run).collect::<Vec<_>>();
        assert_eq!(words("It's 2 größe_x Ⅷ Ⓐ"), ["It", "s", "größe", "x"]);
        // Vowel signs are marks.
        assert_eq!(words("สวัสดี"), ["สว", "สด"]);
        assert_eq!(words("क्षत्रिय"), ["क", "षत", "र", "य"]);
    }

    #[test]
    fn white_space_separates() {
        let words = |text| UnspacedRuns::new(text).map(|(_, run)| run).collect::<Vec<_>>();
        assert_eq!(
            words(" a,b  c\td\u{3000}e\u{2003}f\u{a0}g\u{202f}h\n"),
            ["a,b", "c", "d", "e", "f\u{a0}g\u{202f}h"]
        );
        assert_eq!(words(" \n"), Vec::<&str>::new());
    }

    #[test]
    fn words_are_limited() {
        assert_eq!(tokens(&"ü".repeat(MAX_WORD_CHARACTERS)).len(), 1);
        let cut = tokens(&"ü".repeat(2 * MAX_WORD_CHARACTERS + 1));
        assert_eq!(cut.iter().map(|token| token.text.chars().count()).collect::<Vec<_>>(), [255, 255, 1]);
        assert_eq!(cut.iter().map(|token| token.offset_from).collect::<Vec<_>>(), [0, 510, 1020]);
    }
}
