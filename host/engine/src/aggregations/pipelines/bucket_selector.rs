//! `bucket_selector`: keeps the buckets for which a script is true.

use std::sync::Arc;

use super::super::answer::BucketAnswers;
use super::super::answering::Answering;
use super::bucket_variables::BucketVariables;
use super::gap_policy::GapPolicy;
use super::options::take_gap_policy;
use super::parsed::{Around, Parsed};
use super::pipeline::{Body, Label, ParentPipeline};
use super::script::PipelineScript;
use crate::Error;
use crate::json::{Node, ParseError};

const WHAT: &str = "[bucket_selector] aggregation";

pub(super) fn parse(node: &Node<'_>) -> Result<Parsed, ParseError> {
    let mut fields = node.fields()?;
    let variables = BucketVariables::parse(&fields.required("buckets_path", WHAT)?)?;
    let script = PipelineScript::parse(&fields.required("script", WHAT)?)?;
    let gaps = take_gap_policy(&mut fields)?;
    fields.finish(WHAT)?;
    let paths = variables.paths();
    Ok(Parsed {
        body: Body::Parent(Arc::new(BucketSelector { variables, script, gaps })),
        paths,
        around: Around::Buckets,
    })
}

struct BucketSelector {
    variables: BucketVariables,
    script: PipelineScript,
    gaps: GapPolicy,
}

impl ParentPipeline for BucketSelector {
    fn stored_script(&self) -> Option<&str> {
        self.script.stored()
    }

    fn change(&self, _: &Label, buckets: &mut BucketAnswers<'_>, answering: &mut Answering) -> Result<(), Error> {
        let mut kept = Vec::with_capacity(buckets.buckets.len());
        for bucket in buckets.buckets.drain(..) {
            let (params, _) = self.variables.params(&bucket, self.gaps, &self.script.params)?;
            if self.script.with(&params, answering).condition(&answering.scripts).map_err(Error::Function)? {
                kept.push(bucket);
            }
        }
        buckets.buckets = kept;
        Ok(())
    }
}
