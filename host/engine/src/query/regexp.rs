//! `{"regexp": {"field": "va.*"}}`: documents that have a term which matches a regular expression as a whole.

mod syntax;

use super::clause::Clause;
use super::parser::Parser;
use super::term_pattern::{LetterCase, TermPattern, compile, take_common};
use crate::Error;
use crate::json::{ErrorKind, Node, ParseError};
use crate::plan::{Planned, Planner};
use crate::scores::Scoring;
use syntax::{FLAGS, Operators, translate};

/// Most characters of an expression; 1,000 is what clients know. It also limits how deeply groups are nested.
const MAX_CHARACTERS: usize = 1_000;

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let (field, body) = node.only_entry("[regexp] query")?;
    if !body.is_object() {
        return Ok(Box::new(pattern(field, &expression(&body)?, Operators::All, LetterCase::Sensitive, 1.0)));
    }
    let mut fields = body.fields()?;
    let value = fields.required("value", "[regexp] query").map_err(|error| error.of_kind(ErrorKind::Argument))?;
    let text = expression(&value)?;
    let operators = fields.optional("flags", |node| FLAGS.read(node))?.unwrap_or(Operators::All);
    // A limit on the work of compiling, which is limited here anyway.
    fields.optional("max_determinized_states", Node::count)?;
    let case = LetterCase::take(&mut fields)?;
    let boost = take_common(&mut fields)?;
    fields.finish("[regexp] query")?;
    Ok(Box::new(pattern(field, &text, operators, case, boost)))
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

fn pattern(field: &str, text: &str, operators: Operators, case: LetterCase, boost: f32) -> Regexp {
    let regex = translate(text, operators).and_then(|pattern| compile(&pattern, case));
    Regexp(TermPattern { query: "regexp", field: field.to_owned(), regex, boost })
}

struct Regexp(TermPattern);

impl Clause for Regexp {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        self.0.plan(planner, scoring)
    }
}
