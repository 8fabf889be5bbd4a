//! `{"script_score": {"query": {...}, "script": {...}}}`: scores of user functions, times `boost`.

use crate::Error;
use crate::clause::{Clause, TextMatches};
use crate::explain::{Explainer, ScoreShown};
use crate::explanation::Explanation;
use crate::json::{ErrorKind, Fields, Node, ParseError};
use crate::plan::{Planned, Planner, Pruner};
use crate::request::{Parser, parse_scorer, take_boost};
use crate::scores::{Scores, Scoring};
use crate::stages::{ChainScores, MinScore, ScoreFunction};

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let mut fields = node.fields()?;
    let query = fields.required_or(ErrorKind::Argument, "query", "[script_score] query")?;
    let query = parser.query(&query).map_err(|error| error.inside(ErrorKind::Object))?;
    let (script, udf) = (fields.take("script"), fields.take("wasm_udf"));
    let chain = parse_scorer(script, udf, node, parser)?;
    let (min_score, boost) = parse_options(fields).map_err(|error| error.of_kind(ErrorKind::Object))?;
    Ok(Box::new(ScriptScore { query, chain, min_score, boost }))
}

fn parse_options(mut fields: Fields<'_>) -> Result<(Option<f32>, f32), ParseError> {
    let min_score = fields.optional("min_score", Node::float)?;
    let boost = take_boost(&mut fields)?;
    fields.finish("[script_score] query")?;
    Ok((min_score, boost))
}

struct ScriptScore {
    query: Box<dyn Clause>,
    chain: usize,
    min_score: Option<f32>,
    boost: f32,
}

impl Clause for ScriptScore {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        if self.boost == 0.0 {
            return Ok(self.plan_script(planner, Scoring::FILTER)?.with_constant(0.0));
        }
        self.plan_script(planner, scoring.boosted(self.boost)?)
    }

    fn may_match(&self, pruner: &Pruner<'_>) -> bool {
        self.query.may_match(pruner)
    }

    fn text_matches(&self, planner: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        self.query.text_matches(planner, matches)
    }

    fn explain(&self, explainer: &Explainer<'_>, scoring: Scoring) -> Result<Explanation, Error> {
        let inner = self.query.explain(explainer, Scoring::new(Scores::Needed))?;
        if !inner.is_match() {
            return Ok(inner);
        }
        // Without the minimum, which the score may be below.
        let boost = scoring.boosted(self.boost)?.boost();
        let mut explanation = explainer.scorers(self.chain, &inner, ScoreShown::IfRead)?;
        if !explanation.is_match() {
            return Ok(explanation);
        }
        if boost != 1.0 {
            let score = explanation.score();
            let boost_detail = Explanation::matching(boost, "boost", Vec::new());
            let details = vec![boost_detail, explanation];
            explanation = Explanation::matching(boost * score, "Boosted score, product of:", details);
        }
        Ok(match self.min_score {
            Some(min_score) if explanation.score() < min_score => explanation.too_low(min_score),
            _ => explanation,
        })
    }
}

impl ScriptScore {
    fn plan_script(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let scorers = planner.scorers(self.chain);
        if scoring.scores == Scores::Ignored && self.min_score.is_none() && !scorers.drops_documents() {
            return self.query.plan(planner, Scoring::FILTER);
        }
        let inner_scores = if scorers.needs_scores() { Scores::Needed } else { Scores::Ignored };
        // Clients rely on this: the function is given scores without the boosts around it, which multiply what it returns.
        let mut planned = self.query.plan(planner, Scoring::new(inner_scores))?;
        planned.stages.push(Box::new(ChainScores { chain: scorers, boost: scoring.boost() }));
        if let Some(min_score) = self.min_score {
            planned.stages.push(Box::new(MinScore(min_score)));
        }
        Ok(planned)
    }
}
