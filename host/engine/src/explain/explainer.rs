//! The document that is explained, and the index around it.

use serde_json::Value as Json;
use tantivy::{DocId, Score, Searcher, SegmentReader};

use super::planned_query::explain_query;
use crate::Error;
use crate::explanation::Explanation;
use crate::functions::{CalledFunction, ColumnValues, FunctionCall};
use crate::nested::NestedScope;
use crate::plan::{Planned, Planner};
use crate::scores::{Scores, Scoring};
use crate::stages::{Pipeline, ScoreFunction};

/// Whether the explanation of a function has the score that the document has without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScoreShown {
    Always,
    /// If the function reads it.
    IfRead,
}

/// Plans a clause.
type PlanClause<'a> = dyn Fn(&Planner<'_>) -> Result<Planned, Error> + 'a;

/// Evaluates parts of a query for one document.
pub(crate) struct Explainer<'a> {
    /// Plans for the searcher that has the document.
    pub(crate) new_planner: &'a dyn Fn() -> Planner<'a>,
    pub(crate) searcher: &'a Searcher,
    pub(crate) segment: &'a SegmentReader,
    pub(crate) doc: DocId,
    /// The scope of the document.
    pub(crate) scope: NestedScope,
    /// The functions that the request calls, as it names them.
    pub(crate) calls: &'a [&'a FunctionCall],
}

impl<'a> Explainer<'a> {
    pub(crate) fn planner(&self) -> Planner<'a> {
        let planner = (self.new_planner)();
        planner.scope.set(self.scope);
        planner
    }

    /// The score of the document for a clause; `None` if it does not match.
    pub(crate) fn score(&self, plan: &PlanClause<'_>, scores: Scores) -> Result<Option<Score>, Error> {
        let planner = self.planner();
        let planned = plan(&planner)?;
        self.evaluate(&planner, planned, scores)
    }

    fn evaluate(&self, planner: &Planner<'_>, planned: Planned, scores: Scores) -> Result<Option<Score>, Error> {
        let mut found = None;
        let pipeline = planned.into_pipeline(planner, scores)?;
        pipeline.open(self.segment)?.evaluate(&[self.doc], |_, score| found = Some(score))?;
        Ok(found)
    }

    /// Explains a clause by what it is planned as.
    pub(crate) fn planned(
        &self,
        plan: &PlanClause<'_>,
        description: &str,
        scoring: Scoring,
    ) -> Result<Explanation, Error> {
        let planner = self.planner();
        let planned = plan(&planner)?;
        if scoring.scores == Scores::Needed
            && planned.stages.is_empty()
            && planned.uses_candidate_scores
            && planned.constant == 0.0
            && let Some(query) = &planned.candidates
        {
            return Ok(explain_query(&**query, self.searcher, self.segment, self.doc)?);
        }
        let boost = if planned.stages.is_empty() && !planned.uses_candidate_scores { planned.constant } else { 1.0 };
        Ok(match self.evaluate(&planner, planned, scoring.scores)? {
            Some(_) if scoring.scores == Scores::Ignored => Explanation::matching(1.0, description, Vec::new()),
            Some(score) if boost == 1.0 || boost == 0.0 => Explanation::matching(score, description, Vec::new()),
            Some(score) => Explanation::matching(score, format!("{description}^{boost:?}"), Vec::new()),
            None => Explanation::no_match(self.not_matching(description), Vec::new()),
        })
    }

    /// What a function returns for the document, which has a score.
    pub(crate) fn factor(&self, function: &dyn ScoreFunction, score: Score) -> Result<f64, Error> {
        let mut factors = Vec::new();
        function.open(self.segment)?.factors(&[self.doc], &[score], &mut factors)?;
        Ok(factors.first().copied().unwrap_or_default())
    }

    /// Whether the document matches a pipeline.
    pub(crate) fn matches(&self, pipeline: &Pipeline) -> Result<bool, Error> {
        let mut is_match = false;
        pipeline.open(self.segment)?.evaluate(&[self.doc], |_, _| is_match = true)?;
        Ok(is_match)
    }

    /// The result of the functions of a clause for the document, whose score is explained by `inner`, each with those before it.
    pub(crate) fn scorers(&self, chain: usize, inner: &Explanation, shown: ScoreShown) -> Result<Explanation, Error> {
        let planner = self.planner();
        let scorers = planner.scorers(chain);
        let shows_score = shown == ScoreShown::Always || scorers.needs_scores();
        let score = shows_score.then(|| Explanation::matching(inner.score(), "_score: ", vec![inner.clone()]));
        let mut details: Vec<Explanation> = score.into_iter().collect();
        let results = scorers.results(self.segment, self.doc, inner.score())?;
        for (stage, (values, result)) in planner.chain(chain).iter().zip(results) {
            let explanation = Explanation::matching(result, self.call_description(stage.call, values), details);
            match stage.min_score {
                Some(min_score) if result < min_score => return Ok(explanation.too_low(min_score)),
                _ => details = vec![explanation],
            }
        }
        Ok(details.pop().expect("a chain has at least one function"))
    }

    /// Adds the functions of a clause, which filter, to the explanation of the clause. They are not called again: with several functions,
    /// it does not say which of them dropped the document.
    pub(crate) fn filters(&self, chain: usize, clause: Explanation) -> Result<Explanation, Error> {
        let planner = self.planner();
        let mut details = Vec::new();
        for stage in planner.chain(chain) {
            if matches!(self.calls[stage.call].function, CalledFunction::Script { .. }) {
                continue;
            }
            let values = planner.filter(stage.call).open(self.segment)?.values_of(self.doc)?;
            details.push(Explanation::matching(clause.score(), self.call_description(stage.call, values), Vec::new()));
        }
        Ok(clause.with_details(details))
    }

    /// A function with its parameters, and what it received of the document.
    fn call_description(&self, call: usize, values: ColumnValues) -> String {
        let FunctionCall { function, parameters, .. } = self.calls[call];
        match function {
            CalledFunction::Script { language, source } => {
                let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let parameters = parameters.iter().map(|(name, value)| format!("{name}={}", text(value)));
                let parameters = parameters.collect::<Vec<_>>().join(", ");
                format!(
                    "script score function, computed with script:\"Script{{type=inline, lang='{language}', \
                     idOrCode='{source}', options={{}}, params={{{parameters}}}}}\""
                )
            }
            CalledFunction::Stored { id } => {
                let parameters = Json::Object(parameters.clone());
                format!("script [{id}] with the parameters {parameters}{}", for_values(values))
            }
            CalledFunction::Published { name, version } => {
                let version = version.as_deref().map_or_else(String::new, |version| format!("@{version}"));
                let parameters = Json::Object(parameters.clone());
                format!("function [{name}{version}] with the parameters {parameters}{}", for_values(values))
            }
        }
    }

    /// The description of a query that the document does not match.
    pub(crate) fn not_matching(&self, description: &str) -> String {
        format!("{description} doesn't match id {}", self.doc)
    }
}

/// The values that a function received, as the end of its description.
fn for_values(values: ColumnValues) -> String {
    if values.is_empty() { String::new() } else { format!(", for the values {}", Json::Object(values)) }
}
