//! Values that are one of several words.

use std::borrow::Cow;

use super::{ErrorKind, Node, ParseError};

/// Whether words may be written in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    /// `desc`, `DESC` and `Desc` are the same.
    Any,
    Exact,
}

/// The words that a key accepts, with their meanings.
pub(crate) struct Words<T: 'static> {
    pub(crate) key: &'static str,
    pub(crate) case: Case,
    /// The kind of the error that a word is none of these.
    pub(crate) error: ErrorKind,
    pub(crate) words: &'static [(&'static str, T)],
}

impl<T: Copy + PartialEq> Words<T> {
    pub(crate) fn read(&self, node: &Node<'_>) -> Result<T, ParseError> {
        let text = node.scalar()?;
        self.find(&text).ok_or_else(|| {
            let words = self.words.iter().map(|(word, _)| format!("[{word}]"));
            let words = words.collect::<Vec<_>>().join(", ");
            node.mistake(self.error, format!("[{}] must be one of {words}, found [{text}]", self.key))
        })
    }

    /// The word for a meaning.
    pub(crate) fn word(&self, meaning: T) -> &'static str {
        let word = self.words.iter().find(|(_, other)| *other == meaning);
        word.expect("every meaning has a word").0
    }

    fn find(&self, text: &str) -> Option<T> {
        let text = match self.case {
            Case::Any => Cow::Owned(text.to_ascii_lowercase()),
            Case::Exact => Cow::Borrowed(text),
        };
        self.words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ANY: Words<u8> =
        Words { key: "k", case: Case::Any, error: ErrorKind::Argument, words: &[("a", 1), ("b", 2)] };
    const EXACT: Words<u8> = Words { case: Case::Exact, ..ANY };

    #[test]
    fn words_are_found_in_any_case_or_exactly() {
        let read = |words: &Words<u8>, json: serde_json::Value| words.read(&Node::root(&json)).ok();
        assert_eq!([read(&ANY, json!("a")), read(&ANY, json!("B")), read(&ANY, json!("c"))], [Some(1), Some(2), None]);
        assert_eq!([read(&EXACT, json!("a")), read(&EXACT, json!("A"))], [Some(1), None]);
    }

    #[test]
    fn an_unknown_word_is_an_error_that_lists_the_known_ones() {
        let error = |json: serde_json::Value| ANY.read(&Node::root(&json)).expect_err("not a word");
        assert_eq!(error(json!("x")).kind, ErrorKind::Argument);
        insta::assert_snapshot!(error(json!("x")).reason, @"[k] must be one of [a], [b], found [x]");
        insta::assert_snapshot!(error(json!(1)).reason, @"[k] must be one of [a], [b], found [1]");
        insta::assert_snapshot!(error(json!([])).reason, @"expected a string, found a list");
    }
}
