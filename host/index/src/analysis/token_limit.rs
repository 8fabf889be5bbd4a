//! How much tokens may be.

use super::token::Token;

/// How many tokens a text may become, and how long they may be together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TokenLimit {
    pub(super) tokens: usize,
    pub(super) bytes: usize,
}

impl TokenLimit {
    /// For documents: the settings of the index limit what its analyzers do.
    pub(super) const NONE: TokenLimit = TokenLimit { tokens: usize::MAX, bytes: usize::MAX };

    /// Takes a token off what is left; `false` if there is less.
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        let (Some(tokens), Some(bytes)) = (self.tokens.checked_sub(1), self.bytes.checked_sub(bytes)) else {
            return false;
        };
        *self = TokenLimit { tokens, bytes };
        true
    }

    /// What is left after these tokens; `None` if they are more.
    pub(super) fn after(self, tokens: &[Token]) -> Option<TokenLimit> {
        let mut left = self;
        tokens.iter().all(|token| left.take(token.text.len())).then_some(left)
    }
}
