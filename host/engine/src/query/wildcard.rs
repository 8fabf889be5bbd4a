//! `{"wildcard": {"field": "v*l?e"}}`: documents that have a term which matches a pattern. `*` is any text, `?` any character, and a
//! backslash makes the next character an ordinary one.

use quidditch_index::KeywordOptions;

use super::term_pattern::{LetterCase, PatternOptions, TermPattern};
use crate::clause::Clause;
use crate::json::{ErrorKind, Node, ParseError};
use crate::request::Parser;
use crate::terms::Expression;

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
    let pattern = of_text(field, text, case, options.clone());
    let (field, text) = (field.to_owned(), text.to_owned());
    let normalize = move |keyword: &KeywordOptions| {
        let text = map_texts(&text, |text| keyword.normalized(text.into()).into_owned());
        of_text(&field, &text, case, options.clone())
    };
    TermPattern { normalize: Some(Box::new(normalize)), ..pattern }
}

fn of_text(field: &str, text: &str, case: LetterCase, options: PatternOptions) -> TermPattern {
    let prefix = match case {
        LetterCase::Sensitive => text.split(['*', '?', '\\']).next().unwrap_or_default().to_owned(),
        LetterCase::Insensitive => String::new(),
    };
    TermPattern::new("wildcard", field, &expression(text, case), prefix, options)
}

/// The same pattern with other texts between the wildcards.
pub(super) fn map_texts(pattern: &str, text: impl Fn(&str) -> String) -> String {
    let mut mapped = String::with_capacity(pattern.len());
    let mut part = String::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        if !matches!(character, '*' | '?' | '\\') {
            part.push(character);
            continue;
        }
        mapped.push_str(&text(&part));
        part.clear();
        mapped.push(character);
        if character == '\\' {
            mapped.extend(characters.next());
        }
    }
    mapped.push_str(&text(&part));
    mapped
}

fn expression(text: &str, case: LetterCase) -> Expression {
    let mut parts = Vec::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        parts.push(match character {
            '*' => Expression::any_text(),
            '?' => Expression::any_char(),
            // At the end it is an ordinary character.
            '\\' => Expression::char(characters.next().unwrap_or('\\'), case),
            other => Expression::char(other, case),
        });
    }
    Expression::Concat(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unescaped_wildcards_are_special() {
        let matches = |pattern: &str, term: &str| {
            super::pattern("f", pattern, LetterCase::Sensitive, PatternOptions::default())
                .automaton
                .expect("valid")
                .accepts(term)
        };
        assert!(matches("a*b?c", "a--b-c") && matches("a*b?c", "abbc") && !matches("a*b?c", "abc"));
        assert!(matches(r"a\*b\\c\d.+", r"a*b\cd.+") && !matches(r"a\*", "ab"));
        assert!(matches(r"ä\", r"ä\"));
    }

    #[test]
    fn patterns_that_explode_are_refused() {
        let error = |count: usize| {
            let pattern = format!("*a{}", "?".repeat(count));
            super::pattern("f", &pattern, LetterCase::Sensitive, PatternOptions::default()).automaton.err()
        };
        assert_eq!(error(12), None);
        insta::assert_snapshot!(
            error(25).expect("too complex"),
            @"the pattern is too complex: determinizing it would require more than 10000 effort"
        );
    }
}
