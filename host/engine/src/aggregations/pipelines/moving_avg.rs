//! `moving_avg`: the older form of `moving_fn`, with models in place of a script.

use std::sync::Arc;

use super::super::answer::BucketAnswers;
use super::super::answering::Answering;
use super::figures::{SIMPLE_VALUE, simple_value};
use super::forecast::{HoltWinters, holt_winters};
use super::moving_functions::MovingFunction;
use super::moving_window::{Work, check_windows, parse_window};
use super::options::PipelineOptions;
use super::parsed::{Around, Parsed};
use super::pipeline::{Body, Label, ParentPipeline};
use crate::Error;
use crate::json::{Case, ErrorKind, Fields, Node, ParseError, Words};

const WHAT: &str = "[moving_avg] aggregation";

const DEFAULT_WINDOW: usize = 5;

pub(super) fn parse(node: &Node<'_>) -> Result<Parsed, ParseError> {
    let mut fields = node.fields()?;
    let options = PipelineOptions::take(&mut fields, WHAT)?;
    let window = fields.optional("window", parse_window)?.unwrap_or(DEFAULT_WINDOW);
    let name = fields.optional("model", |node| MODEL.read(node))?.unwrap_or(ModelName::Simple);
    let minimize = fields.take("minimize");
    let is_minimized = match &minimize {
        Some(node) => node.boolean()?,
        None => name == ModelName::HoltWinters,
    };
    if is_minimized {
        let reason = "optimizing the settings of a model is not supported: [minimize] must be false";
        return Err(minimize.as_ref().unwrap_or(node).error(reason));
    }
    if let Some(node) = fields.take("predict") {
        return Err(node.error("[moving_avg] does not support [predict]: read the trend with [moving_fn]"));
    }
    let settings = fields.take("settings");
    let settings = settings.as_ref().map(Node::fields).transpose()?;
    let model = Model::parse(name, settings, window)?;
    fields.finish(WHAT)?;
    let paths = vec![options.path.clone()];
    let body = Body::Parent(Arc::new(MovingAvg { options, window, model }));
    Ok(Parsed { body, paths, around: Around::Sequence })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ModelName {
    Simple,
    Linear,
    Exponential,
    Holt,
    HoltWinters,
}

const MODEL: Words<ModelName> = Words {
    key: "model",
    case: Case::Exact,
    error: ErrorKind::Parsing,
    words: &[
        ("simple", ModelName::Simple),
        ("linear", ModelName::Linear),
        ("ewma", ModelName::Exponential),
        ("holt", ModelName::Holt),
        ("holt_winters", ModelName::HoltWinters),
    ],
};

enum Model {
    Function(MovingFunction, Vec<f64>),
    Seasons(HoltWinters),
}

impl Model {
    fn parse(name: ModelName, settings: Option<Fields<'_>>, window: usize) -> Result<Self, ParseError> {
        let mut settings = Settings(settings);
        let model = match name {
            ModelName::Simple => Model::Function(MovingFunction::Average, Vec::new()),
            ModelName::Linear => Model::Function(MovingFunction::LinearAverage, Vec::new()),
            ModelName::Exponential => {
                Model::Function(MovingFunction::ExponentialAverage, vec![settings.share("alpha", 0.3)?])
            }
            ModelName::Holt => {
                let arguments = vec![settings.share("alpha", 0.3)?, settings.share("beta", 0.1)?];
                Model::Function(MovingFunction::Holt, arguments)
            }
            ModelName::HoltWinters => settings.seasons(window)?,
        };
        if let Some(rest) = settings.0 {
            rest.finish("[settings]")?;
        }
        Ok(model)
    }

    /// How many values it needs.
    fn least(&self) -> usize {
        match self {
            Model::Function(..) => 1,
            Model::Seasons(settings) => settings.period.saturating_mul(2),
        }
    }

    fn of(&self, values: &[f64]) -> f64 {
        let result = match self {
            Model::Function(function, arguments) => function.of(values, arguments),
            Model::Seasons(settings) => holt_winters(values, settings),
        };
        result.unwrap_or(f64::NAN)
    }
}

struct Settings<'a>(Option<Fields<'a>>);

impl<'a> Settings<'a> {
    fn take(&mut self, key: &'static str) -> Option<Node<'a>> {
        self.0.as_mut().and_then(|fields| fields.take(key))
    }

    /// A number from 0 to 1.
    fn share(&mut self, key: &'static str, default: f64) -> Result<f64, ParseError> {
        let Some(node) = self.take(key) else { return Ok(default) };
        let share = node.number()?;
        if (0.0..=1.0).contains(&share) {
            return Ok(share);
        }
        Err(node.error(format!("[{key}] must be from 0 to 1, got [{share}]")))
    }

    fn seasons(&mut self, window: usize) -> Result<Model, ParseError> {
        let (alpha, beta, gamma) = (self.share("alpha", 0.3)?, self.share("beta", 0.1)?, self.share("gamma", 0.3)?);
        let period = match self.take("period") {
            None => 1,
            Some(node) => {
                let period = node.count()?;
                if period == 0 || period.saturating_mul(2) > window {
                    return Err(node.error(format!(
                        "[period] must be greater than 0, and at most half of [window], got [{period}]"
                    )));
                }
                period
            }
        };
        let multiplicative = match self.take("type") {
            None => false,
            Some(node) => match node.text()? {
                "add" => false,
                "mult" => true,
                other => return Err(node.error(format!("[type] must be [add] or [mult], got [{other}]"))),
            },
        };
        let pads = self.take("pad").map(|node| node.boolean()).transpose()?.unwrap_or(multiplicative);
        let padding = if multiplicative && pads { 1e-10 } else { 0.0 };
        Ok(Model::Seasons(HoltWinters { alpha, beta, gamma, period, multiplicative, padding }))
    }
}

struct MovingAvg {
    options: PipelineOptions,
    window: usize,
    model: Model,
}

impl ParentPipeline for MovingAvg {
    fn change(&self, label: &Label, buckets: &mut BucketAnswers<'_>, answering: &mut Answering) -> Result<(), Error> {
        let count = buckets.buckets.len();
        check_windows(count, self.window, Work::READ_ONCE, answering)?;
        let mut values: Vec<f64> = Vec::with_capacity(count);
        for bucket in &mut buckets.buckets {
            let value = self.options.path.value(bucket, self.options.gaps)?;
            let Some(value) = value.filter(|value| !value.is_nan()) else { continue };
            let window = &values[values.len().saturating_sub(self.window)..];
            if window.len() >= self.model.least() {
                let answer = simple_value(self.model.of(window), &self.options.format);
                bucket.inner.push(label.named(SIMPLE_VALUE, answer));
            }
            values.push(value);
        }
        Ok(())
    }
}
