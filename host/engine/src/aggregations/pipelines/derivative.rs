//! `derivative`: the difference between a bucket's value and that of the bucket before, also for each unit of time.

use std::sync::Arc;

use serde_json::Map;

use super::super::answer::{Answer, BucketAnswers, BucketKey};
use super::super::answering::Answering;
use super::super::date_interval::unit_millis;
use super::figures::{add_value, one_value};
use super::options::PipelineOptions;
use super::parsed::{Around, Parsed};
use super::pipeline::{Body, Label, ParentPipeline};
use crate::Error;
use crate::json::{ErrorKind, Node, ParseError};

const WHAT: &str = "[derivative] aggregation";

pub(super) fn parse(node: &Node<'_>) -> Result<Parsed, ParseError> {
    let mut fields = node.fields()?;
    let options = PipelineOptions::take(&mut fields, WHAT)?;
    let unit = fields.optional("unit", parse_unit)?;
    fields.finish(WHAT)?;
    let paths = vec![options.path.clone()];
    Ok(Parsed { body: Body::Parent(Arc::new(Derivative { options, unit })), paths, around: Around::Sequence })
}

fn parse_unit(node: &Node<'_>) -> Result<f64, ParseError> {
    let text = node.text()?;
    unit_millis(text).map(|millis| millis as f64).ok_or_else(|| {
        let reason = format!("[unit] must be a unit of the calendar, or a time such as [12h], got [{text}]");
        node.mistake(ErrorKind::Argument, reason)
    })
}

struct Derivative {
    options: PipelineOptions,
    /// Milliseconds.
    unit: Option<f64>,
}

impl ParentPipeline for Derivative {
    fn change(&self, label: &Label, buckets: &mut BucketAnswers<'_>, _: &mut Answering) -> Result<(), Error> {
        let mut last: Option<(f64, f64)> = None;
        for bucket in &mut buckets.buckets {
            let key = match bucket.key {
                BucketKey::Number(number) => number,
                BucketKey::Date(millis) => millis as f64,
                BucketKey::Text(_) | BucketKey::Rank(_) | BucketKey::None => f64::NAN,
            };
            let value = self.options.path.value(bucket, self.options.gaps)?;
            if let (Some((last_key, last_value)), Some(value)) = (last, value) {
                let difference = value - last_value;
                let normalized = self.unit.map(|unit| difference / ((key - last_key) / unit));
                bucket.inner.push(label.named("derivative", self.answer(difference, normalized)));
            }
            last = value.map(|value| (key, value));
        }
        Ok(())
    }
}

impl Derivative {
    fn answer(&self, difference: f64, normalized: Option<f64>) -> Answer<'static> {
        let mut shown = Map::new();
        add_value(&mut shown, "value", difference, &self.options.format);
        if let Some(normalized) = normalized {
            add_value(&mut shown, "normalized_value", normalized, &self.options.format);
        }
        Answer::with_figures(shown, move |path| match path {
            // Without a unit, it is the difference itself.
            ["normalized_value"] => Ok(normalized.unwrap_or(difference)),
            path => one_value(path, difference),
        })
    }
}
