//! Removes the English possessive.

use tantivy::tokenizer::{Token, TokenFilter, TokenStream, Tokenizer};

/// Removes `'s` from the ends of tokens, with either apostrophe.
#[derive(Clone)]
pub(super) struct PossessiveFilter;

impl TokenFilter for PossessiveFilter {
    type Tokenizer<T: Tokenizer> = PossessiveTokenizer<T>;

    fn transform<T: Tokenizer>(self, tokenizer: T) -> PossessiveTokenizer<T> {
        PossessiveTokenizer(tokenizer)
    }
}

#[derive(Clone)]
pub(super) struct PossessiveTokenizer<T>(T);

impl<T: Tokenizer> Tokenizer for PossessiveTokenizer<T> {
    type TokenStream<'a> = PossessiveStream<T::TokenStream<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        PossessiveStream(self.0.token_stream(text))
    }
}

pub(super) struct PossessiveStream<T>(T);

impl<T: TokenStream> TokenStream for PossessiveStream<T> {
    fn advance(&mut self) -> bool {
        if !self.0.advance() {
            return false;
        }
        let text = &mut self.0.token_mut().text;
        let kept = text.strip_suffix(['s', 'S']).and_then(|text| text.strip_suffix(['\'', '\u{2019}'])).map(str::len);
        if let Some(length) = kept {
            text.truncate(length);
        }
        true
    }

    fn token(&self) -> &Token {
        self.0.token()
    }

    fn token_mut(&mut self) -> &mut Token {
        self.0.token_mut()
    }
}
