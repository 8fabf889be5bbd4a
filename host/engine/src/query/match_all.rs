//! `{"match_all": {}}`

use crate::Error;
use crate::clause::Clause;
use crate::json::{ErrorKind, Node, ParseError};
use crate::plan::{Planned, Planner};
use crate::request::{Parser, take_boost};
use crate::scores::Scoring;

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let mut fields = node.fields()?;
    let parsed = take_boost(&mut fields).and_then(|boost| fields.finish("[match_all] query").map(|()| boost));
    let boost = parsed.map_err(|error| error.of_kind(ErrorKind::Parsing))?;
    Ok(Box::new(MatchAll { boost }))
}

/// All documents, with the score `boost`.
pub(crate) struct MatchAll {
    pub(crate) boost: f32,
}

impl Clause for MatchAll {
    fn plan(&self, _: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        Ok(Planned::all(scoring.boosted(self.boost)?.boost()))
    }

    fn is_match_all(&self) -> bool {
        true
    }

    fn description(&self) -> String {
        "*:*".to_owned()
    }
}
