//! Filters of tantivy, applied to single terms.

use tantivy::tokenizer::{AsciiFoldingFilter, Language, StopWordFilter, TextAnalyzer, Token, TokenStream, Tokenizer};

/// A tokenizer that makes one token of each text.
#[derive(Clone, Default)]
struct OneTerm {
    token: Token,
}

struct OneTermStream<'a> {
    token: &'a mut Token,
    is_read: bool,
}

impl Tokenizer for OneTerm {
    type TokenStream<'a> = OneTermStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        self.token.text.clear();
        self.token.text.push_str(text);
        OneTermStream { token: &mut self.token, is_read: false }
    }
}

impl TokenStream for OneTermStream<'_> {
    fn advance(&mut self) -> bool {
        !std::mem::replace(&mut self.is_read, true)
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

/// A term with the letters of ASCII in place of others that look like them.
pub(super) fn ascii_folded(term: &str) -> String {
    if term.is_ascii() {
        return term.to_owned();
    }
    let mut folding = TextAnalyzer::builder(OneTerm::default()).filter(AsciiFoldingFilter).build();
    let mut tokens = folding.token_stream(term);
    tokens.next().map_or_else(String::new, |token| token.text.clone())
}

/// The stop words of a language.
#[derive(Clone)]
pub(super) struct LanguageStopWords(TextAnalyzer);

impl LanguageStopWords {
    /// `None` if the library has no list for the language.
    pub(super) fn new(language: Language) -> Option<Self> {
        let filter = StopWordFilter::new(language)?;
        Some(LanguageStopWords(TextAnalyzer::builder(OneTerm::default()).filter(filter).build()))
    }

    pub(super) fn contains(&mut self, term: &str) -> bool {
        !self.0.token_stream(term).advance()
    }
}
