//! `avg_bucket`, `sum_bucket`, `min_bucket` and `max_bucket`.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::super::answer::{Answer, NamedAnswer};
use super::figures::{SIMPLE_VALUE, add_value, one_value, simple_value};
use super::options::PipelineOptions;
use super::parsed::{Around, Parsed};
use super::pipeline::{Body, SiblingPipeline};
use super::sibling_buckets::for_each_value;
use crate::Error;
use crate::json::{Node, ParseError};

pub(super) fn parse_avg(node: &Node<'_>) -> Result<Parsed, ParseError> {
    parse(node, Of::Average)
}

pub(super) fn parse_sum(node: &Node<'_>) -> Result<Parsed, ParseError> {
    parse(node, Of::Sum)
}

pub(super) fn parse_min(node: &Node<'_>) -> Result<Parsed, ParseError> {
    parse(node, Of::Min)
}

pub(super) fn parse_max(node: &Node<'_>) -> Result<Parsed, ParseError> {
    parse(node, Of::Max)
}

/// What is computed of the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Average,
    Sum,
    Min,
    Max,
}

fn parse(node: &Node<'_>, of: Of) -> Result<Parsed, ParseError> {
    let what = match of {
        Of::Average => "[avg_bucket] aggregation",
        Of::Sum => "[sum_bucket] aggregation",
        Of::Min => "[min_bucket] aggregation",
        Of::Max => "[max_bucket] aggregation",
    };
    let mut fields = node.fields()?;
    let options = PipelineOptions::take(&mut fields, what)?;
    fields.finish(what)?;
    let paths = vec![options.path.clone()];
    Ok(Parsed { body: Body::Sibling(Arc::new(ValueOfBuckets { of, options })), paths, around: Around::BucketsBeside })
}

struct ValueOfBuckets {
    of: Of,
    options: PipelineOptions,
}

impl SiblingPipeline for ValueOfBuckets {
    fn type_name(&self) -> &'static str {
        match self.of {
            Of::Average | Of::Sum => SIMPLE_VALUE,
            Of::Min | Of::Max => "bucket_metric_value",
        }
    }

    fn compute(&self, level: &[NamedAnswer<'_>]) -> Result<Answer<'static>, Error> {
        match self.of {
            Of::Average | Of::Sum => self.compute_sum(level),
            Of::Min => self.compute_best(level, f64::INFINITY, |value, best| value < best),
            Of::Max => self.compute_best(level, f64::NEG_INFINITY, |value, best| value > best),
        }
    }
}

impl ValueOfBuckets {
    fn compute_sum(&self, level: &[NamedAnswer<'_>]) -> Result<Answer<'static>, Error> {
        let (mut sum, mut count) = (0.0, 0_u64);
        for_each_value(level, &self.options, |_, value| {
            sum += value;
            count += 1;
        })?;
        let value = if self.of == Of::Sum { sum } else { sum / count as f64 };
        Ok(simple_value(value, &self.options.format))
    }

    /// The best value, and the names of all buckets that have it.
    fn compute_best(
        &self,
        level: &[NamedAnswer<'_>],
        worst: f64,
        is_better: impl Fn(f64, f64) -> bool,
    ) -> Result<Answer<'static>, Error> {
        let (mut best, mut names) = (worst, Vec::new());
        for_each_value(level, &self.options, |name, value| {
            if is_better(value, best) {
                best = value;
                names.clear();
                names.push(Json::String(name()));
            } else if value == best {
                names.push(Json::String(name()));
            }
        })?;
        let mut shown = Map::new();
        add_value(&mut shown, "value", best, &self.options.format);
        shown.insert("keys".to_owned(), Json::Array(names));
        Ok(Answer::with_figures(shown, move |path| one_value(path, best)))
    }
}
