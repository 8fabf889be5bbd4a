//! What a response says of suggestions.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value as Json};

use super::spell_checker::{SimilarTerm, SortBy};
use crate::Error;
use crate::hits::HitDocument;

/// The suggestions of a response, by their names.
#[derive(Debug, Default)]
pub struct Suggested {
    pub(super) suggestions: Vec<(String, Vec<Entry>)>,
}

/// Suggestions for a word, or for a text.
#[derive(Debug, Serialize)]
pub(super) struct Entry {
    pub(super) text: String,
    /// Where it is in the text of the request, in UTF-16 code units.
    pub(super) offset: usize,
    pub(super) length: usize,
    pub(super) options: Vec<SuggestOption>,
}

/// One suggestion.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum SuggestOption {
    #[serde(serialize_with = "write_term")]
    Term(SimilarTerm),
    Phrase(PhraseOption),
    Completion(Box<CompletionOption>),
}

/// A corrected text.
#[derive(Debug, Serialize)]
pub(super) struct PhraseOption {
    pub(super) text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) highlighted: Option<String>,
    pub(super) score: f32,
    /// Whether a query that is made of it has matches, if the request wants to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) collate_match: Option<bool>,
}

/// An input that begins as the text does, and its document.
#[derive(Debug, Serialize)]
pub(super) struct CompletionOption {
    pub(super) text: String,
    #[serde(flatten)]
    pub(super) hit: HitDocument,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(super) contexts: Map<String, Json>,
}

impl Serialize for Suggested {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.suggestions.len()))?;
        for (name, entries) in &self.suggestions {
            map.serialize_entry(name, entries)?;
        }
        map.end()
    }
}

fn write_term<S: Serializer>(term: &SimilarTerm, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(3))?;
    map.serialize_entry("text", &term.text)?;
    map.serialize_entry("score", &term.score)?;
    map.serialize_entry("freq", &term.documents)?;
    map.end()
}

/// Merges what several indices suggest for the same words.
///
/// # Errors
/// If their analyzers make different words of the text.
pub(super) fn merge(mut of_indices: Vec<Vec<Entry>>, sort: SortBy, size: usize) -> Result<Vec<Entry>, Error> {
    let mut merged = of_indices.remove(0);
    for entries in of_indices {
        if entries.len() != merged.len() {
            return Err(Error::Argument(
                "the analyzers of the indices make different words of the text of a suggestion; search one index"
                    .to_owned(),
            ));
        }
        for (entry, other) in merged.iter_mut().zip(entries) {
            other.options.into_iter().for_each(|option| add(&mut entry.options, option));
        }
    }
    for entry in &mut merged {
        sort_options(&mut entry.options, sort);
        entry.options.truncate(size);
    }
    Ok(merged)
}

/// The same term counts in all indices together, and the same text as its best score.
fn add(options: &mut Vec<SuggestOption>, option: SuggestOption) {
    for known in options.iter_mut() {
        match (known, &option) {
            (SuggestOption::Term(known), SuggestOption::Term(other)) if known.text == other.text => {
                known.documents += other.documents;
                known.score = known.score.max(other.score);
                return;
            }
            (SuggestOption::Phrase(known), SuggestOption::Phrase(other)) if known.text == other.text => {
                known.score = known.score.max(other.score);
                known.collate_match = known.collate_match.max(other.collate_match);
                return;
            }
            _ => {}
        }
    }
    options.push(option);
}

fn sort_options(options: &mut [SuggestOption], sort: SortBy) {
    options.sort_by(|a, b| match (a, b) {
        (SuggestOption::Term(a), SuggestOption::Term(b)) => sort.compare(a, b),
        (SuggestOption::Phrase(a), SuggestOption::Phrase(b)) => {
            b.score.total_cmp(&a.score).then_with(|| a.text.cmp(&b.text))
        }
        (SuggestOption::Completion(a), SuggestOption::Completion(b)) => a.compare(b),
        _ => std::cmp::Ordering::Equal,
    });
}

impl CompletionOption {
    fn compare(&self, other: &Self) -> std::cmp::Ordering {
        let score = |option: &Self| option.hit.score.unwrap_or_default();
        let units = |option: &Self| option.text.encode_utf16().collect::<Vec<_>>();
        score(other).total_cmp(&score(self)).then_with(|| units(self).cmp(&units(other)))
    }
}
