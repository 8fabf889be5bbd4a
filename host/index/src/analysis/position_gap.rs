//! Keeps the values of a field apart in the index.

use tantivy::tokenizer::{BoxTokenStream, TextAnalyzer, Token, TokenStream, Tokenizer};

use super::analyzer::POSITION_GAP;

/// An analyzer for documents. The first word of a value is [`POSITION_GAP`] positions behind that of the value before it.
#[derive(Clone)]
pub(super) struct WithPositionGap(pub(super) TextAnalyzer);

impl Tokenizer for WithPositionGap {
    type TokenStream<'a> = Stream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream<'a> {
        Stream(self.0.token_stream(text))
    }
}

/// Tokens that reach as far as the gap. tantivy begins the next value one position behind the last that any of them reaches, and
/// makes no other use of their length.
pub(super) struct Stream<'a>(BoxTokenStream<'a>);

impl TokenStream for Stream<'_> {
    fn advance(&mut self) -> bool {
        let has_token = self.0.advance();
        if has_token {
            self.0.token_mut().position_length = POSITION_GAP;
        }
        has_token
    }

    fn token(&self) -> &Token {
        self.0.token()
    }

    fn token_mut(&mut self) -> &mut Token {
        self.0.token_mut()
    }
}
