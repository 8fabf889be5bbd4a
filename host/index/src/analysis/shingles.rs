//! What a filter says that puts tokens together.

/// How an analyzer puts neighbouring tokens together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shingles {
    /// Most tokens that it puts together.
    pub max: usize,
    /// Whether it also returns the single tokens.
    pub keeps_single_tokens: bool,
    /// What is between the tokens.
    pub separator: String,
}
