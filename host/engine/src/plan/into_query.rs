//! Makes queries of planned clauses.

use std::sync::Arc;

use tantivy::query::{AllQuery, Query};

use super::conjunction::restrict;
use super::planned::Planned;
use super::planner::Planner;
use crate::Error;
use crate::scores::{ConstantQuery, Scores};
use crate::stages::{Pipeline, StagedQuery};

impl Planned {
    fn stages_need_scores(&self) -> bool {
        self.stages.iter().any(|stage| stage.needs_scores())
    }

    /// The same matches, of those that are documents of the scope that is planned for.
    pub(crate) fn in_scope(self, planner: &Planner<'_>, scores: Scores) -> Result<Self, Error> {
        match planner.scope_query() {
            Some(scope) => restrict(self, Planned::constant(scope, 0.0), planner, scores),
            None => Ok(self),
        }
    }

    /// Ready to answer for candidates that others find, or for its own.
    pub(crate) fn into_pipeline(self, planner: &Planner<'_>, scores: Scores) -> Result<Pipeline, Error> {
        let uses_scores = self.uses_candidate_scores && (scores == Scores::Needed || self.stages_need_scores());
        if let Some(query) = &self.candidates {
            planner.warmup.query(&**query, if uses_scores { Scores::Needed } else { Scores::Ignored });
        }
        let candidates = match (self.candidates, planner.searcher) {
            (None, _) | (_, None) => None,
            (Some(query), Some(searcher)) => {
                let scores = if uses_scores { Scores::Needed } else { Scores::Ignored };
                Some(Arc::from(query.weight(scores.enabled(searcher))?))
            }
        };
        Ok(Pipeline {
            candidates,
            uses_candidate_scores: uses_scores,
            constant: self.constant,
            stages: self.stages.into(),
        })
    }

    /// The whole as one tantivy query.
    pub(crate) fn into_query(self, planner: &Planner<'_>, scores: Scores) -> Result<Box<dyn Query>, Error> {
        if !self.stages.is_empty() {
            return self.into_staged_query(planner, scores);
        }
        match (self.candidates, self.uses_candidate_scores, self.constant) {
            (Some(query), true, 0.0) => Ok(query),
            (Some(query), false, constant) => Ok(Box::new(ConstantQuery::new(query, constant))),
            (None, _, constant) => {
                let all = planner.scope_query().unwrap_or_else(|| Box::new(AllQuery));
                Ok(Box::new(ConstantQuery::new(all, constant)))
            }
            (candidates, uses_candidate_scores, constant) => {
                let planned = Planned { candidates, uses_candidate_scores, constant, stages: Vec::new() };
                planned.into_staged_query(planner, scores)
            }
        }
    }

    fn into_staged_query(mut self, planner: &Planner<'_>, scores: Scores) -> Result<Box<dyn Query>, Error> {
        // The documents of other scopes need not go through the stages.
        self.candidates = self.candidates.or_else(|| Some(Planned::unscored(planner.scope_query()?)));
        let pipeline = self.into_pipeline(planner, scores)?;
        Ok(Box::new(StagedQuery::new(pipeline, Arc::clone(planner.progress))))
    }
}
