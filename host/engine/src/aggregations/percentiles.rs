//! `percentiles` and `percentile_ranks`.

mod sample;

pub(crate) use sample::Sample;

use serde_json::{Map, Value as Json};

use super::aggregation::{Aggregation, Opening, SegmentAggregation};
use super::answer::Answer;
use super::answering::Answering;
use super::batch::Batch;
use super::decimal_text::{decimal_json, decimal_text};
use super::definition::Definition;
use super::gathered::Repeats;
use super::metric::{Metric, MetricError};
use super::nodes::Nodes;
use super::options::FieldOptions;
use super::partial::Partial;
use super::reader::Reader;
use super::source::{Accepts, Kind, Source};
use crate::Error;
use crate::json::{Fields, Node, ParseError};
use crate::memory::Account;
use crate::plan::Planner;
use crate::query::Parser;

/// What clients expect where they do not say.
pub(super) const DEFAULT_PERCENTS: [f64; 7] = [1.0, 5.0, 25.0, 50.0, 75.0, 95.0, 99.0];

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// The value below which a percentage of all values is.
    Percentiles,
    /// The percentage of all values that is below a value.
    Ranks,
}

impl Asked {
    fn name(self) -> &'static str {
        if self == Asked::Percentiles { "percentiles" } else { "percentile_ranks" }
    }
}

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    let options = FieldOptions::take(&mut fields, "[percentiles] aggregation")?;
    let points = match fields.take("percents") {
        None => DEFAULT_PERCENTS.to_vec(),
        Some(node) => parse_points(&node, "percents")?,
    };
    if let Some(percent) = points.iter().find(|percent| !(0.0..=100.0).contains(*percent)) {
        return Err(node.error(format!("[percents] must be from 0 to 100, got [{percent}]")));
    }
    parse_rest(fields, Asked::Percentiles, options, points)
}

pub(super) fn parse_ranks(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    const WHAT: &str = "[percentile_ranks] aggregation";
    let mut fields = node.fields()?;
    let options = FieldOptions::take(&mut fields, WHAT)?;
    let points = parse_points(&fields.required("values", WHAT)?, "values")?;
    parse_rest(fields, Asked::Ranks, options, points)
}

/// Sorted numbers, each once.
fn parse_points(node: &Node<'_>, key: &str) -> Result<Vec<f64>, ParseError> {
    let mut points = node.items().map(|item| item.number()).collect::<Result<Vec<_>, _>>()?;
    if points.is_empty() {
        return Err(node.error(format!("[{key}] must not be empty")));
    }
    points.sort_by(f64::total_cmp);
    points.dedup();
    Ok(points)
}

fn parse_rest(
    mut fields: Fields<'_>,
    asked: Asked,
    options: FieldOptions,
    points: Vec<f64>,
) -> Result<Box<dyn Definition>, ParseError> {
    let keyed = fields.optional("keyed", Node::boolean)?.unwrap_or(true);
    // How much is kept of the values, which changes nothing here.
    if let Some(node) = fields.take("tdigest") {
        let mut settings = node.fields()?;
        if let Some(compression) = settings.take("compression")
            && compression.number()? < 0.0
        {
            return Err(compression.error("[compression] must be greater than or equal to 0"));
        }
        settings.finish("[tdigest]")?;
    }
    fields.finish(&format!("[{}] aggregation", asked.name()))?;
    Ok(Box::new(PercentilesDefinition { asked, options, points, keyed }))
}

struct PercentilesDefinition {
    asked: Asked,
    options: FieldOptions,
    points: Vec<f64>,
    keyed: bool,
}

impl Definition for PercentilesDefinition {
    fn plan(&self, planner: &Planner<'_>, _: &str, _: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        let source = Source::plan(planner, &self.options, self.asked.name(), Accepts::Numbers, Kind::Float)?;
        Ok(Box::new(Percentiles { asked: self.asked, source, points: self.points.clone(), keyed: self.keyed }))
    }
}

struct Percentiles {
    asked: Asked,
    source: Source,
    points: Vec<f64>,
    keyed: bool,
}

fn sample(partial: &Partial) -> &Sample {
    match partial {
        Partial::Sample(sample) => sample,
        other => unreachable!("not a sample: {other:?}"),
    }
}

impl Aggregation for Percentiles {
    fn type_name(&self) -> &'static str {
        if self.asked == Asked::Percentiles { "tdigest_percentiles" } else { "tdigest_percentile_ranks" }
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        Ok(Box::new(SegmentPercentiles {
            reader: Reader::open(&self.source, opening.segment.reader)?,
            samples: Vec::new(),
            bytes: 0,
            account: opening.memory.account(),
        }))
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        let mut merged = Sample::default();
        for partial in partials {
            match partial {
                Partial::Sample(sample) => merged.merge(sample),
                other => unreachable!("not a sample: {other:?}"),
            }
        }
        Partial::Sample(merged)
    }

    fn metric(&self, path: &[&str]) -> Result<Metric, MetricError> {
        let [name, ..] = path else { return Err(MetricError::Ambiguous) };
        let point = name.parse().ok().filter(|point| self.points.contains(point));
        let point: f64 = point.ok_or_else(|| MetricError::NoSuchValue((*name).to_owned()))?;
        let asked = self.asked;
        Ok(Metric::new(move |partial| {
            let sorted = sample(partial).sorted();
            let value = if asked == Asked::Percentiles { sorted.percentile(point) } else { sorted.rank(point) };
            value.unwrap_or(f64::NAN)
        }))
    }

    fn answer(&self, partial: Partial, _: &mut Answering) -> Result<Answer<'_>, Error> {
        let sorted = sample(&partial).sorted();
        let format = &self.source.format;
        let (mut list, mut object) = (Vec::new(), Map::new());
        for point in &self.points {
            let value = match self.asked {
                Asked::Percentiles => sorted.percentile(*point),
                Asked::Ranks => sorted.rank(*point),
            };
            let json = value.map_or(Json::Null, decimal_json);
            let text = value.and_then(|value| format.text(value));
            if self.keyed {
                let key = decimal_text(*point);
                if let Some(text) = text {
                    object.insert(key.clone(), json);
                    object.insert(format!("{key}_as_string"), text.into());
                } else {
                    object.insert(key, json);
                }
                continue;
            }
            let mut entry = Map::from_iter([("key".to_owned(), decimal_json(*point)), ("value".to_owned(), json)]);
            if let Some(text) = text {
                entry.insert("value_as_string".to_owned(), text.into());
            }
            list.push(Json::Object(entry));
        }
        let values = if self.keyed { Json::Object(object) } else { Json::Array(list) };
        let asked = self.asked;
        // A path may lead to any point, not only to those that are shown.
        Ok(Answer::with_figures(Map::from_iter([("values".to_owned(), values)]), move |path| {
            let [name, ..] = path else { return Err(MetricError::Ambiguous) };
            let point = name.parse().map_err(|_| MetricError::NoSuchValue((*name).to_owned()))?;
            let value = if asked == Asked::Percentiles { sorted.percentile(point) } else { sorted.rank(point) };
            Ok(value.unwrap_or(f64::NAN))
        }))
    }
}

struct SegmentPercentiles {
    reader: Reader,
    samples: Vec<Sample>,
    /// Bytes that the samples use in addition to their own size.
    bytes: usize,
    account: Account,
}

impl SegmentAggregation for SegmentPercentiles {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        let parents = batch.buckets.iter().max().map_or(0, |largest| *largest as usize + 1);
        if self.samples.len() < parents {
            self.samples.resize_with(parents, Sample::default);
        }
        let SegmentPercentiles { reader, samples, bytes, .. } = self;
        let numbers = reader.numbers(batch, Repeats::Keep);
        numbers.for_each(|position, value| *bytes += samples[batch.buckets[position] as usize].add(value));
        self.account.reach(self.bytes + self.samples.len() * size_of::<Sample>())?;
        Ok(())
    }

    fn finish(mut self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        self.samples.resize_with(parents, Sample::default);
        Ok(self.samples.into_iter().map(Partial::Sample).collect())
    }
}
