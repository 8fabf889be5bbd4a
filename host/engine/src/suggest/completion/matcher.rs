//! Compares the inputs of a field with what is typed, while a dictionary is read.

use std::sync::Arc;

use quidditch_index::CompletionTerm;
use tantivy_fst::Automaton;

use super::fuzzy::{FuzzyCompletion, FuzzyUnit};
use crate::terms::{FuzzyState, FuzzyTerm, TermAutomaton};

/// Where the compared part of a term ends.
const END: u8 = 0;

/// What inputs begin with: a text, one that is similar to it, or one that a regular expression matches.
pub(super) enum Matcher {
    Exact(String),
    Fuzzy { form: String, fuzzy: FuzzyTerm, unit: FuzzyUnit },
    Regex(Arc<TermAutomaton>),
}

impl Matcher {
    /// `form` is what the analyzer made of the text.
    pub(super) fn prefix(form: String, fuzzy: Option<FuzzyCompletion>) -> Self {
        let Some(options) = fuzzy else { return Matcher::Exact(form) };
        let length = match options.unit {
            FuzzyUnit::Bytes => form.len(),
            FuzzyUnit::Characters => form.chars().count(),
        };
        // A text that is too short must be the same, but counts as similar.
        let edits = if length < options.min_length || length <= options.prefix_length { 0 } else { options.edits };
        let units = match options.unit {
            FuzzyUnit::Bytes => bytes_as_characters(form.as_bytes()),
            FuzzyUnit::Characters => form.clone(),
        };
        let fuzzy = FuzzyTerm::new(&units, edits, options.prefix_length, options.transpositions);
        Matcher::Fuzzy { form, fuzzy, unit: options.unit }
    }

    pub(super) fn regex(regex: Arc<TermAutomaton>) -> Self {
        Matcher::Regex(regex)
    }

    /// What all terms begin with that match.
    pub(super) fn fixed_prefix(&self) -> &str {
        match self {
            Matcher::Exact(form) => form,
            // Every text is made of the same bytes up to there.
            Matcher::Fuzzy { form, fuzzy, unit } => {
                let length = fuzzy.prefix().chars().count();
                let end = match unit {
                    FuzzyUnit::Bytes => form.floor_char_boundary(length),
                    FuzzyUnit::Characters => form.char_indices().nth(length).map_or(form.len(), |(end, _)| end),
                };
                &form[..end]
            }
            Matcher::Regex(_) => "",
        }
    }

    /// The weight, multiplied by how many units of the text the input begins with if it may differ, to which the boost of a context
    /// is added.
    pub(super) fn score(&self, term: &CompletionTerm<'_>, context_boost: Option<u32>) -> f32 {
        let weight = term.weight as f32;
        match context_boost.map_or(0.0, |boost| boost as f32) + self.common(term) {
            0.0 => weight,
            boost if weight == 0.0 => boost,
            boost => weight * boost,
        }
    }

    /// How many units the input has in common with a text from which it may differ.
    fn common(&self, term: &CompletionTerm<'_>) -> f32 {
        let Matcher::Fuzzy { form, unit, .. } = self else { return 0.0 };
        let matched = self.matched(term.form.as_bytes());
        let common = match unit {
            FuzzyUnit::Bytes => form.bytes().zip(matched.bytes()).take_while(|(a, b)| a == b).count(),
            FuzzyUnit::Characters => form.chars().zip(matched.chars()).take_while(|(a, b)| a == b).count(),
        };
        common as f32
    }

    /// The shortest beginning of a form that matches.
    fn matched<'f>(&self, form: &'f [u8]) -> &'f str {
        let mut state = self.start();
        let mut length = 0;
        while !matches!(state, State::Matched) && length < form.len() {
            state = self.accept(&state, form[length]);
            length += 1;
        }
        let valid = form.get(..length).and_then(|matched| std::str::from_utf8(matched).ok());
        valid.or_else(|| std::str::from_utf8(form).ok()).unwrap_or_default()
    }

    fn reached(&self, state: State) -> State {
        let is_match = match (&state, self) {
            (State::Exact(read), Matcher::Exact(form)) => *read == form.len(),
            (State::Fuzzy(state), Matcher::Fuzzy { fuzzy, .. }) => fuzzy.is_match(state),
            (State::Regex(state), Matcher::Regex(regex)) => regex.is_match(state),
            _ => false,
        };
        if is_match { State::Matched } else { state }
    }
}

/// Each byte as a character, so that edits change bytes.
fn bytes_as_characters(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// How far a term was compared.
#[derive(Clone)]
pub(super) enum State {
    /// How many bytes were the same.
    Exact(usize),
    Fuzzy(FuzzyState),
    Regex(<TermAutomaton as Automaton>::State),
    /// Whatever follows.
    Matched,
    Failed,
}

impl Automaton for Matcher {
    type State = State;

    fn start(&self) -> State {
        self.reached(match self {
            Matcher::Exact(_) => State::Exact(0),
            Matcher::Fuzzy { fuzzy, .. } => State::Fuzzy(fuzzy.start()),
            Matcher::Regex(regex) => State::Regex(regex.start()),
        })
    }

    fn is_match(&self, state: &State) -> bool {
        matches!(state, State::Matched)
    }

    fn can_match(&self, state: &State) -> bool {
        match (state, self) {
            (State::Fuzzy(state), Matcher::Fuzzy { fuzzy, .. }) => fuzzy.can_match(state),
            (State::Regex(state), Matcher::Regex(regex)) => regex.can_match(state),
            (State::Failed, _) => false,
            _ => true,
        }
    }

    fn accept(&self, state: &State, byte: u8) -> State {
        match (state, self) {
            (State::Matched, _) => State::Matched,
            _ if byte == END => State::Failed,
            (State::Exact(read), Matcher::Exact(form)) if form.as_bytes().get(*read) == Some(&byte) => {
                self.reached(State::Exact(read + 1))
            }
            (State::Fuzzy(state), Matcher::Fuzzy { fuzzy, unit, .. }) => {
                let mut next = *state;
                match unit {
                    FuzzyUnit::Characters => next = fuzzy.accept(&next, byte),
                    FuzzyUnit::Bytes => {
                        for byte in char::from(byte).encode_utf8(&mut [0; 4]).bytes() {
                            next = fuzzy.accept(&next, byte);
                        }
                    }
                }
                self.reached(State::Fuzzy(next))
            }
            (State::Regex(state), Matcher::Regex(regex)) => self.reached(State::Regex(regex.accept(state, byte))),
            _ => State::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(matcher: &Matcher, term: &str) -> bool {
        let mut state = matcher.start();
        for byte in term.bytes() {
            state = matcher.accept(&state, byte);
        }
        matches!(state, State::Matched)
    }

    fn score(matcher: &Matcher, form: &str, weight: u32) -> f32 {
        matcher.score(&CompletionTerm { context: None, form, weight, input: "" }, None)
    }

    #[test]
    fn inputs_match_that_begin_with_the_text() {
        let matcher = Matcher::prefix("nev".to_owned(), None);
        assert_eq!(
            ["nev\0x", "never\0x", "ne\0x", "nex\0x", "ne\0v"].map(|term| matches(&matcher, term)),
            [true, true, false, false, false]
        );
        assert_eq!(score(&matcher, "never", 7), 7.0);
    }

    #[test]
    fn similar_inputs_score_by_what_they_have_in_common() {
        let fuzzy = |text: &str| Matcher::prefix(text.to_owned(), Some(FuzzyCompletion::default()));
        let no_prefix = FuzzyCompletion { prefix_length: 0, ..FuzzyCompletion::default() };
        for (matcher, form, expected) in [
            (fuzzy("nev"), "never gonna", 20.0),
            (fuzzy("nvermind"), "nevermind", 10.0),
            (fuzzy("nveer"), "never", 10.0),
            (fuzzy("ne"), "nevermind", 20.0),
            (fuzzy("nevr"), "nevermind", 30.0),
            (Matcher::prefix("vevermind".to_owned(), Some(no_prefix)), "nevermind", 10.0),
        ] {
            assert!(matches(&matcher, &format!("{form}\0x")), "{form}");
            assert_eq!(score(&matcher, form, 10), expected, "{form}");
        }
        assert!(!matches(&fuzzy("ne"), "nice\0x"));
        assert_eq!(fuzzy("nev").fixed_prefix(), "n");
    }

    #[test]
    fn regular_expressions_match_a_beginning() {
        let matcher = Matcher::regex(crate::query::compile_regexp("n[ei]v").expect("valid"));
        assert_eq!(["never\0x", "nivea\0x", "nova\0x"].map(|term| matches(&matcher, term)), [true, true, false]);
    }
}
