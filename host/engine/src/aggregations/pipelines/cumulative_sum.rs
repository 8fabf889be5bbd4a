//! `cumulative_sum`: for each bucket, the sum of the values of all buckets up to it.

use std::sync::Arc;

use super::super::answer::BucketAnswers;
use super::super::answering::Answering;
use super::super::value_format::ValueFormat;
use super::buckets_path::BucketsPath;
use super::figures::{SIMPLE_VALUE, simple_value};
use super::gap_policy::GapPolicy;
use super::options::{take_format, take_path};
use super::parsed::{Around, Parsed, of_object};
use super::pipeline::{Body, Label, ParentPipeline};
use crate::Error;
use crate::json::{Node, ParseError};

const WHAT: &str = "[cumulative_sum] aggregation";

pub(super) fn parse(node: &Node<'_>) -> Result<Parsed, ParseError> {
    parse_options(node).map_err(of_object)
}

fn parse_options(node: &Node<'_>) -> Result<Parsed, ParseError> {
    let mut fields = node.fields()?;
    let (path, format) = (take_path(&mut fields, WHAT)?, take_format(&mut fields)?);
    fields.finish(WHAT)?;
    let paths = vec![path.clone()];
    Ok(Parsed { body: Body::Parent(Arc::new(CumulativeSum { path, format })), paths, around: Around::Sequence })
}

struct CumulativeSum {
    path: BucketsPath,
    format: ValueFormat,
}

impl ParentPipeline for CumulativeSum {
    fn change(&self, label: &Label, buckets: &mut BucketAnswers<'_>, _: &mut Answering) -> Result<(), Error> {
        let mut sum = 0.0;
        for bucket in &mut buckets.buckets {
            let value = self.path.value(bucket, GapPolicy::InsertZeros)?;
            sum += value.filter(|value| value.is_finite()).unwrap_or(0.0);
            bucket.inner.push(label.named(SIMPLE_VALUE, simple_value(sum, &self.format)));
        }
        Ok(())
    }
}
