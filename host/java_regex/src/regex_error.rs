//! Why an expression is not accepted.

/// Why an expression is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegexError {
    /// Its syntax is wrong.
    #[error("invalid regular expression: {0}")]
    Invalid(String),
    /// It has a part that the crate `regex` cannot express.
    #[error("{0} is not supported in regular expressions")]
    Unsupported(String),
    /// Compiled, it would be too large.
    #[error("invalid regular expression: it needs more than {max_bytes} bytes of memory")]
    TooLarge {
        /// The limit.
        max_bytes: usize,
    },
}

impl RegexError {
    pub(crate) fn unsupported(what: impl Into<String>) -> Self {
        RegexError::Unsupported(what.into())
    }
}
