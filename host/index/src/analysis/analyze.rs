//! The tokens of texts as clients see them.

use super::analyzer::Analyzer;
use super::offsets::Units;
use super::token_limit::TokenLimit;
use crate::IndexError;

/// A token of an analyzed text, as clients see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnalyzedToken {
    /// Its text: the term.
    pub token: String,
    /// Where it begins, in UTF-16 code units. Several texts are counted as one, with one unit between them.
    pub start_offset: usize,
    /// Where it ends.
    pub end_offset: usize,
    /// Its type, such as `<ALPHANUM>`.
    pub kind: &'static str,
    /// Its position among the words.
    pub position: usize,
    /// How many positions it spans.
    pub position_length: usize,
}

/// Why a text cannot be analyzed.
#[derive(Debug, thiserror::Error)]
pub enum AnalyzeError {
    /// Unknown analyzer, normalizer or field.
    #[error("unknown {what} [{name}]")]
    Unknown {
        /// What is unknown.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// A key has a value of a wrong type.
    #[error("[{key}] must be {expected}, but is {value}")]
    Invalid {
        /// The key.
        key: &'static str,
        /// What is expected.
        expected: &'static str,
        /// An excerpt of its value.
        value: String,
    },
    /// A key that is not known.
    #[error("unknown key [{0}]")]
    UnknownKey(String),
    /// The text is missing.
    #[error("[text] is missing")]
    NoText,
    /// Keys that exclude each other.
    #[error("[{0}] cannot be combined with [{1}]")]
    Together(&'static str, &'static str),
    /// A tokenizer or filter is invalid.
    #[error(transparent)]
    Definition(#[from] IndexError),
    /// The text makes too many tokens.
    #[error("the text becomes {tokens} tokens; at most {limit} are allowed (index.analyze.max_token_count)")]
    TooManyTokens {
        /// How many.
        tokens: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// The tokens of the text are too long.
    #[error("the text becomes tokens of more than {limit} bytes")]
    TokensTooLong {
        /// How many bytes are allowed.
        limit: usize,
    },
    /// The definitions in the request are too many.
    #[error("the request defines {count} {what}; at most {limit} are allowed: define them in an index")]
    TooManyParts {
        /// Of what.
        what: &'static str,
        /// How many.
        count: usize,
        /// How many are allowed.
        limit: usize,
    },
}

/// Most tokens of a request, after its tokenizer and after each filter: the default of `index.analyze.max_token_count`. 16 MiB of
/// text: several times a long document.
const MAX_TOKENS: TokenLimit = TokenLimit { tokens: 10_000, bytes: 16 << 20 };

/// The tokens of texts that are analyzed as the values of one field.
pub(crate) fn analyze_all(analyzer: &Analyzer, texts: &[String]) -> Result<Vec<AnalyzedToken>, AnalyzeError> {
    let mut left = MAX_TOKENS;
    let mut analyzed: Vec<AnalyzedToken> = Vec::new();
    let mut offset = 0;
    let mut next_position = 0;
    for text in texts {
        let units = Units::new(text);
        let mut last_position = None;
        let tokens = analyzer.tokens_within(text, left);
        let tokens = tokens.map_err(|tokens| too_many(analyzed.len() + tokens.len()))?;
        left = left.after(&tokens).unwrap_or(TokenLimit { tokens: 0, bytes: 0 });
        for token in tokens {
            let position = next_position + token.position;
            last_position = Some(position);
            analyzed.push(AnalyzedToken {
                token: token.text,
                start_offset: offset + units.utf16(token.start),
                end_offset: offset + units.utf16(token.end),
                kind: token.kind,
                position,
                position_length: token.length,
            });
        }
        offset += units.utf16(text.len()) + 1;
        next_position = last_position.map_or(next_position, |last| last + 1) + analyzer.position_gap;
    }
    Ok(analyzed)
}

fn too_many(tokens: usize) -> AnalyzeError {
    match MAX_TOKENS {
        TokenLimit { tokens: limit, .. } if tokens > limit => AnalyzeError::TooManyTokens { tokens, limit },
        TokenLimit { bytes, .. } => AnalyzeError::TokensTooLong { limit: bytes },
    }
}
