//! `{"bool": {"must": [...], "filter": [...], "should": [...], "must_not": [...]}}`

mod explain;
mod parsed;

use super::minimum_should_match::MinimumShouldMatch;
use crate::Error;
use crate::clause::{Clause, TextMatches};
use crate::explain::Explainer;
use crate::explanation::Explanation;
use crate::json::{ErrorKind, Fields, Node, ParseError};
use crate::plan::{Conjunction, Planned, Planner, Pruner};
use crate::request::{Parser, take_boost};
use crate::scores::{Scores, Scoring};
use parsed::PureNegative;

pub(crate) use explain::explain_restricted;
pub(super) use parsed::Bool;

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let mut fields = node.fields()?;
    let mut clause = Bool {
        must: clauses(fields.take_nullable("must"), parser)?,
        filter: clauses(fields.take_nullable("filter"), parser)?,
        should: clauses(fields.take_nullable("should"), parser)?,
        must_not: parser.without_inner_hits(|parser| clauses(fields.take_nullable("must_not"), parser))?,
        ..Bool::default()
    };
    // `mustNot` is the only key for which clients also know another spelling.
    let must_not = parser.without_inner_hits(|parser| clauses(fields.take_nullable("mustNot"), parser))?;
    clause.must_not.extend(must_not);
    clause.parse_options(fields).map_err(|error| match error.kind {
        ErrorKind::Query => error,
        _ => error.of_kind(ErrorKind::Object),
    })?;
    Ok(Box::new(clause))
}

/// A clause, or a list of clauses.
fn clauses(list: Option<Node<'_>>, parser: &mut Parser<'_>) -> Result<Vec<Box<dyn Clause>>, ParseError> {
    let Some(list) = list else { return Ok(Vec::new()) };
    if !(list.is_object() || list.json().is_array()) {
        return Err(list.mistake(ErrorKind::Object, "expected a query or a list of queries"));
    }
    list.items().map(|item| parser.query(&item).map_err(|error| error.inside(ErrorKind::Object))).collect()
}

impl Bool {
    fn parse_options(&mut self, mut fields: Fields<'_>) -> Result<(), ParseError> {
        self.minimum_should_match = fields.nullable("minimum_should_match", MinimumShouldMatch::parse)?;
        if fields.optional("adjust_pure_negative", Node::boolean)? == Some(false) {
            self.pure_negative = PureNegative::MatchesNothing;
        }
        self.boost = take_boost(&mut fields)?;
        fields.finish("[bool] query")
    }
}

impl Clause for Bool {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        if self.pure_negative == PureNegative::MatchesNothing && self.is_pure_negative() {
            return Ok(Planned::none());
        }
        if self.boost == 0.0 {
            // Clients rely on this: its clauses are not scored, so that no function in them is called to score.
            return Ok(self.plan_clauses(planner, Scoring::FILTER)?.with_constant(0.0));
        }
        self.plan_clauses(planner, scoring.boosted(self.boost)?)
    }

    fn is_match_all(&self) -> bool {
        self.must.is_empty() && self.filter.is_empty() && self.should.is_empty() && self.must_not.is_empty()
    }

    fn may_match(&self, pruner: &Pruner<'_>) -> bool {
        if !self.must.iter().chain(&self.filter).all(|clause| clause.may_match(pruner)) {
            return false;
        }
        // Where something else matches, nothing of `should` need match.
        let is_optional = !self.must.is_empty() || !self.filter.is_empty() || self.should.is_empty();
        is_optional || self.should.iter().any(|clause| clause.may_match(pruner))
    }

    fn text_matches(&self, planner: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        let positive = self.must.iter().chain(&self.filter).chain(&self.should);
        positive.into_iter().try_for_each(|clause| clause.text_matches(planner, matches))
    }

    fn explain(&self, explainer: &Explainer<'_>, scoring: Scoring) -> Result<Explanation, Error> {
        explain::explain(self, explainer, scoring)
    }
}

impl Bool {
    fn plan_clauses(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        if self.is_match_all() {
            return Ok(Planned::all(scoring.boost()));
        }
        let minimum_should_match = self.minimum_should_match();
        if minimum_should_match > self.should.len() {
            let all = self.must.iter().chain(&self.filter).chain(&self.should).chain(&self.must_not);
            all.map(|clause| clause.plan(&planner.checking(), Scoring::FILTER)).try_for_each(|plan| plan.map(drop))?;
            return Ok(Planned::none());
        }
        let mut conjunction = Conjunction::new(planner, scoring.scores);
        for clause in &self.must {
            conjunction.must(clause.plan(planner, scoring)?)?;
        }
        for clause in &self.filter {
            conjunction.must(clause.plan(planner, Scoring::FILTER)?.with_constant(0.0))?;
        }
        for clause in &self.must_not {
            conjunction.must_not(clause.plan(planner, Scoring::FILTER)?)?;
        }
        if minimum_should_match > 0 || scoring.scores == Scores::Needed {
            let should = self.should.iter().map(|clause| clause.plan(planner, scoring)).collect::<Result<_, _>>()?;
            conjunction.should(should, minimum_should_match)?;
        } else {
            self.should.iter().try_for_each(|clause| clause.plan(&planner.checking(), Scoring::FILTER).map(drop))?;
        }
        conjunction.finish()
    }
}
