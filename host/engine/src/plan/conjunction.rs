//! Clauses that have to match together. What tantivy can answer, it answers as one query; clauses with stages work on what that
//! lets through.

use tantivy::query::{AllQuery, BooleanQuery, Occur, Query};

use super::planned::Planned;
use super::planner::Planner;
use crate::Error;
use crate::scores::Scores;
use crate::stages::{Clauses, ClausesStage, Pipeline, Stage};

/// Clauses as they come together: queries for tantivy, and stages over the candidates that these find.
pub(crate) struct Conjunction<'a> {
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
    pub(crate) fn new(planner: &'a Planner<'a>, scores: Scores) -> Self {
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
    pub(crate) fn must(&mut self, clause: Planned) -> Result<(), Error> {
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

    pub(crate) fn must_not(&mut self, clause: Planned) -> Result<(), Error> {
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

    pub(crate) fn should(&mut self, clauses: Vec<Planned>, minimum: usize) -> Result<(), Error> {
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

    pub(crate) fn finish(mut self) -> Result<Planned, Error> {
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
