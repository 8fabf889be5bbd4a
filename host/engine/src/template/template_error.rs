//! Why a template cannot be used.

/// Why a template cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A mistake in it.
    #[error("{0}")]
    Syntax(String),
    /// The text that it makes is too long.
    #[error("the rendered template exceeds the limit of {max_bytes} bytes")]
    TooLong {
        /// The limit.
        max_bytes: usize,
    },
}
