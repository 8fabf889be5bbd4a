//! The traits of the parts of an analyzer.

use super::offsets::Replaced;
use super::shingles::Shingles;
use super::token::Token;
use super::token_limit::TokenLimit;

/// Changes, drops and adds tokens.
pub(super) trait TokenFilter: Send + Sync {
    fn apply(&self, tokens: Vec<Token>) -> Vec<Token>;

    /// The same, but a filter that makes much more than it gets stops as soon as that is more than `limit`.
    fn apply_within(&self, tokens: Vec<Token>, _limit: TokenLimit) -> Vec<Token> {
        self.apply(tokens)
    }

    /// Whether it changes single characters, so that it is also applied to parts of terms.
    fn changes_characters(&self) -> bool {
        false
    }

    /// How it puts tokens together; `None` if it does not.
    fn shingles(&self) -> Option<Shingles> {
        None
    }
}

/// Changes a text.
pub(super) trait CharFilter: Send + Sync {
    /// The changed text; `None` if it becomes larger than `max_bytes`.
    fn filter(&self, text: &str, max_bytes: usize) -> Option<Replaced>;
}

/// Splits a text into tokens.
pub(super) trait Tokenizer: Send + Sync {
    /// The tokens with their offsets in this text.
    fn tokens(&self, text: &str) -> Vec<Token>;

    /// The same, but a tokenizer that makes much more than the text stops as soon as that is more than `limit`.
    fn tokens_within(&self, text: &str, _limit: TokenLimit) -> Vec<Token> {
        self.tokens(text)
    }
}
