//! An automaton that accepts the terms of an expression.

use tantivy_fst::Automaton;

/// A deterministic automaton over characters: what a pattern is compiled to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TermAutomaton {
    states: Box<[State]>,
    /// Where the characters of each state lead, from the character on and up to the next entry of the state.
    transitions: Box<[(u32, u32)]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    /// Its transitions end where those of the next state begin.
    first_transition: u32,
    accepts: bool,
}

/// The state from which no term is accepted.
const DEAD: u32 = 0;
/// The state in which a term begins.
const START: u32 = 1;

/// Builds an automaton state by state. The first state is [`DEAD`], the second [`START`].
#[derive(Default)]
pub(super) struct AutomatonBuilder {
    states: Vec<State>,
    transitions: Vec<(u32, u32)>,
}

impl AutomatonBuilder {
    /// Adds the next state, in which no term is accepted. `transitions` begin with the character 0.
    pub(super) fn state(&mut self, transitions: impl IntoIterator<Item = (u32, u32)>) {
        let first = self.transitions.len();
        self.states.push(State { first_transition: first as u32, accepts: false });
        for (character, state) in transitions {
            // What leads to the same state is one transition.
            let continues = self.transitions[first..].last().is_some_and(|(_, last)| *last == state);
            if !continues {
                self.transitions.push((character, state));
            }
        }
    }

    /// Makes the state that was added last accept the terms which end in it.
    pub(super) fn accept(&mut self) {
        if let Some(last) = self.states.last_mut() {
            last.accepts = true;
        }
    }

    pub(super) fn build(self) -> TermAutomaton {
        TermAutomaton { states: self.states.into(), transitions: self.transitions.into() }
    }
}

impl TermAutomaton {
    /// Whether it accepts a term.
    pub(crate) fn accepts(&self, term: &str) -> bool {
        let mut state = START;
        for character in term.chars() {
            state = self.next(state, character.into());
            if state == DEAD {
                return false;
            }
        }
        self.states[state as usize].accepts
    }

    /// The automaton that accepts the terms that are `prefix` and a term which this one accepts.
    pub(crate) fn behind(&self, prefix: &str) -> TermAutomaton {
        let characters: Vec<u32> = prefix.chars().map(u32::from).collect();
        // Its states follow those of the prefix, but the first, which both have.
        let moved = |state: u32| if state == DEAD { DEAD } else { state + characters.len() as u32 };
        let mut builder = AutomatonBuilder::default();
        builder.state([(0, DEAD)]);
        for (state, &character) in (START..).zip(&characters) {
            let before = (character > 0).then_some((0, DEAD));
            builder.state(before.into_iter().chain([(character, state + 1), (character + 1, DEAD)]));
        }
        for state in START..self.states.len() as u32 {
            let transitions = self.transitions_of(state).iter();
            builder.state(transitions.map(|&(character, next)| (character, moved(next))));
            if self.states[state as usize].accepts {
                builder.accept();
            }
        }
        builder.build()
    }

    fn transitions_of(&self, state: u32) -> &[(u32, u32)] {
        let index = state as usize;
        let first = self.states[index].first_transition as usize;
        let end = self.states.get(index + 1).map_or(self.transitions.len(), |next| next.first_transition as usize);
        &self.transitions[first..end]
    }

    fn next(&self, state: u32, character: u32) -> u32 {
        let transitions = self.transitions_of(state);
        transitions[transitions.partition_point(|(from, _)| *from <= character) - 1].1
    }

    /// Whether every term is accepted from a state on.
    fn accepts_all(&self, state: u32) -> bool {
        matches!(self.transitions_of(state), [(_, next)] if *next == state) && self.states[state as usize].accepts
    }
}

/// A state of the automaton within the bytes of a term.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TermState {
    state: u32,
    /// The bits of a character that is not complete.
    character: u32,
    /// How many of its bytes are missing.
    missing: u8,
}

impl Automaton for TermAutomaton {
    type State = TermState;

    fn start(&self) -> TermState {
        TermState { state: START, character: 0, missing: 0 }
    }

    fn is_match(&self, state: &TermState) -> bool {
        state.missing == 0 && self.states[state.state as usize].accepts
    }

    fn can_match(&self, state: &TermState) -> bool {
        state.state != DEAD
    }

    fn will_always_match(&self, state: &TermState) -> bool {
        state.missing == 0 && self.accepts_all(state.state)
    }

    fn accept(&self, state: &TermState, byte: u8) -> TermState {
        let complete =
            |state: u32, character: u32| TermState { state: self.next(state, character), character: 0, missing: 0 };
        let pending = |bits: u8, missing: u8| TermState { state: state.state, character: u32::from(bits), missing };
        match (state.missing, byte) {
            (0, 0..=0x7f) => complete(state.state, byte.into()),
            (0, 0xc0..=0xdf) => pending(byte & 0x1f, 1),
            (0, 0xe0..=0xef) => pending(byte & 0x0f, 2),
            (0, 0xf0..=0xf7) => pending(byte & 0x07, 3),
            (1.., 0x80..=0xbf) => {
                let character = state.character << 6 | u32::from(byte & 0x3f);
                match state.missing {
                    1 => complete(state.state, character),
                    missing => TermState { state: state.state, character, missing: missing - 1 },
                }
            }
            // Not UTF-8: no text has it.
            _ => TermState { state: DEAD, character: 0, missing: 0 },
        }
    }
}
