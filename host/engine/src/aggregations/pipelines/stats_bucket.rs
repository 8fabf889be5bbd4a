//! `stats_bucket` and `extended_stats_bucket`.

use std::sync::Arc;

use super::super::answer::{Answer, NamedAnswer};
use super::super::partial::Stats;
use super::super::stats::Figure;
use super::options::PipelineOptions;
use super::parsed::{Around, Parsed};
use super::pipeline::{Body, SiblingPipeline};
use super::sibling_buckets::for_each_value;
use crate::Error;
use crate::json::{ErrorKind, Node, ParseError};

pub(super) fn parse(node: &Node<'_>) -> Result<Parsed, ParseError> {
    parse_of(node, Figure::Stats)
}

pub(super) fn parse_extended(node: &Node<'_>) -> Result<Parsed, ParseError> {
    parse_of(node, Figure::Extended { sigma: 2.0 })
}

fn parse_of(node: &Node<'_>, mut figure: Figure) -> Result<Parsed, ParseError> {
    let what =
        if figure == Figure::Stats { "[stats_bucket] aggregation" } else { "[extended_stats_bucket] aggregation" };
    let mut fields = node.fields()?;
    let options = PipelineOptions::take(&mut fields, what)?;
    if let Figure::Extended { sigma } = &mut figure
        && let Some(node) = fields.take("sigma")
    {
        *sigma = node.number()?;
        if *sigma < 0.0 {
            let reason = format!("[sigma] must be greater than or equal to 0, got [{sigma}]");
            return Err(node.mistake(ErrorKind::Argument, reason));
        }
    }
    fields.finish(what)?;
    let paths = vec![options.path.clone()];
    Ok(Parsed {
        body: Body::Sibling(Arc::new(StatsOfBuckets { figure, options })),
        paths,
        around: Around::BucketsBeside,
    })
}

struct StatsOfBuckets {
    figure: Figure,
    options: PipelineOptions,
}

impl SiblingPipeline for StatsOfBuckets {
    fn type_name(&self) -> &'static str {
        if self.figure == Figure::Stats { "stats_bucket" } else { "extended_stats_bucket" }
    }

    fn compute(&self, level: &[NamedAnswer<'_>]) -> Result<Answer<'static>, Error> {
        let mut stats = Stats::default();
        for_each_value(level, &self.options, |_, value| stats.add_squared(value))?;
        let figure = self.figure;
        let shown = figure.shown(&stats, &self.options.format);
        Ok(Answer::with_figures(shown, move |path| Ok(figure.reader(path)?(&stats))))
    }
}
