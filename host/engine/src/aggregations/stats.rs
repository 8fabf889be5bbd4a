//! `min`, `max`, `sum`, `avg`, `stats` and `extended_stats`.

mod figures;

pub(crate) use figures::Stats;

use serde_json::{Map, Value as Json};

use super::aggregation::{Aggregation, Opening, SegmentAggregation};
use super::answering::Answering;
use super::batch::Batch;
use super::decimal_text::decimal_json;
use super::definition::Definition;
use super::gathered::Repeats;
use super::metric::{self, Metric, MetricError};
use super::nodes::Nodes;
use super::options::FieldOptions;
use super::partial::Partial;
use super::reader::Reader;
use super::source::{Accepts, Kind, Source};
use super::value_format::ValueFormat;
use crate::Error;
use crate::json::{Node, ParseError};
use crate::memory::Account;
use crate::plan::Planner;
use crate::query::Parser;

pub(super) fn parse_min(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    parse(node, Figure::Min)
}

pub(super) fn parse_max(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    parse(node, Figure::Max)
}

pub(super) fn parse_sum(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    parse(node, Figure::Sum)
}

pub(super) fn parse_avg(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    parse(node, Figure::Average)
}

pub(super) fn parse_stats(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    parse(node, Figure::Stats)
}

pub(super) fn parse_extended(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    parse(node, Figure::Extended { sigma: 2.0 })
}

/// What is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Figure {
    Min,
    Max,
    Sum,
    Average,
    Stats,
    /// With bounds at `sigma` standard deviations around the average.
    Extended {
        sigma: f64,
    },
}

impl Figure {
    fn type_name(self) -> &'static str {
        match self {
            Figure::Min => "min",
            Figure::Max => "max",
            Figure::Sum => "sum",
            Figure::Average => "avg",
            Figure::Stats => "stats",
            Figure::Extended { .. } => "extended_stats",
        }
    }
}

fn parse(node: &Node<'_>, mut figure: Figure) -> Result<Box<dyn Definition>, ParseError> {
    let what = format!("[{}] aggregation", figure.type_name());
    let mut fields = node.fields()?;
    let options = FieldOptions::take(&mut fields, &what)?;
    if let Figure::Extended { sigma } = &mut figure
        && let Some(node) = fields.take("sigma")
    {
        *sigma = node.number()?;
        if *sigma < 0.0 {
            return Err(node.error(format!("[sigma] must be greater than or equal to 0, got [{sigma}]")));
        }
    }
    fields.finish(&what)?;
    Ok(Box::new(StatsDefinition { figure, options }))
}

struct StatsDefinition {
    figure: Figure,
    options: FieldOptions,
}

impl Definition for StatsDefinition {
    fn plan(&self, planner: &Planner<'_>, _: &str, _: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        let figure = self.figure;
        let source = Source::plan(planner, &self.options, figure.type_name(), Accepts::Numbers, Kind::Float)?;
        Ok(Box::new(StatsAggregation { figure, source }))
    }
}

struct StatsAggregation {
    figure: Figure,
    source: Source,
}

impl Aggregation for StatsAggregation {
    fn type_name(&self) -> &'static str {
        self.figure.type_name()
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        Ok(Box::new(SegmentStats {
            reader: Reader::open(&self.source, opening.segment.reader)?,
            stats: Vec::new(),
            figure: self.figure,
            account: opening.memory.account(),
        }))
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        let mut merged = Stats::default();
        partials.iter().for_each(|partial| merged.merge(stats(partial)));
        Partial::Stats(merged)
    }

    fn metric(&self, path: &[&str]) -> Result<Metric, MetricError> {
        let read: fn(&Stats) -> f64 = match self.figure {
            Figure::Min => |stats| stats.min,
            Figure::Max => |stats| stats.max,
            Figure::Sum => |stats| stats.sum.value(),
            Figure::Average => Stats::average,
            Figure::Stats | Figure::Extended { .. } => return self.metric_of_many(path),
        };
        metric::single(path, move |partial| read(stats(partial)))
    }

    fn answer(&self, partial: Partial, _: &mut Answering) -> Result<Map<String, Json>, Error> {
        let stats = stats(&partial);
        let format = &self.source.format;
        let present = |value: f64| (stats.count > 0).then_some(value);
        Ok(match self.figure {
            Figure::Min => single_value(present(stats.min), format),
            Figure::Max => single_value(present(stats.max), format),
            Figure::Sum => single_value(Some(stats.sum.value()), format),
            Figure::Average => single_value(present(stats.average()), format),
            Figure::Stats => many_values(stats, format),
            Figure::Extended { sigma } => {
                let mut object = many_values(stats, format);
                add_extended(&mut object, stats, sigma, format);
                object
            }
        })
    }
}

impl StatsAggregation {
    fn metric_of_many(&self, path: &[&str]) -> Result<Metric, MetricError> {
        let name = match path {
            [] => return Err(MetricError::Ambiguous),
            [name, ..] => *name,
        };
        let sigma = match self.figure {
            Figure::Extended { sigma } => Some(sigma),
            _ => None,
        };
        let read: Box<dyn Fn(&Stats) -> f64 + Send + Sync> = match (name, sigma) {
            ("count", _) => Box::new(|stats| stats.count as f64),
            ("min", _) => Box::new(|stats| stats.min),
            ("max", _) => Box::new(|stats| stats.max),
            ("avg", _) => Box::new(Stats::average),
            ("sum", _) => Box::new(|stats| stats.sum.value()),
            ("sum_of_squares", Some(_)) => Box::new(|stats| stats.sum_of_squares.value()),
            ("variance" | "variance_population", Some(_)) => Box::new(Stats::population_variance),
            ("variance_sampling", Some(_)) => Box::new(Stats::sampling_variance),
            ("std_deviation" | "std_deviation_population", Some(_)) => {
                Box::new(|stats| stats.population_variance().sqrt())
            }
            ("std_deviation_sampling", Some(_)) => Box::new(|stats| stats.sampling_variance().sqrt()),
            ("std_upper", Some(sigma)) => {
                Box::new(move |stats| stats.average() + sigma * stats.population_variance().sqrt())
            }
            ("std_lower", Some(sigma)) => {
                Box::new(move |stats| stats.average() - sigma * stats.population_variance().sqrt())
            }
            _ => return Err(MetricError::NoSuchValue(name.to_owned())),
        };
        Ok(Metric::new(move |partial| read(stats(partial))))
    }
}

fn stats(partial: &Partial) -> &Stats {
    match partial {
        Partial::Stats(stats) => stats,
        other => unreachable!("not stats: {other:?}"),
    }
}

/// `value`, and `value_as_string` if the field has a format.
pub(super) fn single_value(value: Option<f64>, format: &ValueFormat) -> Map<String, Json> {
    let mut object = Map::new();
    object.insert("value".to_owned(), value.map_or(Json::Null, decimal_json));
    if let Some(value) = value {
        format.add_text(&mut object, "value_as_string", value);
    }
    object
}

fn many_values(stats: &Stats, format: &ValueFormat) -> Map<String, Json> {
    let has_values = stats.count > 0;
    let figures = [("min", stats.min), ("max", stats.max), ("avg", stats.average()), ("sum", stats.sum.value())];
    let mut object = Map::new();
    object.insert("count".to_owned(), stats.count.into());
    for (name, value) in figures {
        let is_shown = has_values || name == "sum";
        object.insert(name.to_owned(), if is_shown { decimal_json(value) } else { Json::Null });
    }
    if has_values {
        for (name, value) in figures {
            if let Some(text) = format.figure(value) {
                object.insert(format!("{name}_as_string"), text);
            }
        }
    }
    object
}

fn add_extended(object: &mut Map<String, Json>, stats: &Stats, sigma: f64, format: &ValueFormat) {
    let has_values = stats.count > 0;
    let (population, sampling) = (stats.population_variance(), stats.sampling_variance());
    let figures = [
        ("sum_of_squares", stats.sum_of_squares.value()),
        ("variance", population),
        ("variance_population", population),
        ("variance_sampling", sampling),
        ("std_deviation", population.sqrt()),
        ("std_deviation_population", population.sqrt()),
        ("std_deviation_sampling", sampling.sqrt()),
    ];
    let average = stats.average();
    let (wide, narrow) = (sigma * population.sqrt(), sigma * sampling.sqrt());
    let bounds = [
        ("upper", average + wide),
        ("lower", average - wide),
        ("upper_population", average + wide),
        ("lower_population", average - wide),
        ("upper_sampling", average + narrow),
        ("lower_sampling", average - narrow),
    ];
    let json = |value: f64| if has_values { decimal_json(value) } else { Json::Null };
    for (name, value) in figures {
        object.insert(name.to_owned(), json(value));
    }
    let shown = bounds.iter().map(|(name, value)| ((*name).to_owned(), json(*value)));
    object.insert("std_deviation_bounds".to_owned(), Json::Object(shown.collect()));
    if !has_values || format.is_raw() {
        return;
    }
    for (name, value) in figures {
        if let Some(text) = format.figure(value) {
            object.insert(format!("{name}_as_string"), text);
        }
    }
    let texts = bounds.iter().filter_map(|(name, value)| Some(((*name).to_owned(), format.figure(*value)?)));
    object.insert("std_deviation_bounds_as_string".to_owned(), Json::Object(texts.collect()));
}

struct SegmentStats {
    reader: Reader,
    stats: Vec<Stats>,
    figure: Figure,
    account: Account,
}

impl SegmentAggregation for SegmentStats {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        let parents = batch.buckets.iter().max().map_or(0, |largest| *largest as usize + 1);
        if self.stats.len() < parents {
            self.stats.resize(parents, Stats::default());
            self.account.reach(self.stats.len() * size_of::<Stats>())?;
        }
        let stats = &mut self.stats;
        let numbers = self.reader.numbers(batch, Repeats::Keep);
        if matches!(self.figure, Figure::Extended { .. }) {
            numbers.for_each(|position, value| {
                let stats = &mut stats[batch.buckets[position] as usize];
                stats.add(value);
                stats.sum_of_squares.add(value * value);
            });
        } else {
            numbers.for_each(|position, value| stats[batch.buckets[position] as usize].add(value));
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        self.stats.resize(parents, Stats::default());
        Ok(self.stats.into_iter().map(Partial::Stats).collect())
    }
}
