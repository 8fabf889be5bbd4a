//! A parsed `more_like_this` query.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use super::super::minimum_should_match::MinimumShouldMatch;
use crate::terms::LikeOptions;

pub(super) struct MoreLikeThis {
    /// `None` is all fields with texts and keywords.
    pub(super) fields: Option<Vec<String>>,
    pub(super) like: Vec<Item>,
    pub(super) unlike: Vec<Item>,
    pub(super) words: WordOptions,
    pub(super) options: LikeOptions,
    pub(super) minimum_should_match: MinimumShouldMatch,
    /// What the weights of words are multiplied by; `None` if all words count the same.
    pub(super) boost_terms: Option<f32>,
    pub(super) included: IncludedDocuments,
    pub(super) unsupported: UnsupportedFields,
    pub(super) boost: f32,
}

/// A text, or a document.
pub(super) enum Item {
    Text(String),
    Document(DocumentItem),
}

pub(super) struct DocumentItem {
    pub(super) document: GivenDocument,
    /// `None` is those of the query.
    pub(super) fields: Option<Vec<String>>,
    /// Names of analyzers by fields.
    pub(super) analyzers: BTreeMap<String, String>,
}

pub(super) enum GivenDocument {
    /// One of an index.
    LookedUp { lookup: usize, id: String },
    /// One that is in no index.
    Artificial(Map<String, Json>),
}

/// Which words of the texts count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WordOptions {
    /// Of texts; `None` is that of the field.
    pub(super) analyzer: Option<String>,
    pub(super) stop_words: BTreeSet<String>,
    /// In UTF-16 code units.
    pub(super) min_length: usize,
    /// 0 is any.
    pub(super) max_length: usize,
}

/// Whether the documents that are named are among the matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IncludedDocuments {
    Others,
    All,
}

/// What happens with a field that has no words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UnsupportedFields {
    Fail,
    Skip,
}
