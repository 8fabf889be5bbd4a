//! Compares the inputs for one context with what is typed, while a dictionary is read.

use quidditch_index::CompletionTerm;
use tantivy_fst::Automaton;

use super::contexts::{Extent, WantedContext};
use super::matcher::{Matcher, State as MatcherState};

/// The last byte of what a term begins with that is for a context.
const CONTEXT_END: u8 = 0x1d;

/// What inputs begin with, for a context or for a field without contexts.
pub(super) struct InContext<'a> {
    matcher: &'a Matcher,
    context: Option<(&'a WantedContext, String)>,
}

/// How far a term was compared.
#[derive(Clone)]
pub(super) enum State {
    /// How many bytes of the context were the same.
    Context(usize),
    /// In the rest of a value that begins as is wanted.
    Rest,
    Form(MatcherState),
    Failed,
}

impl<'a> InContext<'a> {
    /// Each matcher for each context.
    pub(super) fn all(matchers: &'a [Matcher], contexts: &'a [WantedContext]) -> Vec<Self> {
        if contexts.is_empty() {
            return matchers.iter().map(|matcher| InContext { matcher, context: None }).collect();
        }
        let of = |matcher| {
            contexts.iter().map(move |context| InContext { matcher, context: Some((context, context.term_prefix())) })
        };
        matchers.iter().flat_map(of).collect()
    }

    /// What all terms begin with that match.
    pub(super) fn fixed_prefix(&self) -> String {
        match &self.context {
            None => self.matcher.fixed_prefix().to_owned(),
            Some((context, prefix)) if context.extent == Extent::Value => {
                format!("{prefix}{}", self.matcher.fixed_prefix())
            }
            Some((_, prefix)) => prefix.clone(),
        }
    }

    pub(super) fn score(&self, term: &CompletionTerm<'_>) -> f32 {
        self.matcher.score(term, self.context.as_ref().map(|(context, _)| context.boost))
    }

    /// Behind so many bytes of the context.
    fn behind(&self, read: usize) -> State {
        match &self.context {
            Some((_, prefix)) if read < prefix.len() => State::Context(read),
            Some((context, _)) if context.extent == Extent::Beginning => State::Rest,
            _ => State::Form(self.matcher.start()),
        }
    }
}

impl Automaton for InContext<'_> {
    type State = State;

    fn start(&self) -> State {
        self.behind(0)
    }

    fn is_match(&self, state: &State) -> bool {
        matches!(state, State::Form(state) if self.matcher.is_match(state))
    }

    fn can_match(&self, state: &State) -> bool {
        match state {
            State::Context(_) | State::Rest => true,
            State::Form(state) => self.matcher.can_match(state),
            State::Failed => false,
        }
    }

    fn accept(&self, state: &State, byte: u8) -> State {
        match state {
            State::Context(read) => {
                let is_same =
                    self.context.as_ref().is_some_and(|(_, prefix)| prefix.as_bytes().get(*read) == Some(&byte));
                if is_same { self.behind(read + 1) } else { State::Failed }
            }
            State::Rest if byte == CONTEXT_END => State::Form(self.matcher.start()),
            State::Rest => State::Rest,
            State::Form(state) => State::Form(self.matcher.accept(state, byte)),
            State::Failed => State::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(context: &WantedContext, term: &str) -> bool {
        let matchers = [Matcher::prefix("ti".to_owned(), None)];
        let all = InContext::all(&matchers, std::slice::from_ref(context));
        let mut state = all[0].start();
        for byte in term.bytes() {
            state = all[0].accept(&state, byte);
        }
        assert!(!all[0].is_match(&state) || term.starts_with(&all[0].fixed_prefix()), "{term}");
        all[0].is_match(&state)
    }

    #[test]
    fn inputs_of_the_context_match() {
        let mut context = WantedContext { number: 1, value: "cafe".to_owned(), boost: 1, extent: Extent::Value };
        let terms = ["01cafe\u{1d}time\0", "01cafes\u{1d}time\0", "00cafe\u{1d}time\0", "01cafe\u{1d}tea\0", "time\0"];
        assert_eq!(terms.map(|term| matches(&context, term)), [true, false, false, false, false]);
        context.extent = Extent::Beginning;
        assert_eq!(terms.map(|term| matches(&context, term)), [true, true, false, false, false]);
    }
}
