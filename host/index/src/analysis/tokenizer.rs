//! Tokenizers: from texts to tokens.

mod char_group;
mod classic;
mod ngram;
mod path_hierarchy;
mod pattern;
mod runs;
mod standard;
mod url_email;

use std::sync::Arc;

use super::analyzer_parts::Tokenizer;
use super::options::Options;
use crate::IndexError;

pub(super) use pattern::PatternTokenizer;
pub(super) use runs::{KEYWORD, LETTER, WHITESPACE};
pub(super) use standard::StandardTokenizer;

/// Reads the options of a tokenizer.
type Read = fn(&mut Options<'_>) -> Result<Arc<dyn Tokenizer>, IndexError>;

/// All tokenizers by their type, which is also a name for each that needs no options.
const TOKENIZERS: [(&str, Read); 14] = [
    ("standard", standard::read),
    ("whitespace", runs::read_whitespace),
    ("keyword", runs::read_keyword),
    ("letter", runs::read_letter),
    ("lowercase", runs::read_lowercase),
    ("classic", classic::read),
    ("uax_url_email", url_email::read),
    ("pattern", pattern::read),
    ("ngram", ngram::read),
    ("nGram", ngram::read),
    ("edge_ngram", ngram::read_edge),
    ("edgeNGram", ngram::read_edge),
    ("path_hierarchy", path_hierarchy::read),
    ("char_group", char_group::read),
];

/// Reads the options of a tokenizer of that type; `None` if there is none.
pub(super) fn read_tokenizer(kind: &str, options: &mut Options<'_>) -> Option<Result<Arc<dyn Tokenizer>, IndexError>> {
    TOKENIZERS.iter().find(|(name, _)| *name == kind).map(|(_, read)| read(options))
}

/// The types of tokenizers, for error messages.
pub(super) fn tokenizer_types() -> String {
    let names: Vec<_> = TOKENIZERS.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}
