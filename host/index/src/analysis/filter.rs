//! Token filters: they change, drop and add tokens.

mod case;
mod edges;
mod elision;
mod keep;
mod keyword_marker;
mod ngram;
mod pattern;
mod shingle;
mod stemmer;
mod stop;
mod synonym;
mod synonym_rules;
mod term;
mod unique;
mod word_delimiter;
mod word_parts;

use std::sync::Arc;

use super::analyzer::Analyzer;
use super::analyzer_parts::TokenFilter;
use super::options::Options;
use crate::IndexError;

pub(super) use keyword_marker::KeywordMarker;
pub(super) use shingle::Shingle;
pub(super) use stemmer::{Stem, stemmer_of_language};
pub(super) use stop::{StopFilter, StopWords};
pub(super) use term::EachTermFilter;
pub(super) use unique::Fingerprint;

/// Reads the options of a filter. `before` is what its tokens come from: it analyzes synonyms.
type Read = fn(&mut Options<'_>, before: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError>;

/// All filters by their type, which is also a name for each that needs no options.
const FILTERS: [(&str, Read); 44] = [
    ("lowercase", case::read_lowercase),
    ("uppercase", term::read_uppercase),
    ("asciifolding", case::read_ascii_folding),
    ("stop", stop::read),
    ("stemmer", stemmer::read),
    ("porter_stem", stemmer::read_porter),
    ("snowball", stemmer::read_snowball),
    ("dutch_stem", stemmer::read_dutch),
    ("german_stem", stemmer::read_german),
    ("russian_stem", stemmer::read_russian),
    ("french_stem", stemmer::read_french),
    ("keyword_marker", keyword_marker::read),
    ("keyword_repeat", keyword_marker::read_repeat),
    ("stemmer_override", keyword_marker::read_override),
    ("synonym", synonym::read),
    ("synonym_graph", synonym::read_graph),
    ("flatten_graph", synonym::read_flatten),
    ("shingle", shingle::read),
    ("ngram", ngram::read),
    ("nGram", ngram::read),
    ("edge_ngram", ngram::read_edge),
    ("edgeNGram", ngram::read_edge),
    ("length", keep::read_length),
    ("keep", keep::read_words),
    ("keep_types", keep::read_types),
    ("limit", keep::read_limit),
    ("unique", unique::read),
    ("remove_duplicates", unique::read_remove_duplicates),
    ("fingerprint", unique::read_fingerprint),
    ("trim", edges::read_trim),
    ("truncate", edges::read_truncate),
    ("reverse", term::read_reverse),
    ("elision", elision::read),
    ("apostrophe", elision::read_apostrophe),
    ("classic", elision::read_classic),
    ("decimal_digit", term::read_decimal_digit),
    ("cjk_width", term::read_cjk_width),
    ("german_normalization", term::read_german_normalization),
    ("scandinavian_folding", term::read_scandinavian_folding),
    ("scandinavian_normalization", term::read_scandinavian_normalization),
    ("pattern_replace", pattern::read_replace),
    ("pattern_capture", pattern::read_capture),
    ("word_delimiter", word_delimiter::read),
    ("word_delimiter_graph", word_delimiter::read_graph),
];

/// Filters of the real server that are not there, and why: an error names them.
const MISSING: [(&str, &str); 22] = [
    ("kstem", "no library provides this stemmer"),
    ("hunspell", "dictionaries are not supported"),
    ("dictionary_decompounder", "dictionaries are not supported"),
    ("hyphenation_decompounder", "dictionaries are not supported"),
    ("phonetic", "phonetic codes are not supported"),
    ("icu_folding", "ICU is not supported; use asciifolding"),
    ("icu_normalizer", "ICU is not supported"),
    ("icu_collation", "ICU is not supported"),
    ("common_grams", "it is not supported; use shingle"),
    ("cjk_bigram", "it is not supported"),
    ("condition", "conditions are not supported"),
    ("predicate_token_filter", "scripts in analyzers are not supported"),
    ("multiplexer", "it is not supported"),
    ("min_hash", "hashes of texts are not supported"),
    ("delimited_payload", "payloads are not supported"),
    ("hyphenated_words", "it is not supported"),
    ("arabic_normalization", "it is not supported"),
    ("hindi_normalization", "it is not supported"),
    ("indic_normalization", "it is not supported"),
    ("persian_normalization", "it is not supported"),
    ("sorani_normalization", "it is not supported"),
    ("serbian_normalization", "it is not supported"),
];

/// Reads the options of a filter of that type; `None` if there is none.
pub(super) fn read_filter(
    kind: &str,
    options: &mut Options<'_>,
    before: &Analyzer,
) -> Option<Result<Arc<dyn TokenFilter>, IndexError>> {
    FILTERS.iter().find(|(name, _)| *name == kind).map(|(_, read)| read(options, before))
}

/// Why a known filter is not supported.
pub(super) fn missing_filter(kind: &str) -> Option<&'static str> {
    MISSING.iter().find(|(name, _)| *name == kind).map(|(_, reason)| *reason)
}

/// The types of filters, for error messages.
pub(super) fn filter_types() -> String {
    let names: Vec<_> = FILTERS.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}
