//! What a query matches in the texts of fields. Highlighting marks it.

use std::fmt;
use std::sync::Arc;

use crate::terms::TermAutomaton;

/// Collects what the clauses of a query match in the texts of `text` and `keyword` fields. Clauses add terms as they are in the
/// index: analyzed. What must not match is left out.
#[derive(Debug, Default)]
pub(crate) struct TextMatches {
    matches: Vec<FieldMatch>,
}

/// One thing that a query matches in a field.
#[derive(Debug, Clone)]
pub(crate) struct FieldMatch {
    pub(crate) field: String,
    pub(crate) matched: TextMatch,
}

/// What is matched.
#[derive(Debug, Clone)]
pub(crate) enum TextMatch {
    /// A term, wherever it is.
    Term(TermTest),
    /// Words near to each other.
    Phrase(PhraseMatch),
}

/// Words near to each other.
#[derive(Debug, Clone)]
pub(crate) struct PhraseMatch {
    /// The words, each with its alternatives.
    pub(crate) words: Vec<Vec<TermTest>>,
    /// How many other words may be between them.
    pub(crate) slop: usize,
    pub(crate) order: WordOrder,
}

/// Whether the words of a phrase must have its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WordOrder {
    Any,
    AsWritten,
}

/// Whether a term is the one that a query looks for.
#[derive(Clone)]
pub(crate) enum TermTest {
    Is(String),
    Matches(Arc<TermAutomaton>),
    /// Anything else that can be tested, such as a range of terms.
    Passes(Arc<dyn Fn(&str) -> bool + Send + Sync>),
}

impl TextMatches {
    /// A term.
    pub(crate) fn term(&mut self, field: &str, term: impl Into<String>) {
        self.test(field, TermTest::Is(term.into()));
    }

    /// Every term that passes a test.
    pub(crate) fn test(&mut self, field: &str, test: TermTest) {
        self.matches.push(FieldMatch { field: field.to_owned(), matched: TextMatch::Term(test) });
    }

    /// A phrase: words with their positions in it, which ascend. Words of the same position are alternatives, and gaps match any
    /// words. `slop` is that of the query.
    pub(crate) fn phrase(&mut self, field: &str, words: Vec<(usize, TermTest)>, slop: usize) {
        let (Some(first), Some(last)) = (words.first(), words.last()) else { return };
        let span = last.0 - first.0 + 1;
        let mut alternatives: Vec<(usize, Vec<TermTest>)> = Vec::new();
        for (position, test) in words {
            match alternatives.last_mut() {
                Some((last, tests)) if *last == position => tests.push(test),
                _ => alternatives.push((position, vec![test])),
            }
        }
        let words: Vec<Vec<TermTest>> = alternatives.into_iter().map(|(_, tests)| tests).collect();
        if words.len() == 1 {
            words.into_iter().flatten().for_each(|test| self.test(field, test));
            return;
        }
        let slop_with_gaps = slop.saturating_add(span - words.len());
        let order = if slop == 0 { WordOrder::AsWritten } else { WordOrder::Any };
        let matched = TextMatch::Phrase(PhraseMatch { words, slop: slop_with_gaps, order });
        self.matches.push(FieldMatch { field: field.to_owned(), matched });
    }

    /// What was collected.
    pub(crate) fn into_matches(self) -> Vec<FieldMatch> {
        self.matches
    }
}

impl TermTest {
    pub(crate) fn accepts(&self, term: &str) -> bool {
        match self {
            TermTest::Is(wanted) => wanted == term,
            TermTest::Matches(automaton) => automaton.accepts(term),
            TermTest::Passes(test) => test(term),
        }
    }
}

impl fmt::Debug for TermTest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TermTest::Is(term) => write!(formatter, "{term:?}"),
            TermTest::Matches(_) => formatter.write_str("a pattern"),
            TermTest::Passes(_) => formatter.write_str("a test"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::{Expression, LetterCase, MAX_EFFORT};

    #[test]
    fn terms_pass_tests() {
        let prefix = Expression::Concat(vec![Expression::text("qu", LetterCase::Sensitive), Expression::any_text()]);
        let automaton = TermAutomaton::compile(&prefix, MAX_EFFORT).expect("not too complex");
        let pattern = TermTest::Matches(Arc::new(automaton));
        assert_eq!(["quick", "qu", "q", "aqu"].map(|term| pattern.accepts(term)), [true, true, false, false]);
        assert!(TermTest::Passes(Arc::new(|term| term.len() == 2)).accepts("ab"));
    }

    #[test]
    fn gaps_of_a_phrase_widen_it_and_alternatives_share_a_word() {
        let is = |text: &str| TermTest::Is(text.to_owned());
        let phrase = |words: Vec<(usize, TermTest)>, slop| {
            let mut matches = TextMatches::default();
            matches.phrase("t", words, slop);
            format!("{:?}", matches.into_matches().into_iter().map(|found| found.matched).collect::<Vec<_>>())
        };
        insta::assert_snapshot!(
            phrase(vec![(0, is("a")), (2, is("b")), (2, is("c"))], 0),
            @r#"[Phrase(PhraseMatch { words: [["a"], ["b", "c"]], slop: 1, order: AsWritten })]"#
        );
        insta::assert_snapshot!(phrase(vec![(0, is("a")), (0, is("b"))], 2), @r#"[Term("a"), Term("b")]"#);
        insta::assert_snapshot!(phrase(vec![], 2), @"[]");
    }
}
