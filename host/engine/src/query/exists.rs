//! `{"exists": {"field": "f"}}`: documents that have a value in a field, or anywhere in an object.

use tantivy::Term;
use tantivy::query::TermQuery;
use tantivy::schema::IndexRecordOption;

use super::clause::Clause;
use super::parser::{Parser, take_boost};
use crate::Error;
use crate::json::{Node, ParseError};
use crate::plan::{Planned, Planner};
use crate::scores::Scores;

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let mut fields = node.fields()?;
    let field = fields.required("field", "[exists] query")?.text()?.to_owned();
    let boost = take_boost(&mut fields)?;
    fields.finish("[exists] query")?;
    Ok(Box::new(Exists { field, boost }))
}

struct Exists {
    field: String,
    boost: f32,
}

impl Clause for Exists {
    fn plan(&self, planner: &Planner<'_>, _: Scores) -> Result<Planned, Error> {
        Ok(plan(planner, &self.field, self.boost))
    }
}

/// Documents that have a value in `field`.
pub(super) fn plan(planner: &Planner<'_>, field: &str, boost: f32) -> Planned {
    if field == "_id" {
        return Planned::all(boost);
    }
    let term = Term::from_field_text(planner.snapshot.field_names_field(), field);
    Planned::constant(Box::new(TermQuery::new(term, IndexRecordOption::Basic)), boost)
}
