//! `{"wildcard": {"field": "v*l?e"}}`: documents that have a term which matches a pattern. `*` is any text, `?` any character, and a
//! backslash makes the next character an ordinary one.

use super::clause::Clause;
use super::parser::Parser;
use super::term_pattern::{LetterCase, TermPattern, compile, push_escaped, take_common};
use crate::Error;
use crate::json::{ErrorKind, Node, ParseError};
use crate::plan::{Planned, Planner};
use crate::scores::Scoring;

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let (field, body) = node.only_entry("[wildcard] query")?;
    if !body.is_object() {
        let text = body.scalar()?;
        return Ok(Box::new(pattern(field, &text, LetterCase::Sensitive, 1.0)));
    }
    let mut fields = body.fields()?;
    let node = match (fields.take("value"), fields.take("wildcard")) {
        (Some(_), Some(other)) => return Err(other.error("[wildcard] query has both [value] and [wildcard]")),
        (Some(node), None) | (None, Some(node)) => node,
        (None, None) => return Err(body.mistake(ErrorKind::Argument, "[wildcard] query requires [value]")),
    };
    let text = node.scalar()?;
    let case = LetterCase::take(&mut fields)?;
    let boost = take_common(&mut fields)?;
    fields.finish("[wildcard] query")?;
    Ok(Box::new(pattern(field, &text, case, boost)))
}

fn pattern(field: &str, text: &str, case: LetterCase, boost: f32) -> Wildcard {
    let regex = compile(&regex(text), case);
    Wildcard(TermPattern { query: "wildcard", field: field.to_owned(), regex, boost })
}

fn regex(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '*' => pattern.push_str(".*"),
            '?' => pattern.push('.'),
            // At the end it is an ordinary character.
            '\\' => push_escaped(&mut pattern, characters.next().unwrap_or('\\').encode_utf8(&mut [0; 4])),
            other => push_escaped(&mut pattern, other.encode_utf8(&mut [0; 4])),
        }
    }
    pattern
}

struct Wildcard(TermPattern);

impl Clause for Wildcard {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        self.0.plan(planner, scoring)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unescaped_wildcards_are_special() {
        assert_eq!(regex("a*b?c"), "a.*b.c");
        assert_eq!(regex(r"a\*b\\c\d.+"), r"a\*b\\cd\.\+");
        assert_eq!(regex(r"ä\"), r"ä\\");
    }
}
