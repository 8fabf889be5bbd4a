//! `min`, `max`, `sum`, `avg`, `stats` and `extended_stats`.

mod figure;

use quidditch_function::ColumnKind;
use tantivy::SegmentReader;

use super::aggregation::{Aggregation, METRIC_COST, Opening, SegmentAggregation};
use super::answer::Answer;
use super::answering::Answering;
use super::batch::Batch;
use super::definition::Definition;
use super::gathered::Repeats;
use super::metric::{Metric, MetricError};
use super::nodes::Nodes;
use super::options::FieldOptions;
use super::partial::{Partial, Stats};
use super::reader::Reader;
use super::source::{Source, Taken};
use crate::Error;
use crate::json::{Node, ParseError};
use crate::memory::Reservation;
use crate::plan::Planner;
use crate::request::Parser;

pub(super) use figure::{Figure, single_value};

pub(super) fn parse_min(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    parse(node, Figure::Min, parser)
}

pub(super) fn parse_max(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    parse(node, Figure::Max, parser)
}

pub(super) fn parse_sum(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    parse(node, Figure::Sum, parser)
}

pub(super) fn parse_avg(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    parse(node, Figure::Average, parser)
}

pub(super) fn parse_stats(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    parse(node, Figure::Stats, parser)
}

pub(super) fn parse_extended(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    parse(node, Figure::Extended { sigma: 2.0 }, parser)
}

fn parse(node: &Node<'_>, mut figure: Figure, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    let what = format!("[{}] aggregation", figure.type_name());
    let mut fields = node.fields()?;
    let options = FieldOptions::take(&mut fields, &what, ColumnKind::Floats, parser)?;
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
        let source = Source::plan(planner, &self.options, Taken::numbers(figure.type_name()))?;
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
            reader: Reader::open(&self.source, opening.segment)?,
            stats: Vec::new(),
            figure: self.figure,
            reservation: opening.memory.reservation(),
        }))
    }

    fn merge_cost(&self, _: &SegmentReader) -> tantivy::Result<Option<u64>> {
        Ok(Some(METRIC_COST))
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        let mut merged = Stats::default();
        partials.iter().for_each(|partial| merged.merge(stats(partial)));
        Partial::Stats(merged)
    }

    fn metric(&self, path: &[&str]) -> Result<Metric, MetricError> {
        let read = self.figure.reader(path)?;
        Ok(Metric::new(move |partial| read(stats(partial))))
    }

    fn answer(&self, partial: Partial, _: &mut Answering) -> Result<Answer<'_>, Error> {
        let shown = self.figure.shown(stats(&partial), &self.source.format);
        Ok(Answer::from_figures(shown, self, partial))
    }
}

fn stats(partial: &Partial) -> &Stats {
    match partial {
        Partial::Stats(stats) => stats,
        _ => unreachable!("not stats"),
    }
}

struct SegmentStats {
    reader: Reader,
    stats: Vec<Stats>,
    figure: Figure,
    reservation: Reservation,
}

impl SegmentAggregation for SegmentStats {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        let parents = batch.parents();
        if self.stats.len() < parents {
            self.reservation.reach(parents * size_of::<Stats>())?;
            self.stats.resize(parents, Stats::default());
        }
        let stats = &mut self.stats;
        let numbers = self.reader.numbers(batch, Repeats::Keep);
        let has_squares = matches!(self.figure, Figure::Extended { .. });
        if let [only] = &mut stats[..] {
            if has_squares { only.add_all_squared(&numbers.values) } else { only.add_all(&numbers.values) }
        } else if has_squares {
            numbers.for_each(|position, value| {
                stats[batch.buckets[position] as usize].add_squared(value);
            });
        } else {
            numbers.for_each(|position, value| stats[batch.buckets[position] as usize].add(value));
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        self.reservation.reach(parents.saturating_mul(size_of::<Stats>()))?;
        self.stats.resize(parents, Stats::default());
        Ok(self.stats.into_iter().map(Partial::Stats).collect())
    }
}
