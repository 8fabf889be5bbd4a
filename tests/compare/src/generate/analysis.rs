//! The analyzers of random mappings.

use serde_json::{Value as Json, json};

/// Analyzers of fields: built-in ones, and those of the settings. None has several terms at a position: they count otherwise in lengths.
pub(super) const ANALYZERS: [&str; 18] = [
    "standard",
    "standard",
    "standard",
    "english",
    "english",
    "simple",
    "whitespace",
    "keyword",
    "german",
    "french",
    "turkish",
    "stop",
    "folded",
    "grams",
    "edges",
    "parts",
    "plain",
    "stopped",
];

/// Normalizers of keywords: a built-in one, and those of the settings.
pub(super) const NORMALIZERS: [&str; 3] = ["lowercase", "plain", "loud"];

/// An analyzer for texts of queries, with synonyms of one and of several words.
pub(super) const SYNONYMS: &str = "synonyms";

pub(super) fn settings() -> Json {
    json!({ "analysis": {
        "char_filter": { "marks": { "type": "mapping", "mappings": ["& => and", "ß => ss"] } },
        "tokenizer": {
            "grams": { "type": "ngram", "min_gram": 2, "max_gram": 3, "token_chars": ["letter", "digit"] },
            "edges": { "type": "edge_ngram", "min_gram": 1, "max_gram": 4, "token_chars": ["letter"] },
            "parts": { "type": "pattern", "pattern": "[aeiou]" }
        },
        "filter": {
            "words": { "type": "synonym_graph", "synonyms": ["quiet, silence", "night => late night", "lost letters, maps"] },
            "few": { "type": "stop", "stopwords": ["the", "and", "of"] },
            "subwords": { "type": "word_delimiter_graph" }
        },
        "normalizer": {
            "plain": { "type": "custom", "filter": ["lowercase", "asciifolding"] },
            "loud": { "type": "custom", "char_filter": ["marks"], "filter": ["uppercase"] }
        },
        "analyzer": {
            "folded": { "type": "custom", "tokenizer": "standard", "filter": ["lowercase", "asciifolding"] },
            "grams": { "tokenizer": "grams", "filter": ["lowercase"] },
            "edges": { "tokenizer": "edges", "filter": ["lowercase"] },
            "parts": { "tokenizer": "parts", "filter": ["trim", "lowercase"] },
            "plain": { "tokenizer": "whitespace", "char_filter": ["html_strip", "marks"], "filter": ["subwords", "lowercase"] },
            "stopped": { "tokenizer": "standard", "filter": ["lowercase", "few", "porter_stem"] },
            "synonyms": { "tokenizer": "standard", "filter": ["lowercase", "words"] }
        }
    } })
}
