//! `{"match_none": {}}`

use super::{Clause, Parser, take_boost};
use crate::Error;
use crate::planned::{Planned, Scores};
use crate::planner::Planner;
use crate::pruner::Pruner;
use crate::request::{Node, ParseError};

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let mut fields = node.fields()?;
    take_boost(&mut fields)?;
    fields.finish("[match_none] query")?;
    Ok(Box::new(MatchNone))
}

struct MatchNone;

impl Clause for MatchNone {
    fn plan(&self, _: &Planner<'_>, _: Scores) -> Result<Planned, Error> {
        Ok(Planned::none())
    }

    fn may_match(&self, _: &Pruner<'_>) -> bool {
        false
    }
}
