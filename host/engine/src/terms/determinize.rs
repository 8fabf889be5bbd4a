//! Compiles expressions to automata.
//!
//! The states of the automaton are expressions: what is left to be matched after some characters. The expression that is left after
//! one more character is the *derivative* of an expression. As unions and intersections are kept in one order and without
//! repetitions, there are finitely many derivatives. In contrast to other ways, complements and intersections need no automata of
//! their own.

mod arena;
mod too_complex;

use std::collections::{BTreeSet, HashMap};

use super::automaton::{AutomatonBuilder, TermAutomaton};
use super::expression::Expression;
use arena::{Arena, Id};

pub(crate) use too_complex::TooComplex;

/// What compiling may cost, in the unit of `max_determinized_states`.
pub(crate) const MAX_EFFORT: usize = 10_000;

impl TermAutomaton {
    /// Compiles an expression. `effort` is at most [`MAX_EFFORT`]; more counts as that.
    ///
    /// # Errors
    /// [`TooComplex`]: a repetition is written out as more states than `effort`, or all states together consist of more than ten
    /// times as many parts.
    pub(crate) fn compile(expression: &Expression, effort: usize) -> Result<Self, TooComplex> {
        let effort = effort.min(MAX_EFFORT);
        count_states(expression, effort)?;
        let mut arena = Arena::new(effort);
        let start = arena.lower(expression)?;
        automaton(&mut arena, start, effort.saturating_mul(10))
    }
}

/// How many states an expression has if it is written out.
fn count_states(expression: &Expression, effort: usize) -> Result<usize, TooComplex> {
    let sum = |parts: &[Expression]| {
        parts.iter().try_fold(0_usize, |sum, part| Ok(sum.saturating_add(count_states(part, effort)?)))
    };
    Ok(match expression {
        Expression::Nothing => 0,
        Expression::Empty => 1,
        Expression::Char(_) => 2,
        Expression::Concat(parts) if parts.iter().all(|part| matches!(part, Expression::Char(_))) => parts.len() + 1,
        Expression::Concat(parts) | Expression::Intersection(parts) => sum(parts)?,
        Expression::Union(parts) => sum(parts)?.saturating_add(1),
        Expression::Complement(inner) => count_states(inner, effort)?.saturating_add(1),
        Expression::Repeat { inner, min, max } => {
            let count = max.unwrap_or(*min) as usize;
            let inner = count_states(inner, effort)?;
            if inner.saturating_sub(1).saturating_mul(count) > effort {
                return Err(TooComplex { effort });
            }
            inner.saturating_mul(count.max(1)).saturating_add(1)
        }
    })
}

/// The automaton of an expression. All states together consist of at most `limit` parts.
fn automaton(arena: &mut Arena, start: Id, limit: usize) -> Result<TermAutomaton, TooComplex> {
    let mut builder = AutomatonBuilder::default();
    builder.state([(0, 0)]);
    let nothing = arena.nothing()?;
    // The numbers of the states, and the expressions in their order.
    let mut numbers: HashMap<Id, u32> = HashMap::from([(nothing, 0)]);
    let mut states = vec![nothing];
    numbers.entry(start).or_insert_with(|| {
        states.push(start);
        1
    });
    if states.len() == 1 {
        builder.state([(0, 0)]);
    }
    let (mut next, mut effort) = (1, 0);
    while let Some(&state) = states.get(next) {
        next += 1;
        effort += arena.width(state);
        if effort > limit {
            return Err(arena.too_complex());
        }
        let mut boundaries = BTreeSet::from([0]);
        arena.boundaries(state, &mut boundaries);
        let mut transitions = Vec::with_capacity(boundaries.len());
        for character in boundaries {
            let left = arena.derivative(state, character)?;
            let number = *numbers.entry(left).or_insert_with(|| {
                states.push(left);
                states.len() as u32 - 1
            });
            transitions.push((character, number));
        }
        builder.state(transitions);
        if arena.is_nullable(state) {
            builder.accept();
        }
    }
    Ok(builder.build())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tantivy_fst::Automaton;

    use super::super::expression::LetterCase;
    use super::*;

    fn compiled(expression: &Expression) -> TermAutomaton {
        TermAutomaton::compile(expression, MAX_EFFORT).expect("not too complex")
    }

    /// Byte by byte, as the dictionary is searched.
    fn accepts_bytes(automaton: &TermAutomaton, term: &str) -> bool {
        let mut state = automaton.start();
        for byte in term.bytes() {
            if !automaton.can_match(&state) {
                return false;
            }
            state = automaton.accept(&state, byte);
        }
        automaton.is_match(&state)
    }

    /// Whether an expression matches a text, by trying everything.
    fn matches(expression: &Expression, text: &[char]) -> bool {
        match expression {
            Expression::Nothing => false,
            Expression::Empty => text.is_empty(),
            Expression::Char(set) => text.len() == 1 && set.contains(text[0].into()),
            Expression::Concat(parts) => match &parts[..] {
                [] => text.is_empty(),
                [first, rest @ ..] => (0..=text.len())
                    .any(|at| matches(first, &text[..at]) && matches(&Expression::Concat(rest.to_vec()), &text[at..])),
            },
            Expression::Union(parts) => parts.iter().any(|part| matches(part, text)),
            Expression::Intersection(parts) => parts.iter().all(|part| matches(part, text)),
            Expression::Complement(inner) => !matches(inner, text),
            Expression::Repeat { inner, min, max } => {
                if *min == 0 && text.is_empty() {
                    return true;
                }
                if *max == Some(0) {
                    return text.is_empty();
                }
                let rest = Expression::Repeat {
                    inner: inner.clone(),
                    min: min.saturating_sub(1),
                    max: max.map(|max| max - 1),
                };
                // An empty part is of use only to reach the minimum.
                let from = usize::from(*min == 0);
                (from..=text.len()).any(|at| matches(inner, &text[..at]) && matches(&rest, &text[at..]))
            }
        }
    }

    fn expressions() -> impl Strategy<Value = Expression> {
        let leaf = prop_oneof![
            Just(Expression::Nothing),
            Just(Expression::Empty),
            Just(Expression::any_char()),
            Just(Expression::any_text()),
            prop::sample::select(vec!['a', 'b', 'ä']).prop_map(|c| Expression::char(c, LetterCase::Sensitive)),
        ];
        leaf.prop_recursive(4, 24, 3, |inner| {
            let list = prop::collection::vec(inner.clone(), 0..3);
            prop_oneof![
                list.clone().prop_map(Expression::Concat),
                list.clone().prop_map(Expression::Union),
                prop::collection::vec(inner.clone(), 1..3).prop_map(Expression::Intersection),
                inner.clone().prop_map(Expression::complement),
                (inner, 0..3_u32, prop::option::of(0..2_u32))
                    .prop_map(|(inner, min, more)| inner.repeated(min, more.map(|more| min + more))),
            ]
        })
    }

    proptest! {
        #[test]
        fn an_automaton_accepts_what_its_expression_matches(expression in expressions(), text in "[abä]{0,5}") {
            let automaton = compiled(&expression);
            let characters: Vec<char> = text.chars().collect();
            let expected = matches(&expression, &characters);
            prop_assert_eq!(automaton.accepts(&text), expected);
            prop_assert_eq!(accepts_bytes(&automaton, &text), expected);
        }

        #[test]
        fn decimals_are_between_their_bounds(one in 0..3_000_u32, other in 0..3_000_u32, number in 0..4_000_u32, zeros in 0..3_usize) {
            let (min, max) = (one.min(other), one.max(other));
            let is_between = (min..=max).contains(&number);
            let automaton = compiled(&Expression::decimals(min, max, None));
            prop_assert_eq!(automaton.accepts(&format!("{}{number}", "0".repeat(zeros))), is_between);
            let automaton = compiled(&Expression::decimals(min, max, Some(4)));
            prop_assert_eq!(automaton.accepts(&format!("{number:04}")), is_between);
            let longer = format!("{number:05}");
            prop_assert!(!automaton.accepts(&longer));
        }
    }

    fn any_after_a(count: u32) -> Expression {
        let a = Expression::char('a', LetterCase::Sensitive);
        Expression::Concat(vec![Expression::any_text(), a, Expression::any_char().repeated(count, Some(count))])
    }

    #[test]
    fn expressions_that_explode_are_refused() {
        assert!(compiled(&any_after_a(12)).accepts("xa123456789012"));
        let error = TermAutomaton::compile(&any_after_a(13), MAX_EFFORT).expect_err("too complex");
        insta::assert_snapshot!(error, @"determinizing it would require more than 10000 effort");
        assert!(TermAutomaton::compile(&any_after_a(100), usize::MAX).is_err());
        assert!(TermAutomaton::compile(&any_after_a(3), 5).is_ok());
        assert!(TermAutomaton::compile(&any_after_a(3), 1).is_err());
    }

    #[test]
    fn repetitions_are_limited_where_they_are_nested() {
        let a = || Expression::char('a', LetterCase::Sensitive);
        let repeated = |count: u32| a().repeated(count, Some(count));
        assert!(compiled(&repeated(10_000)).accepts(&"a".repeat(10_000)));
        assert!(TermAutomaton::compile(&repeated(10_001), MAX_EFFORT).is_err());
        assert!(TermAutomaton::compile(&repeated(100).repeated(100, Some(100)), MAX_EFFORT).is_err());
        let optional = |count| Expression::any_char().repeated(0, Some(count)).repeated(0, Some(count));
        assert!(compiled(&optional(10)).accepts("x"));
        assert!(TermAutomaton::compile(&optional(50), MAX_EFFORT).is_err());
    }

    #[test]
    fn long_texts_cost_no_more_than_their_characters() {
        let text: String = ('a'..='z').cycle().take(30_000).collect();
        let automaton = compiled(&Expression::text(&text, LetterCase::Insensitive));
        assert!(automaton.accepts(&text) && !automaton.accepts(&text[1..]));
    }

    #[test]
    fn prefixes_are_known_to_match_whatever_follows() {
        let prefix = Expression::Concat(vec![Expression::text("ab", LetterCase::Sensitive), Expression::any_text()]);
        let automaton = compiled(&prefix);
        let state = "ab".bytes().fold(automaton.start(), |state, byte| automaton.accept(&state, byte));
        assert!(automaton.will_always_match(&state) && !automaton.will_always_match(&automaton.start()));
    }
}
