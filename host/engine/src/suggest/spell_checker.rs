//! Terms of a field that are similar to a word, which may be misspelled.

use std::cmp::Ordering;

use super::field_terms::FieldTerms;
use super::string_distance::{DISTANCES, StringDistance};
use crate::json::{Case, ErrorKind, Fields, Node, ParseError, Words};
use crate::terms::{FuzzyTerm, Transpositions};

/// Most characters of a word: comparing longer ones takes time, and they are not words.
const MAX_WORD_CHARACTERS: usize = 1_000;

/// Most options of a word. 10,000: as many as a search has hits.
pub(super) const MAX_SIZE: usize = 10_000;

/// How similar terms are found, and which of them are suggested.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SpellChecker {
    pub(super) mode: SuggestMode,
    /// Smallest similarity.
    accuracy: f32,
    pub(super) sort: SortBy,
    distance: StringDistance,
    max_edits: u8,
    /// How many candidates are looked at for each suggestion.
    max_inspections: usize,
    /// Words that more documents have are correct. Less than 1 is a share of all documents.
    max_term_freq: f32,
    prefix_length: usize,
    /// Fewest characters of a word.
    min_word_length: usize,
    /// Documents that a suggestion needs. Less than 1 is a share of all documents.
    pub(super) min_doc_freq: f32,
}

/// Which words are looked at, and which terms are suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SuggestMode {
    /// Only for words that are not in the index.
    Missing,
    /// Only terms that more documents have.
    Popular,
    Always,
}

/// The order of suggestions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SortBy {
    Score,
    Frequency,
}

const MODES: Words<SuggestMode> = Words {
    key: "suggest_mode",
    case: Case::Any,
    error: ErrorKind::Argument,
    words: &[("missing", SuggestMode::Missing), ("popular", SuggestMode::Popular), ("always", SuggestMode::Always)],
};

const SORTS: Words<SortBy> = Words {
    key: "sort",
    case: Case::Any,
    error: ErrorKind::Argument,
    words: &[("score", SortBy::Score), ("frequency", SortBy::Frequency)],
};

/// A term that is similar to a word.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SimilarTerm {
    pub(super) text: String,
    /// How similar, from 0 to 1.
    pub(super) score: f32,
    /// How many documents have it.
    pub(super) documents: u64,
}

impl Default for SpellChecker {
    fn default() -> Self {
        SpellChecker {
            mode: SuggestMode::Missing,
            accuracy: 0.5,
            sort: SortBy::Score,
            distance: StringDistance::default(),
            max_edits: 2,
            max_inspections: 5,
            max_term_freq: 0.01,
            prefix_length: 1,
            min_word_length: 4,
            min_doc_freq: 0.0,
        }
    }
}

impl SpellChecker {
    /// Takes the keys that say how terms are found.
    pub(super) fn take(fields: &mut Fields<'_>) -> Result<Self, ParseError> {
        let default = SpellChecker::default();
        let count = |node: &Node<'_>| node.count();
        Ok(SpellChecker {
            mode: fields.optional("suggest_mode", |node| MODES.read(node))?.unwrap_or(default.mode),
            accuracy: fields.optional("accuracy", accuracy)?.unwrap_or(default.accuracy),
            sort: fields.optional("sort", |node| SORTS.read(node))?.unwrap_or(default.sort),
            distance: fields.optional("string_distance", |node| DISTANCES.read(node))?.unwrap_or_default(),
            max_edits: fields.optional("max_edits", max_edits)?.unwrap_or(default.max_edits),
            max_inspections: fields.optional("max_inspections", count)?.unwrap_or(default.max_inspections),
            max_term_freq: fields.optional("max_term_freq", frequency)?.unwrap_or(default.max_term_freq),
            prefix_length: fields.optional("prefix_length", count)?.unwrap_or(default.prefix_length),
            min_word_length: fields.optional("min_word_length", positive)?.unwrap_or(default.min_word_length),
            min_doc_freq: fields.optional("min_doc_freq", frequency)?.unwrap_or(default.min_doc_freq),
        })
    }

    /// At most `count` terms that are similar to a word and occur in documents as often as is asked for, best first.
    pub(super) fn similar(&self, word: &str, count: usize, terms: &FieldTerms<'_>) -> Vec<SimilarTerm> {
        let length = word.chars().count();
        if length < self.min_word_length || length > MAX_WORD_CHARACTERS {
            return Vec::new();
        }
        let documents = terms.documents(word);
        let all = terms.documents_of_index();
        if self.mode == SuggestMode::Missing && documents > 0 || documents > at_most(self.max_term_freq, all) {
            return Vec::new();
        }
        let popularity = if self.mode == SuggestMode::Popular { documents } else { 0 };
        let floor = popularity.max(at_least(self.min_doc_freq, all));
        let inspected = count.saturating_mul(self.max_inspections);
        let search = |edits: u8, prefix: usize| {
            let fuzzy = FuzzyTerm::new(word, edits, prefix, Transpositions::OneEdit);
            self.candidates(word, &fuzzy, floor, inspected, terms)
        };
        let mut found = search(1, self.prefix_length);
        if self.max_edits > 1 && found.len() < inspected {
            // With two edits, words have nothing in common if not their first letter.
            for candidate in search(self.max_edits, self.prefix_length.max(1)) {
                if !found.iter().any(|known| known.text == candidate.text) {
                    found.push(candidate);
                }
            }
        }
        found.sort_by(|a, b| self.sort.compare(a, b));
        found.truncate(count);
        found
    }

    /// The terms that are the most similar by their edits, and of equally similar ones the first of the dictionary.
    fn candidates(
        &self,
        word: &str,
        fuzzy: &FuzzyTerm,
        floor: u64,
        limit: usize,
        terms: &FieldTerms<'_>,
    ) -> Vec<SimilarTerm> {
        let mut found: Vec<(f32, SimilarTerm)> = Vec::new();
        for (bytes, documents) in terms.similar(fuzzy) {
            let Ok(text) = String::from_utf8(bytes) else { continue };
            let Some(edits) = fuzzy.similarity(&text).filter(|_| text != word && documents > floor) else { continue };
            let score = self.distance.similarity(word, &text, edits);
            if score >= self.accuracy {
                found.push((edits, SimilarTerm { text, score, documents }));
            }
        }
        // The sort is stable, and they have the order of the dictionary.
        found.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        found.truncate(limit);
        found.into_iter().map(|(_, term)| term).collect()
    }
}

impl SortBy {
    /// The order of suggestions, best first.
    pub(super) fn compare(self, one: &SimilarTerm, other: &SimilarTerm) -> Ordering {
        let by_score = other.score.total_cmp(&one.score);
        let by_documents = other.documents.cmp(&one.documents);
        let by_both = match self {
            SortBy::Score => by_score.then(by_documents),
            SortBy::Frequency => by_documents.then(by_score),
        };
        by_both.then_with(|| one.text.cmp(&other.text))
    }
}

/// The most documents that a frequency allows.
fn at_most(frequency: f32, all: u64) -> u64 {
    if frequency >= 1.0 { frequency as u64 } else { (frequency * all as f32).ceil() as u64 }
}

/// The documents of which there must be more.
fn at_least(frequency: f32, all: u64) -> u64 {
    if frequency >= 1.0 { frequency as u64 } else { ((frequency * all as f32) as u64).saturating_sub(1) }
}

fn accuracy(node: &Node<'_>) -> Result<f32, ParseError> {
    let accuracy = node.float()?;
    if (0.0..=1.0).contains(&accuracy) {
        return Ok(accuracy);
    }
    Err(node.mistake(ErrorKind::Argument, "[accuracy] must be between 0 and 1"))
}

fn max_edits(node: &Node<'_>) -> Result<u8, ParseError> {
    match node.integer()? {
        1 => Ok(1),
        2 => Ok(2),
        _ => Err(node.mistake(ErrorKind::Argument, "[max_edits] must be 1 or 2")),
    }
}

/// A number of documents, or a share of them.
fn frequency(node: &Node<'_>) -> Result<f32, ParseError> {
    let frequency = node.float()?;
    if frequency < 0.0 || frequency > 1.0 && frequency.fract() != 0.0 {
        let reason = "expected a share from 0 to 1, or a number of documents without a fraction";
        return Err(node.mistake(ErrorKind::Argument, reason));
    }
    Ok(frequency)
}

/// An integer of at least 1.
pub(super) fn positive(node: &Node<'_>) -> Result<usize, ParseError> {
    match node.count()? {
        0 => Err(node.mistake(ErrorKind::Argument, "expected an integer of at least 1")),
        number => Ok(number),
    }
}

/// How many suggestions are wanted.
pub(super) fn size(node: &Node<'_>) -> Result<usize, ParseError> {
    match positive(node)? {
        size if size <= MAX_SIZE => Ok(size),
        size => Err(node.mistake(ErrorKind::Argument, format!("[{size}] is too large; at most {MAX_SIZE} is allowed"))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn frequencies_are_numbers_or_shares_of_documents() {
        assert_eq!([at_most(0.01, 9), at_most(0.5, 9), at_most(1.0, 9), at_most(3.0, 9)], [1, 5, 1, 3]);
        assert_eq!([at_least(0.0, 9), at_least(0.5, 9), at_least(1.0, 9), at_least(3.0, 9)], [0, 3, 1, 3]);
    }

    #[test]
    fn suggestions_are_sorted_by_one_figure_then_the_other_then_the_text() {
        let term = |text: &str, score, documents| SimilarTerm { text: text.to_owned(), score, documents };
        let mut terms = [term("b", 0.5, 9), term("a", 0.5, 9), term("c", 0.8, 1), term("d", 0.5, 20)];
        terms.sort_by(|a, b| SortBy::Score.compare(a, b));
        assert_eq!(terms.each_ref().map(|term| term.text.as_str()), ["c", "d", "a", "b"]);
        terms.sort_by(|a, b| SortBy::Frequency.compare(a, b));
        assert_eq!(terms.each_ref().map(|term| term.text.as_str()), ["d", "a", "b", "c"]);
    }

    #[test]
    fn options_are_checked() {
        let read = |json: serde_json::Value| {
            let node = Node::root(&json);
            let mut fields = node.fields().expect("an object");
            SpellChecker::take(&mut fields).map_err(|error| error.kind)
        };
        assert_eq!(read(json!({})), Ok(SpellChecker::default()));
        for (key, value) in [
            ("accuracy", json!(1.1)),
            ("max_edits", json!(0)),
            ("max_edits", json!(3)),
            ("min_word_length", json!(0)),
            ("max_term_freq", json!(-1)),
            ("max_term_freq", json!(1.5)),
            ("min_doc_freq", json!(2.5)),
            ("prefix_length", json!(-1)),
            ("suggest_mode", json!("x")),
            ("sort", json!("x")),
            ("string_distance", json!("levenstein")),
        ] {
            assert_eq!(read(json!({key: value})), Err(ErrorKind::Argument), "{key}: {value}");
        }
    }

    #[test]
    fn sizes_are_limited() {
        let read = |number: usize| size(&Node::root(&json!(number))).map_err(|error| error.reason);
        assert_eq!((read(1), read(MAX_SIZE)), (Ok(1), Ok(MAX_SIZE)));
        insta::assert_snapshot!(read(MAX_SIZE + 1).expect_err("too many"), @"[10001] is too large; at most 10000 is allowed");
        assert!(read(0).is_err());
    }
}
