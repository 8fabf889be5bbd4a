//! Explains the score of a `bool` query.

use super::parsed::Bool;
use crate::Error;
use crate::clause::Clause;
use crate::explain::Explainer;
use crate::explanation::Explanation;
use crate::scores::Scoring;

/// Why a document does not match.
const FAILED: &str = "Failure to meet condition(s) of required/prohibited clause(s)";

pub(super) fn explain(clause: &Bool, explainer: &Explainer<'_>, scoring: Scoring) -> Result<Explanation, Error> {
    let score = explainer.score(&|planner| clause.plan(planner, scoring), scoring.scores)?;
    let scoring = if clause.boost == 0.0 { Scoring::FILTER } else { scoring.boosted(clause.boost)? };
    if let (Some(score), true) = (score, clause.is_match_all()) {
        return Ok(Explanation::matching(score, "*:*", Vec::new()));
    }
    let mut parts = Parts::default();
    for must in &clause.must {
        parts.required(&must.description(), must.explain(explainer, scoring)?);
    }
    for must_not in &clause.must_not {
        parts.prohibited(&**must_not, must_not.explain(explainer, Scoring::FILTER)?);
    }
    for should in &clause.should {
        parts.optional(should.explain(explainer, scoring)?);
    }
    for filter in &clause.filter {
        parts.filter(&**filter, filter.explain(explainer, Scoring::FILTER)?);
    }
    if clause.is_pure_negative() && !parts.has_failed {
        // What these clauses do not match is taken from all documents.
        parts.filter(clause, Explanation::matching(1.0, "*:*", Vec::new()));
    }
    let Some(score) = score else {
        let reason = match &parts {
            Parts { has_failed: true, .. } => FAILED.to_owned(),
            Parts { matching: 0, .. } => "No matching clauses".to_owned(),
            _ => format!("Failure to match minimum number of optional clauses: {}", clause.minimum_should_match()),
        };
        return Ok(Explanation::no_match(reason, parts.details));
    };
    let is_alone = clause.must.len() == 1 && clause.must_not.is_empty() && clause.should.is_empty();
    if is_alone && clause.filter.is_empty() && !parts.details.is_empty() {
        return Ok(parts.details.remove(0));
    }
    Ok(Explanation::matching(score, "sum of:", parts.details))
}

/// Explains a clause that is restricted to the documents that match a filter. `explanation` and `description` are those of the
/// clause.
pub(crate) fn explain_restricted(
    explanation: Explanation,
    description: &str,
    filter: &dyn Clause,
    explainer: &Explainer<'_>,
) -> Result<Explanation, Error> {
    let score = explanation.score();
    let mut parts = Parts::default();
    parts.required(description, explanation);
    parts.filter(filter, filter.explain(explainer, Scoring::FILTER)?);
    Ok(match parts.has_failed {
        true => Explanation::no_match(FAILED, parts.details),
        false => Explanation::matching(score, "sum of:", parts.details),
    })
}

/// What the clauses contribute.
#[derive(Default)]
struct Parts {
    details: Vec<Explanation>,
    matching: usize,
    has_failed: bool,
}

impl Parts {
    fn required(&mut self, description: &str, explanation: Explanation) {
        if explanation.is_match() {
            self.optional(explanation);
        } else {
            self.fail(format!("no match on required clause ({description})"), explanation);
        }
    }

    fn optional(&mut self, explanation: Explanation) {
        if explanation.is_match() {
            self.matching += 1;
            self.details.push(explanation);
        }
    }

    fn filter(&mut self, clause: &dyn Clause, explanation: Explanation) {
        if explanation.is_match() {
            self.matching += 1;
            let details = vec![Explanation::matching(0.0, "# clause", Vec::new()), explanation];
            self.details.push(Explanation::matching(0.0, "match on required clause, product of:", details));
        } else {
            self.fail(format!("no match on required clause ({})", clause.description()), explanation);
        }
    }

    fn prohibited(&mut self, clause: &dyn Clause, explanation: Explanation) {
        if explanation.is_match() {
            self.fail(format!("match on prohibited clause ({})", clause.description()), explanation);
        }
    }

    fn fail(&mut self, description: String, explanation: Explanation) {
        self.has_failed = true;
        self.details.push(Explanation::no_match(description, vec![explanation]));
    }
}
