//! `{"prefix": {"field": "val"}}`: documents that have a term which starts with a text.

use super::clause::Clause;
use super::parser::Parser;
use super::term_pattern::{LetterCase, TermPattern, compile, push_escaped, take_common};
use crate::Error;
use crate::json::{ErrorKind, Node, ParseError};
use crate::plan::{Planned, Planner};
use crate::scores::Scoring;

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let (field, body) = node.only_entry("[prefix] query")?;
    if !body.is_object() {
        let text = body.scalar()?;
        return Ok(Box::new(Prefix(pattern(field, &text, LetterCase::Sensitive, 1.0))));
    }
    let mut fields = body.fields()?;
    let value = fields.required("value", "[prefix] query").map_err(|error| error.of_kind(ErrorKind::Argument))?;
    let text = value.scalar()?;
    let case = LetterCase::take(&mut fields)?;
    let boost = take_common(&mut fields)?;
    fields.finish("[prefix] query")?;
    Ok(Box::new(Prefix(pattern(field, &text, case, boost))))
}

/// Terms that start with `text`.
pub(super) fn pattern(field: &str, text: &str, case: LetterCase, boost: f32) -> TermPattern {
    let mut pattern = String::with_capacity(text.len() + 2);
    push_escaped(&mut pattern, text);
    pattern.push_str(".*");
    TermPattern { query: "prefix", field: field.to_owned(), regex: compile(&pattern, case), boost }
}

struct Prefix(TermPattern);

impl Clause for Prefix {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        self.0.plan(planner, scoring)
    }
}
