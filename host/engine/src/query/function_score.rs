//! `{"function_score": {"query": {...}, "functions": [...], "score_mode": .., "boost_mode": ..}}`

mod decay;
mod explain;
mod field_value;
mod parsed;
mod random;

use quidditch_function::Role;

use super::match_all::MatchAll;
use crate::Error;
use crate::clause::{Clause, TextMatches};
use crate::explain::Explainer;
use crate::explanation::Explanation;
use crate::json::{ErrorKind, Fields, Node, ParseError};
use crate::plan::{Planned, Planner, Pruner};
use crate::request::{Parser, parse_scorer, parse_udf, take_boost};
use crate::scores::{Scores, Scoring};
use crate::stages::{
    BoostMode, FunctionScores, MAX_BOOST, MinScore, Pipeline, ScoreFunction, ScoreMode, Stage, WeightedFunction,
};
use parsed::{BOOST_MODES, Entry, Function, FunctionScore, SCORE_MODES};

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let mut fields = node.fields()?;
    let query = match fields.take_nullable("query") {
        Some(query) => parser.query(&query)?,
        None => Box::new(MatchAll { boost: 1.0 }),
    };
    let list = fields.take_nullable("functions").map(|list| parse_functions(&list, parser)).transpose()?;
    let single = parse_single_function(node, &mut fields, parser)?;
    if list.is_some() && single.is_some() {
        return Err(node.error("[function_score] accepts either [functions] or a single function, not both"));
    }
    let functions = list.or(single.map(|single| vec![single])).unwrap_or_default();
    let clause = FunctionScore {
        query,
        functions,
        score_mode: fields.nullable("score_mode", |node| SCORE_MODES.read(node))?.unwrap_or(ScoreMode::Multiply),
        boost_mode: fields.nullable("boost_mode", |node| BOOST_MODES.read(node))?.unwrap_or(BoostMode::Multiply),
        max_boost: fields.nullable("max_boost", Node::number)?.unwrap_or(MAX_BOOST),
        min_score: fields.nullable("min_score", Node::float)?,
        boost: take_boost(&mut fields)?,
    };
    fields.finish("[function_score] query")?;
    Ok(Box::new(clause))
}

fn parse_functions(list: &Node<'_>, parser: &mut Parser<'_>) -> Result<Vec<Entry>, ParseError> {
    let mut entries = Vec::new();
    for entry in list.list()? {
        let mut fields = entry.fields()?;
        let filter = fields.take_nullable("filter").map(|filter| parser.query(&filter)).transpose()?;
        let mut functions = take_functions(&mut fields, parser)?;
        let weight = fields.optional("weight", weight)?;
        if functions.len() > 1 {
            return Err(entry.error("an entry of [functions] accepts one function"));
        }
        let function = match (functions.pop(), weight) {
            (Some(function), _) => function,
            (None, Some(_)) => Function::Weight,
            (None, None) => return Err(entry.error("an entry of [functions] requires a function or a [weight]")),
        };
        fields.finish("an entry of [functions]")?;
        let filter = filter.filter(|filter| !filter.is_match_all());
        entries.push(Entry { filter, function, weight: weight.unwrap_or(1.0) });
    }
    Ok(entries)
}

/// A function or a weight that is given without a list.
fn parse_single_function(
    node: &Node<'_>,
    fields: &mut Fields<'_>,
    parser: &mut Parser<'_>,
) -> Result<Option<Entry>, ParseError> {
    let mut functions = take_functions(fields, parser)?;
    let weight = fields.optional("weight", weight)?;
    if functions.len() + usize::from(weight.is_some()) > 1 {
        return Err(node.error(
            "[function_score] accepts one function, or one [weight]: use [functions] for several, and for a function with a weight",
        ));
    }
    let entry = |function, weight| Entry { filter: None, function, weight };
    let weighted = weight.map(|weight| entry(Function::Weight, weight));
    Ok(functions.pop().map(|function| entry(function, 1.0)).or(weighted))
}

/// All functions that are keys of an object.
fn take_functions(fields: &mut Fields<'_>, parser: &mut Parser<'_>) -> Result<Vec<Function>, ParseError> {
    let mut found: Vec<Function> = Vec::new();
    if let Some(script_score) = fields.take("script_score") {
        let mut inner = script_score.fields()?;
        let (script, udf) = (inner.take("script"), inner.take("wasm_udf"));
        found.push(Function::Scorers(parse_scorer(script, udf, &script_score, parser)?));
        inner.finish("[script_score] function")?;
    }
    if let Some(udf) = fields.take("wasm_udf") {
        found.push(Function::Scorers(parse_udf(&udf, Role::Scorer, parser)?.0));
    }
    if let Some(factor) = fields.take("field_value_factor") {
        found.push(Function::FieldValue(field_value::FieldValueFactor::parse(&factor)?));
    }
    if let Some(random) = fields.take("random_score") {
        found.push(Function::Random(random::RandomScore::parse(&random)?));
    }
    for (key, shape) in decay::SHAPES {
        if let Some(decay) = fields.take(key) {
            found.push(Function::Decay(decay::Decay::parse(&decay, *shape)?));
        }
    }
    Ok(found)
}

fn weight(node: &Node<'_>) -> Result<f64, ParseError> {
    let weight = node.number()?;
    if weight < 0.0 {
        return Err(node.mistake(ErrorKind::Argument, format!("[weight] cannot be negative, got [{weight}]")));
    }
    Ok(weight)
}

impl Clause for FunctionScore {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        if self.boost == 0.0 {
            // Clients rely on this: its functions are not called.
            return Ok(self.plan_functions(planner, Scoring::FILTER)?.with_constant(0.0));
        }
        self.plan_functions(planner, scoring.boosted(self.boost)?)
    }

    fn may_match(&self, pruner: &Pruner<'_>) -> bool {
        self.query.may_match(pruner)
    }

    fn text_matches(&self, planner: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        self.query.text_matches(planner, matches)
    }

    fn explain(&self, explainer: &Explainer<'_>, scoring: Scoring) -> Result<Explanation, Error> {
        explain::explain(self, explainer, scoring)
    }
}

impl FunctionScore {
    fn plan_functions(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        if scoring.scores == Scores::Ignored && self.min_score.is_none() {
            self.stage(&planner.checking())?;
            return self.query.plan(planner, scoring);
        }
        // Clients rely on this: all boosts around the functions are those of the inner query. They have no effect if `boost_mode`
        // replaces its score.
        let mut planned = if self.functions.is_empty() {
            self.query.plan(planner, scoring.below_functions(Scores::Needed))?
        } else {
            let stage = self.stage(planner)?;
            let scores = if stage.needs_scores() { Scores::Needed } else { Scores::Ignored };
            let mut planned = self.query.plan(planner, scoring.below_functions(scores))?;
            planned.stages.push(Box::new(stage));
            planned
        };
        if let Some(min_score) = self.min_score {
            planned.stages.push(Box::new(MinScore(min_score)));
        }
        Ok(planned)
    }

    fn stage(&self, planner: &Planner<'_>) -> Result<FunctionScores, Error> {
        let functions = self.functions.iter().map(|entry| entry.plan(planner)).collect::<Result<Vec<_>, _>>()?;
        // A single function without a filter is not combined with anything: its factor is not divided by its weight again.
        let score_mode = match &self.functions[..] {
            [Entry { filter: None, .. }] => ScoreMode::First,
            _ => self.score_mode,
        };
        Ok(FunctionScores {
            functions: functions.into(),
            score_mode,
            boost_mode: self.boost_mode,
            max_boost: self.max_boost,
            boost: 1.0,
        })
    }
}

impl Entry {
    fn plan(&self, planner: &Planner<'_>) -> Result<WeightedFunction, Error> {
        let filter: Option<Pipeline> = match &self.filter {
            Some(filter) => {
                let planned = filter.plan(planner, Scoring::new(Scores::Ignored))?;
                Some(planned.into_pipeline(planner, Scores::Ignored)?)
            }
            None => None,
        };
        let function: Option<Box<dyn ScoreFunction>> = match &self.function {
            Function::Weight => None,
            Function::Scorers(chain) => {
                let scorers = planner.scorers(*chain);
                if scorers.drops_documents() {
                    return Err(Error::Query(
                        "[min_score] of a function of [chain] is not supported in [function_score], whose functions drop no documents: \
                         use [script_score]"
                            .to_owned(),
                    ));
                }
                Some(Box::new(scorers))
            }
            Function::Decay(decay) => Some(decay.plan(planner)?),
            Function::FieldValue(factor) => Some(factor.plan(planner)?),
            Function::Random(random) => Some(random.plan(planner)?),
        };
        Ok(WeightedFunction { filter, function, weight: self.weight })
    }
}
