//! `sampler` and `diversified_sampler`: aggregations of the best documents only.

mod best;
mod planned_sampler;
mod segment;

use std::sync::Arc;

use serde_json::Map;

use super::aggregation::{Aggregation, Opening, SegmentAggregation};
use super::answer::{Answer, Content};
use super::answering::Answering;
use super::definition::{Definition, Layout};
use super::failure;
use super::metric::{Metric, MetricError};
use super::nodes::Nodes;
use super::options::{FieldOptions, required_field};
use super::partial::{DocumentSample, Partial};
use super::source::{MixedNumbers, Source, Taken, check_classes};
use crate::Error;
use crate::json::{Node, ParseError};
use crate::plan::Planner;
use crate::request::Parser;
use crate::scores::Scores;
use best::Best;
use planned_sampler::Sampler;
use segment::SegmentSampler;

/// Documents of a sample where the request does not say how many.
const DEFAULT_SIZE: usize = 100;

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    const WHAT: &str = "[sampler] aggregation";
    let mut fields = node.fields()?;
    let size = fields.optional("shard_size", |node| {
        // Clients expect strings with numbers to be rejected here.
        if !node.json().is_number() {
            return Err(node.error("[shard_size] must be a number"));
        }
        node.integer()
    })?;
    fields.finish(WHAT)?;
    let size = size.map_or(DEFAULT_SIZE, |size| usize::try_from(size).unwrap_or(0));
    Ok(Box::new(SamplerDefinition { size, by: None }))
}

pub(super) fn parse_diversified(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    const WHAT: &str = "[diversified_sampler] aggregation";
    let mut fields = node.fields()?;
    if let Some(script) = fields.take("script") {
        return Err(script.error(format!("{WHAT} does not support [script] yet: use [field]")));
    }
    let field = required_field(&mut fields, WHAT)?;
    let missing = fields.optional("missing", |node| match node.json().is_array() || node.json().is_object() {
        true => Err(node.error("[missing] must be a value")),
        false => Ok(node.json().clone()),
    })?;
    let size = fields.optional("shard_size", Node::count)?.unwrap_or(DEFAULT_SIZE);
    let most = fields.optional("max_docs_per_value", Node::count)?.unwrap_or(1);
    // How values are compared. This changes nothing.
    let hint = fields.optional("execution_hint", Node::text)?.map(str::to_owned);
    fields.finish(WHAT)?;
    let options = FieldOptions::new(field, missing);
    Ok(Box::new(SamplerDefinition { size, by: Some(Diversity { options, most, hint }) }))
}

struct SamplerDefinition {
    /// Most documents of a sample.
    size: usize,
    by: Option<Diversity>,
}

/// By what documents are diversified.
struct Diversity {
    options: FieldOptions,
    /// How many documents may have the same value.
    most: usize,
    /// How values are compared.
    hint: Option<String>,
}

impl Definition for SamplerDefinition {
    fn plan(&self, planner: &Planner<'_>, name: &str, inner: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        let mut diversity = None;
        let mut most = usize::MAX;
        if let Some(Diversity { options, most: most_of_value, hint }) = &self.by {
            const TYPE: &str = "diversified_sampler";
            const HINTS: [&str; 3] = ["map", "bytes_hash", "global_ordinals"];
            if let Some(hint) = hint.as_deref().filter(|hint| !HINTS.contains(hint)) {
                let reason = format!("unknown `execution_hint`: [{hint}], expected any of [{}]", HINTS.join(", "));
                return Err(failure::argument(reason));
            }
            check_classes(planner, name, &options.field, MixedNumbers::Merge)?;
            let source = Source::plan(planner, options, Taken::values(TYPE))?;
            if source.is_address() {
                let field = &options.field;
                return Err(failure::argument(format!(
                    "field [{field}] of type [ip] is not supported for aggregation [{TYPE}]"
                )));
            }
            most = *most_of_value;
            diversity = Some((source.is_unmapped(planner, &options.field), source));
        }
        if inner.is_empty() {
            return Err(failure::execution(format!("the aggregation [{name}] must have aggregations inside")));
        }
        if self.size == 0 {
            return Err(failure::argument(format!("[shard_size] of the aggregation [{name}] must be greater than 0")));
        }
        let best = Best { size: self.size, most_of_value: most };
        Ok(Box::new(Sampler { best, diversity, roots: planner.roots_of_objects(), inner: Arc::new(inner) }))
    }

    fn scores(&self) -> Scores {
        Scores::Needed
    }

    fn layout(&self) -> Layout {
        Layout::One
    }
}

fn into_sample(partial: Partial) -> DocumentSample {
    match partial {
        Partial::Documents(sample) => *sample,
        _ => unreachable!("not a sample"),
    }
}

fn sample(partial: &Partial) -> &DocumentSample {
    match partial {
        Partial::Documents(sample) => sample,
        _ => unreachable!("not a sample"),
    }
}

impl Aggregation for Sampler {
    fn type_name(&self) -> &'static str {
        "sampler"
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        Ok(Box::new(SegmentSampler::open(self, opening)?))
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        let mut all =
            DocumentSample { documents: Vec::new(), inner: self.inner.0.iter().map(|_| Vec::new()).collect() };
        for partial in partials {
            let DocumentSample { documents, inner } = into_sample(partial);
            all.documents.extend(documents);
            for (list, partials) in all.inner.iter_mut().zip(inner) {
                list.extend(partials);
            }
        }
        let kept = self.best.select(&all.documents);
        let mut inner: Vec<Vec<Option<Partial>>> =
            all.inner.into_iter().map(|partials| partials.into_iter().map(Some).collect()).collect();
        let take = |list: &mut Vec<Option<Partial>>| kept.iter().filter_map(|index| list[*index].take()).collect();
        Partial::Documents(Box::new(DocumentSample {
            documents: kept.iter().map(|index| all.documents[*index].clone()).collect(),
            inner: inner.iter_mut().map(take).collect(),
        }))
    }

    fn metric(&self, path: &[&str]) -> Result<Metric, MetricError> {
        match path {
            [] | ["doc_count"] => Ok(Metric::new(|partial| sample(partial).documents.len() as f64)),
            ["_count" | "_key"] => Err(MetricError::NoSuchValue(path[0].to_owned())),
            path => {
                let (index, metric) = self.inner.metric(path)?;
                let inner = Arc::clone(&self.inner);
                Ok(Metric::new(move |partial| {
                    let partials = sample(partial).inner[index].clone();
                    metric.of(&inner.0[index].aggregation.merge(partials))
                }))
            }
        }
    }

    fn answer(&self, partial: Partial, answering: &mut Answering) -> Result<Answer<'_>, Error> {
        let DocumentSample { documents, inner } = into_sample(partial);
        // Clients expect a sample by an unmapped field to be empty, with nothing inside.
        let is_unmapped = self.diversity.as_ref().is_some_and(|(is_unmapped, _)| *is_unmapped);
        let (count, inner) = match is_unmapped {
            true => (0, Vec::new()),
            false => (documents.len() as u64, self.inner.answer(self.inner.merge(inner), answering)?),
        };
        let shown = Map::from_iter([("doc_count".to_owned(), count.into())]);
        Ok(Answer { shown, content: Content::Bucket { count, inner } })
    }
}
