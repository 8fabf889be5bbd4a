//! `{"boosting": {"positive": {...}, "negative": {...}, "negative_boost": 0.2}}`: matches of one query, with lower scores where
//! another query matches, too.

use crate::Error;
use crate::clause::{Clause, TextMatches};
use crate::explain::Explainer;
use crate::explanation::Explanation;
use crate::json::{Node, ParseError};
use crate::plan::{Planned, Planner, Pruner};
use crate::request::{Parser, take_boost};
use crate::scores::{Scores, Scoring};
use crate::stages::Demotion;

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let mut fields = node.fields()?;
    let positive = parser.query(&fields.required("positive", "[boosting] query")?)?;
    let negative = parser.query(&fields.required("negative", "[boosting] query")?)?;
    let factor = fields.required("negative_boost", "[boosting] query")?;
    let negative_boost = factor.float()?;
    if negative_boost < 0.0 {
        return Err(factor.error(format!("[negative_boost] must not be negative, got [{negative_boost}]")));
    }
    let boost = take_boost(&mut fields)?;
    fields.finish("[boosting] query")?;
    Ok(Box::new(Boosting { positive, negative, negative_boost, boost }))
}

struct Boosting {
    positive: Box<dyn Clause>,
    negative: Box<dyn Clause>,
    negative_boost: f32,
    boost: f32,
}

impl Clause for Boosting {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        // Planned even if scores are ignored: its mistakes are the same whatever the request sorts by.
        let negative = self.negative.plan(planner, Scoring::FILTER)?;
        let scoring = scoring.boosted(self.boost)?;
        let mut planned = self.positive.plan(planner, scoring.apart())?;
        if scoring.scores == Scores::Needed {
            let negative = negative.into_pipeline(planner, Scores::Ignored)?;
            let demotion = Demotion { negative, factor: self.negative_boost, boost: scoring.boost() };
            planned.stages.push(Box::new(demotion));
        }
        Ok(planned)
    }

    fn may_match(&self, pruner: &Pruner<'_>) -> bool {
        self.positive.may_match(pruner)
    }

    fn text_matches(&self, planner: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        self.positive.text_matches(planner, matches)
    }

    fn explain(&self, explainer: &Explainer<'_>, scoring: Scoring) -> Result<Explanation, Error> {
        let positive = self.positive.explain(explainer, scoring.apart())?;
        let boost = scoring.boosted(self.boost)?.boost();
        let score = explainer.score(&|planner| self.plan(planner, scoring), scoring.scores)?;
        let (Some(score), Some(_)) =
            (score, explainer.score(&|planner| self.negative.plan(planner, Scoring::FILTER), Scores::Ignored)?)
        else {
            return Ok(boosted(positive, boost));
        };
        let demotion = format!("negative boost, because of a match of {}", self.negative.description());
        let demotion = Explanation::matching(self.negative_boost, demotion, Vec::new());
        let demoted = if boost == 0.0 { positive.score() * self.negative_boost } else { score / boost };
        Ok(boosted(Explanation::matching(demoted, "product of:", vec![positive, demotion]), boost))
    }
}

fn boosted(explanation: Explanation, boost: f32) -> Explanation {
    if boost == 1.0 || !explanation.is_match() {
        return explanation;
    }
    let score = explanation.score() * boost;
    Explanation::matching(score, "product of:", vec![Explanation::matching(boost, "boost", Vec::new()), explanation])
}
