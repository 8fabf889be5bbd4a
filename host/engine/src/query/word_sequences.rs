//! Phrases in a `search_as_you_type`: they are looked up in the sub-field whose terms are sequences of as many words.

use quidditch_index::format::MAX_BEGINNING;
use quidditch_index::{Field, TextForm, Token};

use crate::plan::Planner;

/// A phrase as sequences of words.
pub(super) struct WordSequences<'a> {
    /// The field with sequences of this length.
    pub(super) field: &'a Field,
    /// The field with the beginnings of all sequences.
    pub(super) beginnings: &'a Field,
    /// The sequences that begin with each word but the last ones.
    pub(super) sequences: Vec<Token>,
}

impl<'a> WordSequences<'a> {
    /// `None` if it is a field of another type, or if the words are not all next to each other.
    pub(super) fn new(planner: &'a Planner<'_>, field: &Field, words: &[Token]) -> Option<Self> {
        let Some(TextForm::SearchAsYouType { max_words }) = field.text_form() else { return None };
        let are_adjacent = words.windows(2).all(|pair| pair[1].position == pair[0].position + 1);
        if words.len() < 2 || !are_adjacent {
            return None;
        }
        let length = words.len().min(usize::from(max_words));
        let subfield = |key: &str| planner.mapping().field(&format!("{}.{key}", field.name()));
        let sequences = words.windows(length).enumerate().map(|(position, sequence)| {
            let words: Vec<&str> = sequence.iter().map(|word| word.text.as_str()).collect();
            let end = sequence.last().map_or(0, |word| word.end);
            Token { text: words.join(" "), position, length: 1, end }
        });
        Some(WordSequences {
            field: subfield(&format!("_{length}gram"))?,
            beginnings: beginnings(planner, field)?,
            sequences: sequences.collect(),
        })
    }
}

/// The sub-field of a `search_as_you_type` with the beginnings of sequences of words.
pub(super) fn beginnings<'a>(planner: &'a Planner<'_>, field: &Field) -> Option<&'a Field> {
    let Some(TextForm::SearchAsYouType { .. }) = field.text_form() else { return None };
    planner.mapping().field(&format!("{}._index_prefix", field.name()))
}

/// Whether a text is a beginning that is indexed.
pub(super) fn is_beginning(text: &str) -> bool {
    (1..=MAX_BEGINNING).contains(&text.chars().count())
}
