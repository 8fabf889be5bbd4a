//! `{"prefix": {"field": "val"}}`: documents that have a term which starts with a text.

use quidditch_index::KeywordOptions;

use super::term_pattern::{LetterCase, PatternOptions, TermPattern};
use crate::clause::Clause;
use crate::json::{ErrorKind, Node, ParseError};
use crate::request::Parser;
use crate::terms::Expression;

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let (field, body) = node.only_entry("[prefix] query")?;
    if !body.is_object() {
        let text = body.scalar()?;
        return Ok(Box::new(pattern(field, &text, LetterCase::Sensitive, PatternOptions::default())));
    }
    let mut fields = body.fields()?;
    let value = fields.required("value", "[prefix] query").map_err(|error| error.of_kind(ErrorKind::Argument))?;
    let text = value.scalar()?;
    let case = LetterCase::take(&mut fields)?;
    let options = PatternOptions::take(&mut fields)?;
    fields.finish("[prefix] query")?;
    Ok(Box::new(pattern(field, &text, case, options)))
}

/// Terms that start with `text`.
pub(super) fn pattern(field: &str, text: &str, case: LetterCase, options: PatternOptions) -> TermPattern {
    let pattern = of_text(field, text, case, options.clone());
    let (field, text) = (field.to_owned(), text.to_owned());
    let normalize =
        move |keyword: &KeywordOptions| of_text(&field, &keyword.normalized((&*text).into()), case, options.clone());
    TermPattern { normalize: Some(Box::new(normalize)), ..pattern }
}

fn of_text(field: &str, text: &str, case: LetterCase, options: PatternOptions) -> TermPattern {
    let expression = Expression::Concat(vec![Expression::text(text, case), Expression::any_text()]);
    let prefix = if case == LetterCase::Sensitive { text.to_owned() } else { String::new() };
    TermPattern::new("prefix", field, &expression, prefix, options)
}
