//! `{"ids": {"values": ["1", "2"]}}`: documents by `_id`.

use tantivy::Term;

use super::term_set::TermSet;
use crate::Error;
use crate::clause::Clause;
use crate::json::{ErrorKind, Node, ParseError};
use crate::plan::{Planned, Planner, Pruner};
use crate::request::{Parser, take_boost};
use crate::scores::Scoring;

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    parse_ids(node, parser).map_err(|error| match error.kind {
        ErrorKind::Query => error,
        _ => error.of_kind(ErrorKind::Parsing),
    })
}

fn parse_ids(node: &Node<'_>, parser: &Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let mut fields = node.fields()?;
    let boost = take_boost(&mut fields)?;
    let mut ids = Vec::new();
    if let Some(list) = fields.take("values") {
        if !(list.json().is_array() || list.json().is_string()) {
            return Err(list.error("[values] must be a list of ids"));
        }
        for item in list.items() {
            ids.push(item.scalar()?.into_owned());
        }
        if ids.len() > parser.limits.max_terms {
            let limit = parser.limits.max_terms;
            let reason = format!("[ids] query has {} values; at most {limit} are allowed", ids.len());
            return Err(list.mistake(ErrorKind::Query, reason));
        }
    }
    fields.finish("[ids] query")?;
    Ok(Box::new(Ids { ids, boost }))
}

struct Ids {
    ids: Vec<String>,
    boost: f32,
}

impl Clause for Ids {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let field = planner.snapshot.id_field();
        let terms = self.ids.iter().map(|id| Term::from_field_text(field, id)).collect();
        Ok(Planned::constant(Box::new(TermSet::new(terms)), scoring.boosted(self.boost)?.boost()))
    }

    fn may_match(&self, pruner: &Pruner<'_>) -> bool {
        self.ids.iter().any(|id| pruner.split.may_have_id(id))
    }
}
