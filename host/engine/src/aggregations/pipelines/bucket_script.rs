//! `bucket_script`: a value that a script computes of the values of a bucket.

use std::sync::Arc;

use super::super::answer::BucketAnswers;
use super::super::answering::Answering;
use super::super::value_format::ValueFormat;
use super::bucket_variables::{BucketVariables, Complete};
use super::figures::{SIMPLE_VALUE, simple_value};
use super::gap_policy::GapPolicy;
use super::options::{required, take_format, take_gap_policy};
use super::parsed::{Around, Parsed, of_object};
use super::pipeline::{Body, Label, ParentPipeline};
use super::script::PipelineScript;
use crate::Error;
use crate::json::{Node, ParseError};

const WHAT: &str = "[bucket_script] aggregation";

pub(super) fn parse(node: &Node<'_>) -> Result<Parsed, ParseError> {
    parse_options(node).map_err(of_object)
}

fn parse_options(node: &Node<'_>) -> Result<Parsed, ParseError> {
    let mut fields = node.fields()?;
    let variables = BucketVariables::parse(&required(&mut fields, "buckets_path", WHAT)?)?;
    let script = PipelineScript::parse(&required(&mut fields, "script", WHAT)?)?;
    let (gaps, format) = (take_gap_policy(&mut fields)?, take_format(&mut fields)?);
    fields.finish(WHAT)?;
    let paths = variables.paths();
    let body = Body::Parent(Arc::new(BucketScript { variables, script, gaps, format }));
    Ok(Parsed { body, paths, around: Around::Buckets })
}

struct BucketScript {
    variables: BucketVariables,
    script: PipelineScript,
    gaps: GapPolicy,
    format: ValueFormat,
}

impl ParentPipeline for BucketScript {
    fn stored_script(&self) -> Option<&str> {
        self.script.stored()
    }

    fn change(&self, label: &Label, buckets: &mut BucketAnswers<'_>, answering: &mut Answering) -> Result<(), Error> {
        for bucket in &mut buckets.buckets {
            let (params, complete) = self.variables.params(bucket, self.gaps, &self.script.params)?;
            if complete == Complete::No {
                continue;
            }
            let script = self.script.with(&params, answering);
            let value = script.number(&answering.scripts).map_err(Error::Function)?;
            if let Some(value) = value {
                bucket.inner.push(label.named(SIMPLE_VALUE, simple_value(value, &self.format)));
            }
        }
        Ok(())
    }
}
