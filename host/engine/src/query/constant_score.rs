//! `{"constant_score": {"filter": {...}}}`: a query whose matches all score `boost`.

use crate::Error;
use crate::clause::{Clause, TextMatches};
use crate::explain::Explainer;
use crate::explanation::Explanation;
use crate::json::{Node, ParseError};
use crate::plan::{Planned, Planner, Pruner};
use crate::request::{Parser, take_boost};
use crate::scores::Scoring;

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let mut fields = node.fields()?;
    let filter = parser.query(&fields.required("filter", "[constant_score] query")?)?;
    let boost = take_boost(&mut fields)?;
    fields.finish("[constant_score] query")?;
    Ok(Box::new(ConstantScore { filter, boost }))
}

struct ConstantScore {
    filter: Box<dyn Clause>,
    boost: f32,
}

impl Clause for ConstantScore {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let score = scoring.boosted(self.boost)?.boost();
        Ok(self.filter.plan(planner, Scoring::FILTER)?.with_constant(score))
    }

    fn may_match(&self, pruner: &Pruner<'_>) -> bool {
        self.filter.may_match(pruner)
    }

    fn text_matches(&self, planner: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        self.filter.text_matches(planner, matches)
    }

    fn explain(&self, explainer: &Explainer<'_>, scoring: Scoring) -> Result<Explanation, Error> {
        let score = scoring.boosted(self.boost)?.boost();
        let description = self.description();
        Ok(match explainer.score(&|planner| self.plan(planner, scoring), scoring.scores)? {
            Some(_) if score == 1.0 => Explanation::matching(score, description, Vec::new()),
            Some(_) => Explanation::matching(score, format!("{description}^{score:?}"), Vec::new()),
            None => Explanation::no_match(explainer.not_matching(&description), Vec::new()),
        })
    }

    fn description(&self) -> String {
        format!("ConstantScore({})", self.filter.description())
    }
}
