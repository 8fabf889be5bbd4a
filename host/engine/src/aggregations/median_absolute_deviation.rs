//! `median_absolute_deviation`: the median of how far values are from their median.

use quidditch_function::ColumnKind;
use tantivy::SegmentReader;

use super::aggregation::{Aggregation, Opening, SKETCH_COST, SegmentAggregation};
use super::answer::Answer;
use super::answering::Answering;
use super::definition::Definition;
use super::failure;
use super::kind::Kind;
use super::metric::{self, Metric, MetricError};
use super::nodes::Nodes;
use super::options::FieldOptions;
use super::partial::{Partial, Sample};
use super::percentiles::{SegmentSamples, merge_samples, sample};
use super::source::{Source, Taken};
use super::stats::single_value;
use crate::Error;
use crate::json::{ErrorKind, Node, ParseError};
use crate::plan::Planner;
use crate::request::Parser;

const WHAT: &str = "[median_absolute_deviation] aggregation";

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    let options = FieldOptions::take(&mut fields, WHAT, ColumnKind::Floats, parser)?;
    // How much is kept of the values, which changes nothing here.
    if let Some(node) = fields.take("compression")
        && node.number()? <= 0.0
    {
        return Err(node.mistake(ErrorKind::Argument, "[compression] must be greater than 0"));
    }
    fields.finish(WHAT)?;
    Ok(Box::new(MedianAbsoluteDeviationDefinition(options)))
}

struct MedianAbsoluteDeviationDefinition(FieldOptions);

impl Definition for MedianAbsoluteDeviationDefinition {
    fn plan(&self, planner: &Planner<'_>, _: &str, _: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        let name = "median_absolute_deviation";
        let source = Source::plan(planner, &self.0, Taken::numbers(name))?;
        if matches!(source.kind, Kind::Date | Kind::Boolean) {
            let field = &self.0.field;
            return Err(failure::argument(format!("field [{field}] must be a number for aggregation [{name}]")));
        }
        Ok(Box::new(MedianAbsoluteDeviation(source)))
    }
}

struct MedianAbsoluteDeviation(Source);

/// The median of how far values are from their median; not a number if there are none.
fn deviation(sample: &Sample) -> f64 {
    let sorted = sample.sorted();
    let Some(median) = sorted.percentile(50.0) else { return f64::NAN };
    sorted.map(|value| (value - median).abs()).percentile(50.0).unwrap_or(f64::NAN)
}

impl Aggregation for MedianAbsoluteDeviation {
    fn type_name(&self) -> &'static str {
        "median_absolute_deviation"
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        Ok(Box::new(SegmentSamples::open(&self.0, opening)?))
    }

    fn merge_cost(&self, _: &SegmentReader) -> tantivy::Result<Option<u64>> {
        Ok(Some(SKETCH_COST))
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        merge_samples(partials)
    }

    fn metric(&self, path: &[&str]) -> Result<Metric, MetricError> {
        metric::single(path, |partial| deviation(sample(partial)))
    }

    fn answer(&self, partial: Partial, _: &mut Answering) -> Result<Answer<'_>, Error> {
        let value = Some(deviation(sample(&partial))).filter(|value| !value.is_nan());
        Ok(Answer::from_figures(single_value(value, &self.0.format), self, partial))
    }
}
