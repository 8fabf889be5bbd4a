//! `{"function_score": {"query": {...}, "functions": [...], "score_mode": .., "boost_mode": ..}}`

mod decay;
mod field_value;
mod random;

use std::sync::Arc;

use super::clause::Clause;
use super::function_call;
use super::match_all::MatchAll;
use super::parser::{Parser, take_boost};
use crate::Error;
use crate::json::{Case, ErrorKind, Fields, Node, ParseError, Words};
use crate::plan::{Planned, Planner, Pruner};
use crate::scores::Scores;
use crate::stages::{
    BoostMode, FunctionScores, MinScore, Pipeline, ScoreFunction, ScoreMode, ScorerScores, WeightedFunction,
};
use quidditch_function::Role;

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let mut fields = node.fields()?;
    let query = match fields.take_nullable("query") {
        Some(query) => parser.query(&query)?,
        None => Box::new(MatchAll { boost: 1.0 }),
    };
    let mut functions = Vec::new();
    if let Some(list) = fields.take("functions") {
        for entry in list.list()? {
            let mut entry_fields = entry.fields()?;
            let filter = entry_fields.take("filter").map(|filter| parser.query(&filter)).transpose()?;
            let Some(function) = parse_function(&entry, &mut entry_fields, filter, parser)? else {
                return Err(entry.error("an entry of [functions] requires a function or a [weight]"));
            };
            entry_fields.finish("an entry of [functions]")?;
            functions.push(function);
        }
    }
    if let Some(alone) = parse_function(node, &mut fields, None, parser)? {
        if !functions.is_empty() {
            return Err(node.error("[function_score] accepts either [functions] or a single function, not both"));
        }
        functions.push(alone);
    }
    let clause = FunctionScore {
        query,
        functions,
        score_mode: fields.optional("score_mode", |node| SCORE_MODES.read(node))?.unwrap_or(ScoreMode::Multiply),
        boost_mode: fields.optional("boost_mode", |node| BOOST_MODES.read(node))?.unwrap_or(BoostMode::Multiply),
        max_boost: fields.optional("max_boost", Node::number)?.unwrap_or(f64::INFINITY),
        min_score: fields.optional("min_score", Node::float)?,
        boost: take_boost(&mut fields)?,
    };
    fields.finish("[function_score] query")?;
    Ok(Box::new(clause))
}

struct FunctionScore {
    query: Box<dyn Clause>,
    functions: Vec<Entry>,
    score_mode: ScoreMode,
    boost_mode: BoostMode,
    max_boost: f64,
    min_score: Option<f32>,
    boost: f32,
}

struct Entry {
    filter: Option<Box<dyn Clause>>,
    function: Function,
    weight: f64,
}

enum Function {
    /// The weight alone.
    Weight,
    Scorer(usize),
    Decay(decay::Decay),
    FieldValue(field_value::FieldValueFactor),
    Random(random::RandomScore),
}

fn parse_function(
    node: &Node<'_>,
    fields: &mut Fields<'_>,
    filter: Option<Box<dyn Clause>>,
    parser: &mut Parser<'_>,
) -> Result<Option<Entry>, ParseError> {
    let mut found: Vec<Function> = Vec::new();
    if let Some(script_score) = fields.take("script_score") {
        let mut inner = script_score.fields()?;
        let (script, udf) = (inner.take("script"), inner.take("wasm_udf"));
        found.push(Function::Scorer(function_call::parse_scorer(script, udf, &script_score, parser)?));
        inner.finish("[script_score] function")?;
    }
    if let Some(udf) = fields.take("wasm_udf") {
        found.push(Function::Scorer(function_call::parse_udf(&udf, Role::Scorer, parser)?.0));
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
    let weight = fields.optional("weight", weight)?;
    if found.len() > 1 {
        return Err(node.error("an entry of [functions] accepts one function"));
    }
    let function = match (found.pop(), weight) {
        (Some(function), _) => function,
        (None, Some(_)) => Function::Weight,
        (None, None) => return Ok(None),
    };
    Ok(Some(Entry { filter, function, weight: weight.unwrap_or(1.0) }))
}

fn weight(node: &Node<'_>) -> Result<f64, ParseError> {
    let weight = node.number()?;
    if weight < 0.0 {
        return Err(node.mistake(ErrorKind::Argument, format!("[weight] cannot be negative, got [{weight}]")));
    }
    Ok(weight)
}

const SCORE_MODES: Words<ScoreMode> = Words {
    key: "score_mode",
    case: Case::Any,
    error: ErrorKind::Argument,
    words: &[
        ("multiply", ScoreMode::Multiply),
        ("sum", ScoreMode::Sum),
        ("avg", ScoreMode::Average),
        ("first", ScoreMode::First),
        ("max", ScoreMode::Max),
        ("min", ScoreMode::Min),
    ],
};

const BOOST_MODES: Words<BoostMode> = Words {
    key: "boost_mode",
    case: Case::Any,
    error: ErrorKind::Argument,
    words: &[
        ("multiply", BoostMode::Multiply),
        ("replace", BoostMode::Replace),
        ("sum", BoostMode::Sum),
        ("avg", BoostMode::Average),
        ("max", BoostMode::Max),
        ("min", BoostMode::Min),
    ],
};

impl Clause for FunctionScore {
    fn plan(&self, planner: &Planner<'_>, scores: Scores) -> Result<Planned, Error> {
        if scores == Scores::Ignored && self.min_score.is_none() {
            return self.query.plan(planner, Scores::Ignored);
        }
        let mut functions = Vec::with_capacity(self.functions.len());
        for entry in &self.functions {
            functions.push(entry.plan(planner)?);
        }
        let stage = FunctionScores {
            functions: functions.into(),
            score_mode: self.effective_score_mode(),
            boost_mode: self.boost_mode,
            max_boost: self.max_boost,
            boost: 1.0,
        };
        let inner_scores = if crate::stages::Stage::needs_scores(&stage) { Scores::Needed } else { Scores::Ignored };
        // Clients rely on this: its boost is that of the inner query, and has no effect if `boost_mode` replaces that score.
        let mut planned = self.query.plan(planner, inner_scores)?.boosted(self.boost);
        planned.stages.push(Box::new(stage));
        if let Some(min_score) = self.min_score {
            planned.stages.push(Box::new(MinScore(min_score)));
        }
        Ok(planned)
    }

    fn may_match(&self, pruner: &Pruner<'_>) -> bool {
        self.query.may_match(pruner)
    }
}

impl FunctionScore {
    /// A single function without a filter is not combined with anything: its factor is not divided by its weight again.
    fn effective_score_mode(&self) -> ScoreMode {
        match &self.functions[..] {
            [Entry { filter: None, .. }] => ScoreMode::First,
            _ => self.score_mode,
        }
    }
}

impl Entry {
    fn plan(&self, planner: &Planner<'_>) -> Result<WeightedFunction, Error> {
        let filter: Option<Pipeline> = match &self.filter {
            Some(filter) => {
                let planned = filter.plan(planner, Scores::Ignored)?;
                Some(planned.into_pipeline(planner, Scores::Ignored)?)
            }
            None => None,
        };
        let function: Option<Box<dyn ScoreFunction>> = match &self.function {
            Function::Weight => None,
            Function::Scorer(call) => Some(Box::new(ScorerScores {
                function: Arc::clone(planner.scorer(*call)),
                progress: Arc::clone(planner.progress()),
            })),
            Function::Decay(decay) => Some(decay.plan(planner)?),
            Function::FieldValue(factor) => Some(factor.plan(planner)?),
            Function::Random(random) => Some(random.plan(planner)?),
        };
        Ok(WeightedFunction { filter, function, weight: self.weight })
    }
}
