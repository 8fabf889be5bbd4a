//! Filters that change terms one by one.

use tantivy::tokenizer::{Token, TokenFilter, TokenStream, Tokenizer};

/// Changes each term with a function. It drops none.
#[derive(Clone)]
pub(super) struct EachTerm<F>(pub(super) F);

impl<F: Fn(&mut String) + Clone + Send + Sync + 'static> TokenFilter for EachTerm<F> {
    type Tokenizer<T: Tokenizer> = EachTermTokenizer<T, F>;

    fn transform<T: Tokenizer>(self, tokenizer: T) -> EachTermTokenizer<T, F> {
        EachTermTokenizer { tokenizer, change: self.0 }
    }
}

#[derive(Clone)]
pub(super) struct EachTermTokenizer<T, F> {
    tokenizer: T,
    change: F,
}

impl<T: Tokenizer, F: Fn(&mut String) + Clone + Send + Sync + 'static> Tokenizer for EachTermTokenizer<T, F> {
    type TokenStream<'a> = EachTermStream<'a, T::TokenStream<'a>, F>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        EachTermStream { tokens: self.tokenizer.token_stream(text), change: &self.change }
    }
}

pub(super) struct EachTermStream<'a, T, F> {
    tokens: T,
    change: &'a F,
}

impl<T: TokenStream, F: Fn(&mut String)> TokenStream for EachTermStream<'_, T, F> {
    fn advance(&mut self) -> bool {
        if !self.tokens.advance() {
            return false;
        }
        (self.change)(&mut self.tokens.token_mut().text);
        true
    }

    fn token(&self) -> &Token {
        self.tokens.token()
    }

    fn token_mut(&mut self) -> &mut Token {
        self.tokens.token_mut()
    }
}
