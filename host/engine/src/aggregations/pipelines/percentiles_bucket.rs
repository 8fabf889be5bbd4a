//! `percentiles_bucket`: the value of the bucket at a percentile.

use std::sync::Arc;

use quidditch_index::float_text;
use serde_json::{Map, Value as Json};

use super::super::answer::{Answer, NamedAnswer};
use super::super::decimal_json::decimal_json;
use super::super::metric::MetricError;
use super::super::percentiles::DEFAULT_PERCENTS;
use super::figures::add_value;
use super::options::PipelineOptions;
use super::parsed::{Around, Parsed};
use super::pipeline::{Body, SiblingPipeline};
use super::sibling_buckets::for_each_value;
use crate::Error;
use crate::json::{ErrorKind, Node, ParseError};

const WHAT: &str = "[percentiles_bucket] aggregation";

pub(super) fn parse(node: &Node<'_>) -> Result<Parsed, ParseError> {
    let mut fields = node.fields()?;
    let options = PipelineOptions::take(&mut fields, WHAT)?;
    let percents = match fields.take("percents") {
        None => DEFAULT_PERCENTS.to_vec(),
        Some(node) => parse_percents(&node)?,
    };
    let keyed = fields.optional("keyed", Node::boolean)?.unwrap_or(true);
    fields.finish(WHAT)?;
    let paths = vec![options.path.clone()];
    let body = Body::Sibling(Arc::new(PercentilesOfBuckets { percents, keyed, options }));
    Ok(Parsed { body, paths, around: Around::BucketsBeside })
}

fn parse_percents(node: &Node<'_>) -> Result<Vec<f64>, ParseError> {
    let mut percents = Vec::new();
    for item in node.list()? {
        let percent = item.number()?;
        if !(0.0..=100.0).contains(&percent) {
            let reason = format!("[percents] must be from 0 to 100, got [{percent}]");
            return Err(item.mistake(ErrorKind::Argument, reason));
        }
        percents.push(percent);
    }
    Ok(percents)
}

struct PercentilesOfBuckets {
    percents: Vec<f64>,
    keyed: bool,
    options: PipelineOptions,
}

impl SiblingPipeline for PercentilesOfBuckets {
    fn type_name(&self) -> &'static str {
        "percentiles_bucket"
    }

    fn compute(&self, level: &[NamedAnswer<'_>]) -> Result<Answer<'static>, Error> {
        let mut sorted = Vec::new();
        for_each_value(level, &self.options, |_, value| sorted.push(value))?;
        sorted.sort_unstable_by(f64::total_cmp);
        let value_at = |percent: f64| {
            let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
            // Halves are rounded up.
            sorted[((percent / 100.0 * last as f64 + 0.5).floor() as usize).min(last)]
        };
        let values: Vec<(f64, f64)> = self.percents.iter().map(|percent| (*percent, value_at(*percent))).collect();
        let shown = Map::from_iter([("values".to_owned(), self.shown(&values))]);
        Ok(Answer::with_figures(shown, move |path| {
            let [name, ..] = path else { return Err(MetricError::Ambiguous) };
            let wanted: Option<f64> = name.parse().ok();
            let found = values.iter().find(|(percent, _)| Some(*percent) == wanted);
            found.map(|(_, value)| *value).ok_or_else(|| MetricError::NoSuchValue((*name).to_owned()))
        }))
    }
}

impl PercentilesOfBuckets {
    fn shown(&self, values: &[(f64, f64)]) -> Json {
        let format = &self.options.format;
        if self.keyed {
            let mut object = Map::new();
            values.iter().for_each(|(percent, value)| add_value(&mut object, &float_text(*percent), *value, format));
            return Json::Object(object);
        }
        let entry = |(percent, value): &(f64, f64)| {
            let mut entry = Map::from_iter([("key".to_owned(), decimal_json(*percent))]);
            add_value(&mut entry, "value", *value, format);
            Json::Object(entry)
        };
        Json::Array(values.iter().map(entry).collect())
    }
}
