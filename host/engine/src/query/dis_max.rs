//! `{"dis_max": {"queries": [...], "tie_breaker": 0.3}}`: documents that match at least one query, with the score of the best one.

use tantivy::query::DisjunctionMaxQuery;

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
    let list = fields.required("queries", "[dis_max] query")?;
    let queries = list.items().map(|item| parser.query(&item)).collect::<Result<Vec<_>, _>>()?;
    if queries.is_empty() {
        return Err(list.error("[dis_max] query requires at least one query in [queries]"));
    }
    let tie_breaker = fields.optional("tie_breaker", Node::float)?.unwrap_or(0.0);
    let boost = take_boost(&mut fields)?;
    fields.finish("[dis_max] query")?;
    Ok(Box::new(DisMax { queries, tie_breaker, boost }))
}

pub(super) struct DisMax {
    pub(super) queries: Vec<Box<dyn Clause>>,
    /// What the scores of the other matching queries are multiplied by before they are added to the best one.
    pub(super) tie_breaker: f32,
    pub(super) boost: f32,
}

impl Clause for DisMax {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let scoring = scoring.boosted(self.boost)?;
        let queries = self.queries.iter().map(|query| query.plan(planner, scoring)).collect::<Result<Vec<_>, _>>()?;
        plan(planner, queries, self.tie_breaker, scoring)
    }

    fn may_match(&self, pruner: &Pruner<'_>) -> bool {
        self.queries.iter().any(|query| query.may_match(pruner))
    }

    fn text_matches(&self, planner: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        self.queries.iter().try_for_each(|query| query.text_matches(planner, matches))
    }

    fn explain(&self, explainer: &Explainer<'_>, scoring: Scoring) -> Result<Explanation, Error> {
        let score = explainer.score(&|planner| self.plan(planner, scoring), scoring.scores)?;
        let scoring = scoring.boosted(self.boost)?;
        let explanations = self.queries.iter().map(|query| query.explain(explainer, scoring));
        let mut details = explanations.collect::<Result<Vec<_>, _>>()?;
        let Some(score) = score else { return Ok(Explanation::no_match("No matching clause", details)) };
        if details.len() == 1 {
            return Ok(details.remove(0));
        }
        details.retain(Explanation::is_match);
        let description = match self.tie_breaker {
            0.0 => "max of:".to_owned(),
            tie_breaker => format!("max plus {tie_breaker:?} times others of:"),
        };
        Ok(Explanation::matching(score, description, details))
    }
}

/// Documents that match at least one query, with the score of the best one and `tie_breaker` times those of the others.
pub(super) fn plan(
    planner: &Planner<'_>,
    queries: Vec<Planned>,
    tie_breaker: f32,
    scoring: Scoring,
) -> Result<Planned, Error> {
    if !(0.0..=1.0).contains(&tie_breaker) {
        return Err(Error::Query(format!("[tie_breaker] must be in [0, 1], got [{tie_breaker}]")));
    }
    let queries = queries.into_iter().map(|query| query.into_query(planner, scoring.scores));
    let queries = queries.collect::<Result<Vec<_>, _>>()?;
    Ok(Planned::scored(Box::new(DisjunctionMaxQuery::with_tie_breaker(queries, tie_breaker))))
}
