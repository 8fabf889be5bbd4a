//! Explains the score of a `function_score` query.

use super::parsed::{BOOST_MODES, Entry, Function, FunctionScore, SCORE_MODES};
use crate::Error;
use crate::explain::{Explainer, ScoreShown};
use crate::explanation::Explanation;
use crate::scores::{Scores, Scoring};
use crate::stages::{BoostMode, MAX_BOOST, ScoreMode};

pub(super) fn explain(
    clause: &FunctionScore,
    explainer: &Explainer<'_>,
    scoring: Scoring,
) -> Result<Explanation, Error> {
    let scoring = if clause.boost == 0.0 { Scoring::FILTER } else { scoring.boosted(clause.boost)? };
    let inner = clause.query.explain(explainer, scoring.below_functions(Scores::Needed))?;
    if !inner.is_match() || scoring.scores == Scores::Ignored {
        return Ok(inner);
    }
    let explanation = if clause.functions.is_empty() { inner } else { with_functions(clause, explainer, inner)? };
    Ok(match clause.min_score {
        Some(min_score) if explanation.score() < min_score => explanation.too_low(min_score),
        _ => explanation,
    })
}

fn with_functions(clause: &FunctionScore, explainer: &Explainer<'_>, inner: Explanation) -> Result<Explanation, Error> {
    let mut details = Vec::new();
    let mut combined = Combination::new(clause.score_mode);
    for entry in &clause.functions {
        if let Some((factor, detail)) = explain_entry(entry, explainer, &inner)? {
            combined.add(factor, entry.weight);
            details.push(detail);
        }
    }
    let max_boost = Explanation::matching(clause.max_boost.min(MAX_BOOST) as f32, "maxBoost", Vec::new());
    let factor = match &clause.functions[..] {
        [Entry { filter: None, .. }] => details.remove(0),
        _ if details.is_empty() => Explanation::matching(1.0, "No function matched", Vec::new()),
        _ => {
            let mode = SCORE_MODES.word(clause.score_mode);
            let description = format!("function score, score mode [{mode}]");
            Explanation::matching(combined.finish() as f32, description, details)
        }
    };
    let limited = f64::from(factor.score()).min(clause.max_boost);
    let boost = Explanation::matching(limited as f32, "min of:", vec![factor, max_boost]);
    if clause.boost_mode == BoostMode::Replace {
        return Ok(boost);
    }
    let description = match clause.boost_mode {
        BoostMode::Multiply => "function score, product of:".to_owned(),
        BoostMode::Max => "max of:".to_owned(),
        mode => format!("{} of", BOOST_MODES.word(mode)),
    };
    let score = clause.boost_mode.apply(f64::from(inner.score()), limited) as f32;
    Ok(Explanation::matching(score, description, vec![inner, boost]))
}

/// The weighted factor of a function, and how it comes about; `None` if its filter does not match.
fn explain_entry(
    entry: &Entry,
    explainer: &Explainer<'_>,
    inner: &Explanation,
) -> Result<Option<(f64, Explanation)>, Error> {
    let planned = entry.plan(&explainer.planner())?;
    if let Some(filter) = &planned.filter
        && !explainer.matches(filter)?
    {
        return Ok(None);
    }
    let returned = || match &planned.function {
        Some(function) => explainer.factor(&**function, inner.score()),
        None => Ok(1.0),
    };
    let figure = |value: f64, description: String| Explanation::matching(value as f32, description, Vec::new());
    let (factor, explained) = match &entry.function {
        Function::Weight => (1.0, figure(1.0, "constant score 1.0 - no function provided".to_owned())),
        Function::Scorers(chain) => {
            let explained = explainer.scorers(*chain, inner, ScoreShown::Always)?;
            (f64::from(explained.score()), explained)
        }
        Function::Decay(decay) => {
            let factor = returned()?;
            let curve = figure(factor, "decay of the distance to the origin".to_owned());
            (
                factor,
                Explanation::matching(factor as f32, format!("Function for field {}:", decay.field()), vec![curve]),
            )
        }
        Function::FieldValue(value) => {
            let factor = returned()?;
            (factor, figure(factor, value.description()))
        }
        Function::Random(_) => {
            let factor = returned()?;
            (factor, figure(factor, "random score function".to_owned()))
        }
    };
    let weighted = factor * entry.weight;
    let explained = if entry.weight == 1.0 {
        explained
    } else {
        let weight = figure(entry.weight, "weight".to_owned());
        Explanation::matching(weighted as f32, "product of:", vec![explained, weight])
    };
    let explained = match &entry.filter {
        Some(filter) => {
            let filter = figure(1.0, format!("match filter: {}", filter.description()));
            Explanation::matching(weighted as f32, "function score, product of:", vec![filter, explained])
        }
        None => explained,
    };
    Ok(Some((weighted, explained)))
}

/// The factors of several functions, combined.
struct Combination {
    mode: ScoreMode,
    factors: Vec<f64>,
    weights: f64,
}

impl Combination {
    fn new(mode: ScoreMode) -> Self {
        Combination { mode, factors: Vec::new(), weights: 0.0 }
    }

    fn add(&mut self, factor: f64, weight: f64) {
        self.factors.push(factor);
        self.weights += weight;
    }

    fn finish(&self) -> f64 {
        let factors = self.factors.iter().copied();
        match self.mode {
            ScoreMode::Multiply => factors.product(),
            ScoreMode::Sum | ScoreMode::Average if self.weights == 0.0 => 1.0,
            ScoreMode::Sum => factors.sum(),
            ScoreMode::Average => factors.sum::<f64>() / self.weights,
            ScoreMode::First => self.factors.first().copied().unwrap_or(1.0),
            ScoreMode::Max => factors.fold(f64::NEG_INFINITY, f64::max),
            ScoreMode::Min => factors.fold(f64::INFINITY, f64::min),
        }
    }
}
