//! `{"regexp": {"field": "va.*"}}`: documents that have a term which matches a regular expression as a whole.

mod operators;
mod syntax;

use std::sync::Arc;

use quidditch_index::KeywordOptions;

use super::term_pattern::{LetterCase, PatternError, PatternOptions, TermPattern, compile};
use crate::clause::Clause;
use crate::json::{ErrorKind, Fields, Node, ParseError};
use crate::request::Parser;
use crate::terms::{MAX_EFFORT, TermAutomaton};

pub(crate) use operators::Operators;
use syntax::parse_expression;

/// Most UTF-16 code units of an expression; 1,000 is what clients expect. It also limits how deeply groups are nested.
const MAX_LENGTH: usize = 1_000;

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let (field, body) = node.only_entry("[regexp] query")?;
    if !body.is_object() {
        let text = body.scalar()?;
        let regexp = Regexp::new(&text, LetterCase::Sensitive);
        return Ok(Box::new(regexp.pattern(field, PatternOptions::default())));
    }
    let mut fields = body.fields()?;
    let value = fields.required("value", "[regexp] query").map_err(|error| error.of_kind(ErrorKind::Argument))?;
    let text = value.scalar()?;
    let named = fields.nullable("flags", Operators::parse)?;
    let operators = fields.optional("flags_value", Operators::from_bits)?.or(named).unwrap_or(Operators::ALL);
    let effort = take_effort(&mut fields)?;
    let case = LetterCase::take(&mut fields)?;
    let options = PatternOptions::take(&mut fields)?;
    fields.finish("[regexp] query")?;
    Ok(Box::new(Regexp { text: &text, operators, case, effort }.pattern(field, options)))
}

/// Takes `max_determinized_states` out of the fields of a query. No expression compiles with a negative number.
pub(super) fn take_effort(fields: &mut Fields<'_>) -> Result<usize, ParseError> {
    let effort = fields.optional("max_determinized_states", Node::integer)?;
    Ok(effort.map_or(MAX_EFFORT, |effort| usize::try_from(effort).unwrap_or(0)))
}

/// A regular expression.
pub(crate) struct Regexp<'a> {
    pub(crate) text: &'a str,
    pub(crate) operators: Operators,
    pub(crate) case: LetterCase,
    /// What compiling it may cost.
    pub(crate) effort: usize,
}

impl<'a> Regexp<'a> {
    /// With all operators.
    pub(super) fn new(text: &'a str, case: LetterCase) -> Self {
        Regexp { text, operators: Operators::ALL, case, effort: MAX_EFFORT }
    }

    /// # Errors
    /// Why it is not accepted.
    pub(crate) fn compile(&self) -> Result<Arc<TermAutomaton>, PatternError> {
        check_length(self.text)?;
        compile(&parse_expression(self.text, self.operators, self.case)?, self.effort)
    }

    /// Terms of a field that match it.
    pub(super) fn pattern(&self, field: &str, options: PatternOptions) -> TermPattern {
        let pattern = self.of_text(field, options.clone());
        let Regexp { operators, case, effort, .. } = *self;
        let (field, text) = (field.to_owned(), self.text.to_owned());
        let normalize = move |keyword: &KeywordOptions| {
            let text = &keyword.normalized((&*text).into());
            Regexp { text, operators, case, effort }.of_text(&field, options.clone())
        };
        TermPattern { normalize: Some(Box::new(normalize)), ..pattern }
    }

    fn of_text(&self, field: &str, options: PatternOptions) -> TermPattern {
        let automaton = self.compile();
        let prefix = match self.case {
            LetterCase::Sensitive => literal_prefix(self.text),
            LetterCase::Insensitive => String::new(),
        };
        TermPattern { query: "regexp", field: field.to_owned(), automaton, prefix, options, normalize: None }
    }
}

/// # Errors
/// [`PatternError::TooLong`].
pub(super) fn check_length(text: &str) -> Result<(), PatternError> {
    let length = text.encode_utf16().count();
    if length > MAX_LENGTH { Err(PatternError::TooLong { length, limit: MAX_LENGTH }) } else { Ok(()) }
}

/// Compiles an expression with all operators.
pub(crate) fn compile_regexp(text: &str) -> Result<Arc<TermAutomaton>, PatternError> {
    Regexp::new(text, LetterCase::Sensitive).compile()
}

/// A text that everything begins with that an expression matches.
fn literal_prefix(expression: &str) -> String {
    if expression.contains('|') {
        return String::new();
    }
    let mut prefix: String = expression.chars().take_while(|character| character.is_alphanumeric()).collect();
    if expression[prefix.len()..].starts_with(['?', '*', '+', '{']) {
        prefix.pop();
    }
    prefix
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_before_all_operators_are_a_prefix() {
        assert_eq!(
            ["abc", "ab.*", "ab*", "äb{2}", "a(b)", ".a", "ab|c", "a?", "~a", "a&b", ""].map(literal_prefix),
            ["abc", "ab", "a", "ä", "a", "", "", "", "", "a", ""]
        );
    }

    #[test]
    fn long_expressions_are_refused() {
        let error = |length: usize| {
            let text = "x".repeat(length);
            Regexp::new(&text, LetterCase::Sensitive).pattern("f", PatternOptions::default()).automaton.err()
        };
        assert_eq!(error(1_000), None);
        insta::assert_snapshot!(error(1_001).expect("too long"), @"the expression has a length of 1001; at most 1000 is allowed");
    }

    #[test]
    fn nested_groups_are_limited_by_the_length() {
        let text = format!("{}a{}", "(".repeat(499), ")".repeat(499));
        let pattern = Regexp::new(&text, LetterCase::Sensitive).pattern("f", PatternOptions::default());
        assert!(pattern.automaton.expect("valid").accepts("a"));
    }
}
