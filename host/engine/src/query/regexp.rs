//! `{"regexp": {"field": "va.*"}}`: documents that have a term which matches a regular expression as a whole.

mod syntax;

use std::sync::Arc;

use tantivy_fst::Regex;

use super::clause::Clause;
use super::parser::Parser;
use super::term_pattern::{LetterCase, PatternOptions, TermPattern, compile};
use crate::Error;
use crate::json::{ErrorKind, Node, ParseError};
use syntax::{FLAGS, translate};

pub(super) use syntax::Operators;

/// Most characters of an expression; 1,000 is what clients know. It also limits how deeply groups are nested.
pub(super) const MAX_CHARACTERS: usize = 1_000;

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let (field, body) = node.only_entry("[regexp] query")?;
    if !body.is_object() {
        return Ok(Box::new(pattern(
            field,
            &expression(&body)?,
            Operators::All,
            LetterCase::Sensitive,
            PatternOptions::default(),
        )));
    }
    let mut fields = body.fields()?;
    let value = fields.required("value", "[regexp] query").map_err(|error| error.of_kind(ErrorKind::Argument))?;
    let text = expression(&value)?;
    let operators = fields.optional("flags", |node| FLAGS.read(node))?.unwrap_or(Operators::All);
    // A limit on the work of compiling, which is limited here anyway.
    fields.optional("max_determinized_states", Node::count)?;
    let case = LetterCase::take(&mut fields)?;
    let options = PatternOptions::take(&mut fields)?;
    fields.finish("[regexp] query")?;
    Ok(Box::new(pattern(field, &text, operators, case, options)))
}

fn expression(node: &Node<'_>) -> Result<String, ParseError> {
    let text = node.scalar()?.into_owned();
    let length = text.chars().count();
    if length > MAX_CHARACTERS {
        return Err(node.error(format!(
            "[regexp] query has an expression of {length} characters; at most {MAX_CHARACTERS} are allowed"
        )));
    }
    Ok(text)
}

/// An expression with all operators, for texts that it matches.
///
/// # Errors
/// If it is invalid or too long.
pub(crate) fn term_regex(text: &str) -> Result<Arc<Regex>, Error> {
    let length = text.chars().count();
    if length > MAX_CHARACTERS {
        return Err(Error::shard_argument(format!(
            "the expression has {length} characters; at most {MAX_CHARACTERS} are allowed"
        )));
    }
    let regex = translate(text, Operators::All).and_then(|pattern| compile(&pattern, LetterCase::Sensitive));
    regex.map(|pattern| pattern.regex).map_err(|error| Error::shard_argument(error.to_string()))
}

/// Terms that match an expression.
pub(super) fn pattern(
    field: &str,
    text: &str,
    operators: Operators,
    case: LetterCase,
    options: PatternOptions,
) -> TermPattern {
    let regex = translate(text, operators).and_then(|pattern| compile(&pattern, case));
    let prefix = if case == LetterCase::Sensitive { literal_prefix(text) } else { String::new() };
    TermPattern { query: "regexp", field: field.to_owned(), regex, prefix, options }
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
            ["abc", "ab.*", "ab*", "äb{2}", "a(b)", ".a", "ab|c", "a?", ""].map(literal_prefix),
            ["abc", "ab", "a", "ä", "a", "", "", "", ""]
        );
    }
}
