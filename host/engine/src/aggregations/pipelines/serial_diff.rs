//! `serial_diff`: the difference between a bucket's value and that of an earlier bucket.

use std::sync::Arc;

use super::super::answer::BucketAnswers;
use super::super::answering::Answering;
use super::figures::{SIMPLE_VALUE, simple_value};
use super::options::PipelineOptions;
use super::parsed::{Around, Parsed};
use super::pipeline::{Body, Label, ParentPipeline};
use crate::Error;
use crate::json::{Node, ParseError};

const WHAT: &str = "[serial_diff] aggregation";

pub(super) fn parse(node: &Node<'_>) -> Result<Parsed, ParseError> {
    let mut fields = node.fields()?;
    let options = PipelineOptions::take(&mut fields, WHAT)?;
    let lag = match fields.take("lag") {
        None => 1,
        Some(node) if !node.json().is_number() => return Err(node.error("[lag] must be a number")),
        Some(node) => usize::try_from(node.integer()?)
            .ok()
            .filter(|lag| *lag > 0)
            .ok_or_else(|| node.error("[lag] must be greater than 0"))?,
    };
    fields.finish(WHAT)?;
    let paths = vec![options.path.clone()];
    Ok(Parsed { body: Body::Parent(Arc::new(SerialDiff { options, lag })), paths, around: Around::Sequence })
}

struct SerialDiff {
    options: PipelineOptions,
    /// How many buckets earlier.
    lag: usize,
}

impl ParentPipeline for SerialDiff {
    fn change(&self, label: &Label, buckets: &mut BucketAnswers<'_>, _: &mut Answering) -> Result<(), Error> {
        let mut values = Vec::with_capacity(buckets.buckets.len());
        for (index, bucket) in buckets.buckets.iter_mut().enumerate() {
            let value = self.options.path.value(bucket, self.options.gaps)?.unwrap_or(f64::NAN);
            values.push(value);
            let difference = index.checked_sub(self.lag).map(|earlier| value - values[earlier]);
            if let Some(difference) = difference.filter(|difference| !difference.is_nan()) {
                bucket.inner.push(label.named(SIMPLE_VALUE, simple_value(difference, &self.options.format)));
            }
        }
        Ok(())
    }
}
