//! The places in a text that a query matches.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::content::Token;
use super::phrases::near;
use crate::clause::{PhraseMatch, TermTest, TextMatch};

/// What is looked for in a field.
pub(super) struct Wanted {
    terms: HashSet<String>,
    tests: Vec<TermTest>,
    phrases: Vec<PhraseMatch>,
}

/// A place that matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Match {
    /// The first code unit, and the one after the last.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) what: What,
    /// How often the text has it.
    pub(super) frequency: usize,
}

/// What matches at a place. Places with the same count together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum What {
    /// A term, by its number.
    Term(usize),
    /// Any of the terms that pass a test, by its number.
    Test(usize),
}

/// A token that may be a part of a match.
struct Occurrence {
    term: usize,
    position: usize,
    start: usize,
    end: usize,
}

/// A term of the text, and for what it is looked for.
#[derive(Default)]
struct Term {
    frequency: usize,
    is_wanted: bool,
    tests: Vec<usize>,
    /// Phrases and words of them.
    words: Vec<(usize, usize)>,
}

/// Collects the tokens of a text that may match.
pub(super) struct Matcher<'w> {
    wanted: &'w Wanted,
    numbers: HashMap<String, Option<usize>>,
    terms: Vec<Term>,
    occurrences: Vec<Occurrence>,
}

impl Wanted {
    pub(super) fn new<'a>(matches: impl Iterator<Item = &'a TextMatch>) -> Self {
        let mut wanted = Wanted { terms: HashSet::new(), tests: Vec::new(), phrases: Vec::new() };
        for matched in matches {
            match matched {
                TextMatch::Term(TermTest::Is(term)) => _ = wanted.terms.insert(term.clone()),
                TextMatch::Term(test) => wanted.tests.push(test.clone()),
                TextMatch::Phrase(phrase) => wanted.phrases.push(phrase.clone()),
            }
        }
        wanted
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.terms.is_empty() && self.tests.is_empty() && self.phrases.is_empty()
    }

    /// What a term is looked for; `None` if it is not.
    fn of(&self, term: &str) -> Option<Term> {
        let is_wanted = self.terms.contains(term);
        let tests: Vec<usize> = (0..self.tests.len()).filter(|test| self.tests[*test].accepts(term)).collect();
        let mut words = Vec::new();
        for (number, phrase) in self.phrases.iter().enumerate() {
            for (word, alternatives) in phrase.words.iter().enumerate() {
                if alternatives.iter().any(|test| test.accepts(term)) {
                    words.push((number, word));
                }
            }
        }
        let is_any = is_wanted || !tests.is_empty() || !words.is_empty();
        is_any.then_some(Term { frequency: 0, is_wanted, tests, words })
    }
}

impl<'w> Matcher<'w> {
    pub(super) fn new(wanted: &'w Wanted) -> Self {
        Matcher { wanted, numbers: HashMap::new(), terms: Vec::new(), occurrences: Vec::new() }
    }

    pub(super) fn token(&mut self, token: &Token<'_>) {
        let number = match self.numbers.get(token.term) {
            Some(number) => *number,
            None => {
                let number = self.wanted.of(token.term).map(|term| {
                    self.terms.push(term);
                    self.terms.len() - 1
                });
                self.numbers.insert(token.term.to_owned(), number);
                number
            }
        };
        if let Some(term) = number {
            self.terms[term].frequency += 1;
            let Token { position, start, end, .. } = *token;
            self.occurrences.push(Occurrence { term, position, start, end });
        }
    }

    /// All matches, in the order of the text.
    pub(super) fn finish(self) -> Vec<Match> {
        let mut matches = Vec::new();
        let mut test_frequencies = vec![0; self.wanted.tests.len()];
        for term in &self.terms {
            term.tests.iter().for_each(|test| test_frequencies[*test] += term.frequency);
        }
        for Occurrence { term, start, end, .. } in &self.occurrences {
            let Term { frequency, is_wanted, tests, .. } = &self.terms[*term];
            if *is_wanted {
                matches.push(Match { start: *start, end: *end, what: What::Term(*term), frequency: *frequency });
            }
            for test in tests {
                let frequency = test_frequencies[*test];
                matches.push(Match { start: *start, end: *end, what: What::Test(*test), frequency });
            }
        }
        for occurrence in self.in_phrases() {
            let Occurrence { term, start, end, .. } = self.occurrences[occurrence];
            let frequency = self.terms[term].frequency;
            matches.push(Match { start, end, what: What::Term(term), frequency });
        }
        matches.sort_by_key(|found| (found.start, found.end, found.what));
        matches
    }

    /// The occurrences that are a part of a phrase.
    fn in_phrases(&self) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        // For each phrase and word, the positions with their occurrences.
        let mut places: BTreeMap<(usize, usize), Vec<(usize, usize)>> = BTreeMap::new();
        for (number, occurrence) in self.occurrences.iter().enumerate() {
            for word in &self.terms[occurrence.term].words {
                places.entry(*word).or_default().push((occurrence.position, number));
            }
        }
        places.values_mut().for_each(|places| places.sort_unstable());
        for (number, phrase) in self.wanted.phrases.iter().enumerate() {
            let words: Option<Vec<&[(usize, usize)]>> =
                (0..phrase.words.len()).map(|word| places.get(&(number, word)).map(Vec::as_slice)).collect();
            if let Some(words) = words {
                near(&words, phrase.slop, phrase.order, &mut |occurrence| _ = found.insert(occurrence));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::clause::TextMatches;
    use crate::terms::{Expression, LetterCase, MAX_EFFORT, TermAutomaton};

    /// The matched words of a text whose tokens are separated by spaces, each with its frequency.
    fn matched(text: &str, add: impl FnOnce(&mut TextMatches)) -> String {
        let mut matches = TextMatches::default();
        add(&mut matches);
        let matches = matches.into_matches();
        let wanted = Wanted::new(matches.iter().map(|found| &found.matched));
        let mut matcher = Matcher::new(&wanted);
        let mut start = 0;
        for (position, term) in text.split(' ').enumerate() {
            matcher.token(&Token { term, position, start, end: start + term.len() });
            start += term.len() + 1;
        }
        let shown = |found: Match| format!("{}@{}x{}", &text[found.start..found.end], found.start, found.frequency);
        matcher.finish().into_iter().map(shown).collect::<Vec<_>>().join(" ")
    }

    fn phrase(matches: &mut TextMatches, words: &str, slop: usize) {
        let words = words.split(' ').enumerate();
        let words = words.map(|(position, word)| (position, TermTest::Is(word.to_owned()))).collect();
        matches.phrase("t", words, slop);
    }

    #[test]
    fn terms_match_wherever_they_are() {
        assert_eq!(matched("a b a", |matches| matches.term("t", "a")), "a@0x2 a@4x2");
        let prefix = Expression::Concat(vec![Expression::text("b", LetterCase::Sensitive), Expression::any_text()]);
        let automaton = Arc::new(TermAutomaton::compile(&prefix, MAX_EFFORT).expect("not too complex"));
        let pattern = |matches: &mut TextMatches| matches.test("t", TermTest::Matches(automaton));
        assert_eq!(matched("a ba b", pattern), "ba@2x2 b@5x2");
    }

    #[test]
    fn words_match_only_in_the_phrase() {
        assert_eq!(matched("a b a b c a a b", |matches| phrase(matches, "a b c", 0)), "a@4x4 b@6x3 c@8x1");
        assert_eq!(matched("a b a b c a a b", |matches| phrase(matches, "a a", 0)), "a@10x4 a@12x4");
        assert_eq!(matched("a x b", |matches| phrase(matches, "a b", 0)), "");
        assert_eq!(matched("b x a", |matches| phrase(matches, "a b", 1)), "b@0x1 a@4x1");
        assert_eq!(matched("b x x a", |matches| phrase(matches, "a b", 1)), "");
        assert_eq!(matched("a b a b c a a b", |matches| phrase(matches, "a c", 1)), "a@4x4 c@8x1 a@10x4");
    }
}
