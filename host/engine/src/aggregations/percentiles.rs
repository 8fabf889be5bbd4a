//! `percentiles` and `percentile_ranks`.

mod segment;

use quidditch_function::ColumnKind;
use quidditch_index::float_text;
use serde_json::{Map, Value as Json};
use tantivy::SegmentReader;

use super::aggregation::{Aggregation, Opening, SKETCH_COST, SegmentAggregation};
use super::answer::Answer;
use super::answering::Answering;
use super::decimal_json::decimal_json;
use super::definition::Definition;
use super::metric::{Metric, MetricError};
use super::nodes::Nodes;
use super::options::FieldOptions;
use super::partial::{Partial, Sorted, SortedHdr, kept_bits};
use super::source::{Source, Taken};
use crate::Error;
use crate::json::{ErrorKind, Fields, Node, ParseError};
use crate::plan::Planner;
use crate::request::Parser;
use segment::{SegmentHdr, hdr, merge_hdr};

pub(super) use segment::{SegmentSamples, merge_samples, sample};

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

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    let options = FieldOptions::take(&mut fields, "[percentiles] aggregation", ColumnKind::Floats, parser)?;
    let points = match fields.take("percents") {
        None => DEFAULT_PERCENTS.to_vec(),
        Some(node) => parse_points(&node, "percents")?,
    };
    if let Some(percent) = points.iter().find(|percent| !(0.0..=100.0).contains(*percent)) {
        return Err(node.error(format!("[percents] must be from 0 to 100, got [{percent}]")));
    }
    parse_rest(fields, Asked::Percentiles, options, points)
}

pub(super) fn parse_ranks(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    const WHAT: &str = "[percentile_ranks] aggregation";
    let mut fields = node.fields()?;
    let options = FieldOptions::take(&mut fields, WHAT, ColumnKind::Floats, parser)?;
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
    let method = parse_method(&mut fields)?;
    fields.finish(&format!("[{}] aggregation", asked.name()))?;
    Ok(Box::new(PercentilesDefinition { asked, options, points, keyed, method }))
}

/// What is kept of the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    /// As exact as memory allows.
    Sample,
    /// Each with some leading digits, as this many bits.
    Hdr { kept_bits: u32 },
}

/// Takes `tdigest`, whose settings change nothing here, or `hdr`.
fn parse_method(fields: &mut Fields<'_>) -> Result<Method, ParseError> {
    let tdigest = fields.take("tdigest");
    if let Some(node) = &tdigest {
        let mut settings = node.fields()?;
        if let Some(compression) = settings.take("compression")
            && compression.number()? < 0.0
        {
            return Err(compression.mistake(ErrorKind::Argument, "[compression] must be greater than or equal to 0"));
        }
        settings.finish("[tdigest]")?;
    }
    let Some(node) = fields.take("hdr") else { return Ok(Method::Sample) };
    if tdigest.is_some() {
        return Err(node.mistake(ErrorKind::Argument, "[hdr] cannot be used together with [tdigest]"));
    }
    let mut settings = node.fields()?;
    let digits = settings.optional("number_of_significant_value_digits", |node| match node.integer()? {
        digits @ 0..=5 => Ok(digits as u32),
        other => {
            let reason = format!("[number_of_significant_value_digits] must be from 0 to 5, got [{other}]");
            Err(node.mistake(ErrorKind::Argument, reason))
        }
    })?;
    settings.finish("[hdr]")?;
    Ok(Method::Hdr { kept_bits: kept_bits(digits.unwrap_or(3)) })
}

struct PercentilesDefinition {
    asked: Asked,
    options: FieldOptions,
    points: Vec<f64>,
    keyed: bool,
    method: Method,
}

impl Definition for PercentilesDefinition {
    fn plan(&self, planner: &Planner<'_>, _: &str, _: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        let source = Source::plan(planner, &self.options, Taken::numbers(self.asked.name()))?;
        let PercentilesDefinition { asked, points, keyed, method, .. } = self;
        Ok(Box::new(Percentiles { asked: *asked, source, points: points.clone(), keyed: *keyed, method: *method }))
    }
}

struct Percentiles {
    asked: Asked,
    source: Source,
    points: Vec<f64>,
    keyed: bool,
    method: Method,
}

/// Complete values, sorted.
enum Values {
    Sample(Sorted),
    Hdr(SortedHdr),
}

impl Values {
    /// The percentile, or the rank, at a point; `None` without values.
    fn at(&self, asked: Asked, point: f64) -> Option<f64> {
        match (self, asked) {
            (Values::Sample(sorted), Asked::Percentiles) => sorted.percentile(point),
            (Values::Sample(sorted), Asked::Ranks) => sorted.rank(point),
            (Values::Hdr(sorted), Asked::Percentiles) => sorted.percentile(point),
            (Values::Hdr(sorted), Asked::Ranks) => sorted.rank(point),
        }
    }
}

impl Method {
    fn values(self, partial: &Partial) -> Values {
        match self {
            Method::Sample => Values::Sample(sample(partial).sorted()),
            Method::Hdr { kept_bits } => Values::Hdr(hdr(partial).sorted(kept_bits)),
        }
    }
}

impl Aggregation for Percentiles {
    fn type_name(&self) -> &'static str {
        match (self.method, self.asked) {
            (Method::Sample, Asked::Percentiles) => "tdigest_percentiles",
            (Method::Sample, Asked::Ranks) => "tdigest_percentile_ranks",
            (Method::Hdr { .. }, Asked::Percentiles) => "hdr_percentiles",
            (Method::Hdr { .. }, Asked::Ranks) => "hdr_percentile_ranks",
        }
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        match self.method {
            Method::Sample => Ok(Box::new(SegmentSamples::open(&self.source, opening)?)),
            Method::Hdr { kept_bits } => Ok(Box::new(SegmentHdr::open(&self.source, kept_bits, opening)?)),
        }
    }

    fn merge_cost(&self, _: &SegmentReader) -> tantivy::Result<Option<u64>> {
        Ok(Some(SKETCH_COST))
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        match self.method {
            Method::Sample => merge_samples(partials),
            Method::Hdr { .. } => merge_hdr(partials),
        }
    }

    fn metric(&self, path: &[&str]) -> Result<Metric, MetricError> {
        let [name, ..] = path else { return Err(MetricError::Ambiguous) };
        let point = name.parse().ok().filter(|point| self.points.contains(point));
        let point: f64 = point.ok_or_else(|| MetricError::NoSuchValue((*name).to_owned()))?;
        let (asked, method) = (self.asked, self.method);
        Ok(Metric::new(move |partial| method.values(partial).at(asked, point).unwrap_or(f64::NAN)))
    }

    fn answer(&self, partial: Partial, _: &mut Answering) -> Result<Answer<'_>, Error> {
        let values = self.method.values(&partial);
        let format = &self.source.format;
        let (mut list, mut object) = (Vec::new(), Map::new());
        for point in &self.points {
            let value = values.at(self.asked, *point);
            let json = value.map_or(Json::Null, decimal_json);
            let text = value.and_then(|value| format.text(value));
            if self.keyed {
                let key = float_text(*point);
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
        let shown = if self.keyed { Json::Object(object) } else { Json::Array(list) };
        let asked = self.asked;
        // A path may lead to any point, not only to those that are shown.
        Ok(Answer::with_figures(Map::from_iter([("values".to_owned(), shown)]), move |path| {
            let [name, ..] = path else { return Err(MetricError::Ambiguous) };
            let point = name.parse().map_err(|_| MetricError::NoSuchValue((*name).to_owned()))?;
            Ok(values.at(asked, point).unwrap_or(f64::NAN))
        }))
    }
}
