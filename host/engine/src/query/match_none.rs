//! `{"match_none": {}}`

use crate::Error;
use crate::clause::Clause;
use crate::json::{Node, ParseError};
use crate::plan::{Planned, Planner, Pruner};
use crate::request::{Parser, take_boost};
use crate::scores::Scoring;

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let mut fields = node.fields()?;
    take_boost(&mut fields)?;
    fields.finish("[match_none] query")?;
    Ok(Box::new(MatchNone))
}

/// A query that no document matches.
pub(crate) fn match_none() -> Box<dyn Clause> {
    Box::new(MatchNone)
}

/// No documents.
pub(super) struct MatchNone;

impl Clause for MatchNone {
    fn plan(&self, _: &Planner<'_>, _: Scoring) -> Result<Planned, Error> {
        Ok(Planned::none())
    }

    fn may_match(&self, _: &Pruner<'_>) -> bool {
        false
    }

    fn description(&self) -> String {
        "User requested \"match_none\" query.".to_owned()
    }
}
