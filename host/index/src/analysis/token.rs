//! Tokens on their way through an analyzer.

/// A token of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) text: String,
    /// Where it begins in the text that was analyzed, in bytes.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
    /// Its type, such as `<ALPHANUM>`.
    pub(super) kind: &'static str,
    /// Counts words: phrases depend on it. Positions never decrease in a list of tokens.
    pub(super) position: usize,
    /// How many positions it spans: more than one if it spans several others, such as a synonym of several words.
    pub(super) length: usize,
    /// Whether stemmers leave it as it is.
    pub(super) is_keyword: bool,
}

/// The type of tokens of most tokenizers.
pub(super) const WORD: &str = "word";

/// The type of tokens of several neighbouring words.
pub(super) const SHINGLE: &str = "shingle";

impl Token {
    /// A token that is a part of a text, from that byte offset on.
    pub(super) fn new(text: &str, start: usize, kind: &'static str, position: usize) -> Self {
        Token { text: text.to_owned(), start, end: start + text.len(), kind, position, length: 1, is_keyword: false }
    }

    /// The same token with another text.
    pub(super) fn with_text(&self, text: impl Into<String>) -> Self {
        Token { text: text.into(), ..self.clone() }
    }
}

/// Tokens of type [`WORD`] from parts of a text and where these begin, at positions 0, 1, 2, ...
pub(super) fn words<'a>(parts: impl Iterator<Item = (usize, &'a str)>) -> Vec<Token> {
    parts.enumerate().map(|(position, (start, text))| Token::new(text, start, WORD, position)).collect()
}
