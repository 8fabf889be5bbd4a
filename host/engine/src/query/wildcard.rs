//! `{"wildcard": {"field": "v*l?e"}}`: documents that have a term which matches a pattern. `*` is any text, `?` any character, and a
//! backslash makes the next character an ordinary one.

use super::clause::Clause;
use super::parser::Parser;
use super::term_pattern::{LetterCase, PatternOptions, TermPattern, compile, push_text};
use crate::json::{ErrorKind, Node, ParseError};

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let (field, body) = node.only_entry("[wildcard] query")?;
    if !body.is_object() {
        let text = body.scalar()?;
        return Ok(Box::new(pattern(field, &text, LetterCase::Sensitive, PatternOptions::default())));
    }
    let mut fields = body.fields()?;
    let node = match (fields.take("value"), fields.take("wildcard")) {
        (Some(_), Some(other)) => return Err(other.error("[wildcard] query has both [value] and [wildcard]")),
        (Some(node), None) | (None, Some(node)) => node,
        (None, None) => return Err(body.mistake(ErrorKind::Argument, "[wildcard] query requires [value]")),
    };
    let text = node.scalar()?;
    let case = LetterCase::take(&mut fields)?;
    let options = PatternOptions::take(&mut fields)?;
    fields.finish("[wildcard] query")?;
    Ok(Box::new(pattern(field, &text, case, options)))
}

/// Terms that match a pattern.
pub(super) fn pattern(field: &str, text: &str, case: LetterCase, options: PatternOptions) -> TermPattern {
    let regex = compile(&regex(text, case), LetterCase::Sensitive);
    let prefix = match case {
        LetterCase::Sensitive => text.split(['*', '?', '\\']).next().unwrap_or_default().to_owned(),
        LetterCase::Insensitive => String::new(),
    };
    TermPattern { query: "wildcard", field: field.to_owned(), regex, prefix, options }
}

fn regex(text: &str, case: LetterCase) -> String {
    let mut pattern = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '*' => pattern.push_str(".*"),
            '?' => pattern.push('.'),
            // At the end it is an ordinary character.
            '\\' => push_text(&mut pattern, characters.next().unwrap_or('\\').encode_utf8(&mut [0; 4]), case),
            other => push_text(&mut pattern, other.encode_utf8(&mut [0; 4]), case),
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unescaped_wildcards_are_special() {
        assert_eq!(regex("a*b?c", LetterCase::Sensitive), "a.*b.c");
        assert_eq!(regex(r"a\*b\\c\d.+", LetterCase::Sensitive), r"a\*b\\cd\.\+");
        assert_eq!(regex(r"ä\", LetterCase::Sensitive), r"ä\\");
    }
}
