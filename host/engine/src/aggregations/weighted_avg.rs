//! `weighted_avg`: the average of a field's values, weighted by another field.

use quidditch_function::ColumnKind;
use tantivy::SegmentReader;

use super::aggregation::{Aggregation, METRIC_COST, Opening, SegmentAggregation};
use super::answer::Answer;
use super::answering::Answering;
use super::batch::Batch;
use super::decimal_format::DecimalFormat;
use super::definition::Definition;
use super::failure;
use super::gathered::Repeats;
use super::metric::{self, Metric, MetricError};
use super::nodes::Nodes;
use super::options::FieldOptions;
use super::partial::{Partial, Weighted};
use super::reader::Reader;
use super::source::{Source, Taken};
use super::stats::single_value;
use super::value_format::ValueFormat;
use crate::Error;
use crate::json::{Fields, Node, ParseError};
use crate::memory::Reservation;
use crate::plan::Planner;
use crate::request::Parser;

const WHAT: &str = "[weighted_avg] aggregation";

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    let value = parse_field(&mut fields, "value", parser)?;
    let weight = parse_field(&mut fields, "weight", parser)?;
    let format = fields.optional("format", |node| {
        let text = node.text()?;
        DecimalFormat::parse(text)
            .ok_or_else(|| node.error(format!("[format] must be a pattern such as [0.00] or [#,##0.#], got [{text}]")))
    })?;
    fields.finish(WHAT)?;
    let format = format.map_or(ValueFormat::Raw, ValueFormat::Decimal);
    Ok(Box::new(WeightedAvgDefinition { value, weight, format }))
}

fn parse_field(
    fields: &mut Fields<'_>,
    key: &'static str,
    parser: &mut Parser<'_>,
) -> Result<Option<FieldOptions>, ParseError> {
    let Some(node) = fields.take(key) else { return Ok(None) };
    let mut fields = node.fields()?;
    let what = format!("[{key}] of the {WHAT}");
    let options = FieldOptions::take(&mut fields, &what, ColumnKind::Floats, parser)?;
    if options.format.is_some() {
        return Err(node.error(format!("{what} does not support [format]: it belongs to the aggregation")));
    }
    fields.finish(&what)?;
    Ok(Some(options))
}

struct WeightedAvgDefinition {
    value: Option<FieldOptions>,
    weight: Option<FieldOptions>,
    format: ValueFormat,
}

impl Definition for WeightedAvgDefinition {
    fn plan(&self, planner: &Planner<'_>, name: &str, _: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        let source = |key: &str, options: Option<&FieldOptions>| match options {
            Some(options) => Source::plan(planner, options, Taken::numbers("weighted_avg")),
            // Clients know this as a mistake that the index finds.
            None => {
                Err(failure::argument(format!("the aggregation [{name}] of the type [weighted_avg] requires [{key}]")))
            }
        };
        let (value, weight) = (source("value", self.value.as_ref())?, source("weight", self.weight.as_ref())?);
        Ok(Box::new(WeightedAvg { name: name.to_owned(), value, weight, format: self.format.clone() }))
    }
}

struct WeightedAvg {
    name: String,
    value: Source,
    weight: Source,
    format: ValueFormat,
}

fn weighted(partial: &Partial) -> &Weighted {
    match partial {
        Partial::Weighted(weighted) => weighted,
        _ => unreachable!("not a weighted average"),
    }
}

impl Aggregation for WeightedAvg {
    fn type_name(&self) -> &'static str {
        "weighted_avg"
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        let open = |source| Reader::open(source, opening.segment);
        Ok(Box::new(SegmentWeightedAvg {
            name: &self.name,
            values: open(&self.value)?,
            weights: open(&self.weight)?,
            weight_of: Vec::new(),
            sums: Vec::new(),
            reservation: opening.memory.reservation(),
        }))
    }

    fn merge_cost(&self, _: &SegmentReader) -> tantivy::Result<Option<u64>> {
        Ok(Some(METRIC_COST))
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        let mut merged = Weighted::default();
        for partial in &partials {
            let Weighted { sum, weights } = weighted(partial);
            merged.sum.merge(sum);
            merged.weights.merge(weights);
        }
        Partial::Weighted(merged)
    }

    fn metric(&self, path: &[&str]) -> Result<Metric, MetricError> {
        metric::single(path, |partial| weighted(partial).average())
    }

    fn answer(&self, partial: Partial, _: &mut Answering) -> Result<Answer<'_>, Error> {
        let average = weighted(&partial).average();
        let shown = single_value(Some(average).filter(|average| !average.is_nan()), &self.format);
        Ok(Answer::from_figures(shown, self, partial))
    }
}

/// The weight of a document.
#[derive(Debug, Clone, Copy)]
enum Weight {
    None,
    One(f64),
    Several,
}

struct SegmentWeightedAvg<'a> {
    name: &'a str,
    values: Reader,
    weights: Reader,
    /// The weight of each document of the batch.
    weight_of: Vec<Weight>,
    sums: Vec<Weighted>,
    reservation: Reservation,
}

impl SegmentAggregation for SegmentWeightedAvg<'_> {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        let parents = batch.buckets.iter().max().map_or(0, |largest| *largest as usize + 1);
        if self.sums.len() < parents {
            self.sums.resize(parents, Weighted::default());
            self.reservation.reach(self.sums.len() * size_of::<Weighted>())?;
        }
        let SegmentWeightedAvg { values, weights, weight_of, sums, .. } = self;
        weight_of.clear();
        weight_of.resize(batch.docs.len(), Weight::None);
        weights.numbers(batch, Repeats::Keep).for_each(|position, weight| {
            weight_of[position] = match weight_of[position] {
                Weight::None => Weight::One(weight),
                Weight::One(_) | Weight::Several => Weight::Several,
            };
        });
        let mut has_several = false;
        values.numbers(batch, Repeats::Keep).for_each(|position, value| match weight_of[position] {
            Weight::None => {}
            Weight::One(weight) => {
                let sums = &mut sums[batch.buckets[position] as usize];
                sums.sum.add(value * weight);
                sums.weights.add(weight);
            }
            Weight::Several => has_several = true,
        });
        if has_several {
            let reason = format!("aggregation [{}]: a document has more than one weight", self.name);
            return Err(failure::execution(reason));
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        self.sums.resize(parents, Weighted::default());
        Ok(self.sums.into_iter().map(Partial::Weighted).collect())
    }
}
