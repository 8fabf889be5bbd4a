//! `{"bool": {"must": [...], "filter": [...], "should": [...], "must_not": [...]}}`
//!
//! What tantivy can answer, it answers as one query; clauses with stages work on what that lets through.

mod explain;
mod parsed;

use tantivy::query::{AllQuery, BooleanQuery, Occur, Query};

use super::clause::Clause;
use super::minimum_should_match::MinimumShouldMatch;
use super::parser::{Parser, take_boost};
use super::text_matches::TextMatches;
use crate::Error;
use crate::explain::Explainer;
use crate::explanation::Explanation;
use crate::json::{ErrorKind, Fields, Node, ParseError};
use crate::plan::{Planned, Planner, Pruner};
use crate::scores::{Scores, Scoring};
use crate::stages::{Clauses, ClausesStage, Pipeline, Stage};
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

/// The matches of a clause that match a filter, too, with the scores that they have.
pub(crate) fn restrict(
    clause: Planned,
    filter: Planned,
    planner: &Planner<'_>,
    scores: Scores,
) -> Result<Planned, Error> {
    let mut conjunction = Conjunction::new(planner, scores);
    conjunction.must(clause)?;
    conjunction.must(filter.with_constant(0.0))?;
    conjunction.finish()
}

/// Clauses as they come together: queries for tantivy, and stages over the candidates that these find.
struct Conjunction<'a> {
    planner: &'a Planner<'a>,
    scores: Scores,
    queries: Vec<(Occur, Box<dyn Query>)>,
    /// How many of the `should` queries must match.
    queries_minimum: usize,
    uses_query_scores: bool,
    constant: f32,
    stages: Vec<Box<dyn Stage>>,
    staged_must: Vec<Pipeline>,
    staged_must_not: Vec<Pipeline>,
    staged_should: Vec<Pipeline>,
    staged_minimum: usize,
}

impl<'a> Conjunction<'a> {
    fn new(planner: &'a Planner<'a>, scores: Scores) -> Self {
        Conjunction {
            planner,
            scores,
            queries: Vec::new(),
            queries_minimum: 0,
            uses_query_scores: false,
            constant: 0.0,
            stages: Vec::new(),
            staged_must: Vec::new(),
            staged_must_not: Vec::new(),
            staged_should: Vec::new(),
            staged_minimum: 0,
        }
    }

    /// Its candidates are intersected with those of the conjunction, and its stages work on what all clauses let through.
    fn must(&mut self, clause: Planned) -> Result<(), Error> {
        if clause.is_additive() {
            if let Some(query) = clause.candidates {
                let query = if clause.uses_candidate_scores { query } else { Planned::unscored(query) };
                self.queries.push((Occur::Must, query));
            }
            self.uses_query_scores |= clause.uses_candidate_scores;
            self.constant += clause.constant;
            self.stages.extend(clause.stages);
            return Ok(());
        }
        // Its scores must not mix with those of its neighbours before its stages have seen them.
        if let Some(query) = &clause.candidates {
            self.queries.push((Occur::Must, Planned::unscored(query.box_clone())));
        }
        self.staged_must.push(clause.into_pipeline(self.planner, self.scores)?);
        Ok(())
    }

    fn must_not(&mut self, clause: Planned) -> Result<(), Error> {
        match (clause.candidates, &clause.stages[..]) {
            (Some(query), []) => self.queries.push((Occur::MustNot, query)),
            (None, []) => self.queries.push((Occur::MustNot, Box::new(AllQuery))),
            (candidates, stages) => {
                let negated = if candidates.is_none() && stages.len() == 1 { stages[0].negated() } else { None };
                match negated {
                    Some(negated) => self.stages.push(negated),
                    None => {
                        let clause = Planned { candidates, ..clause };
                        self.staged_must_not.push(clause.into_pipeline(self.planner, Scores::Ignored)?);
                    }
                }
            }
        }
        Ok(())
    }

    fn should(&mut self, clauses: Vec<Planned>, minimum: usize) -> Result<(), Error> {
        if minimum == clauses.len() {
            return clauses.into_iter().try_for_each(|clause| self.must(clause));
        }
        let has_candidates = self.has_candidates();
        let has_stages = clauses.iter().any(|clause| !clause.stages.is_empty());
        let wants_all = clauses.iter().any(|clause| clause.candidates.is_none());
        if has_stages && (has_candidates || wants_all) {
            self.staged_minimum = minimum;
            for clause in clauses {
                self.staged_should.push(clause.into_pipeline(self.planner, self.scores)?);
            }
            return Ok(());
        }
        self.queries_minimum = minimum;
        self.uses_query_scores = true;
        for clause in clauses {
            self.queries.push((Occur::Should, clause.into_query(self.planner, self.scores)?));
        }
        Ok(())
    }

    /// Whether something narrows the documents already.
    fn has_candidates(&self) -> bool {
        let is_must = |(occur, _): &(Occur, Box<dyn Query>)| *occur == Occur::Must;
        self.queries.iter().any(is_must) || !self.stages.is_empty() || !self.staged_must.is_empty()
    }

    fn finish(mut self) -> Result<Planned, Error> {
        if !self.constant.is_finite() {
            return Err(Error::Argument(format!(
                "scores must be finite, but the constant scores of the clauses of a [bool] query add up to [{}]: use smaller boosts",
                self.constant
            )));
        }
        let scored = self.scores == Scores::Needed;
        if !(self.staged_must.is_empty() && self.staged_must_not.is_empty() && self.staged_should.is_empty()) {
            self.stages.push(Box::new(ClausesStage::new(Clauses {
                must: self.staged_must,
                must_not: self.staged_must_not,
                should: self.staged_should,
                minimum_should_match: self.staged_minimum,
                scored,
            })));
        }
        // Functions are asked last: what cheap stages drop, they need not see.
        self.stages.sort_by_key(|stage| stage.is_costly());
        Ok(Planned {
            candidates: combine(self.queries, self.queries_minimum),
            uses_candidate_scores: self.uses_query_scores && scored,
            constant: self.constant,
            stages: self.stages,
        })
    }
}

fn combine(mut queries: Vec<(Occur, Box<dyn Query>)>, minimum: usize) -> Option<Box<dyn Query>> {
    if queries.is_empty() {
        return None;
    }
    // Where nothing is required, all documents are candidates.
    if minimum == 0 && !queries.iter().any(|(occur, _)| *occur == Occur::Must) {
        queries.push((Occur::Must, Planned::unscored(Box::new(AllQuery))));
    }
    if queries.len() == 1 {
        return queries.pop().map(|(_, only)| only);
    }
    Some(Box::new(BooleanQuery::with_minimum_required_clauses(queries, minimum)))
}
