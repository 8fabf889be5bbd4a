//! The traits of a pipeline.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::super::answer::{Answer, BucketAnswers, Content, NamedAnswer};
use super::super::answering::Answering;
use crate::Error;

/// A pipeline that computes something of the buckets of an aggregation next to it.
pub(super) trait SiblingPipeline: Send + Sync {
    fn type_name(&self) -> &'static str;

    /// Its result. `level` are the results of the aggregations next to it.
    fn compute(&self, level: &[NamedAnswer<'_>]) -> Result<Answer<'static>, Error>;
}

/// A pipeline that changes the buckets of the aggregation around it.
pub(super) trait ParentPipeline: Send + Sync {
    /// The id of the stored script that it names.
    fn stored_script(&self) -> Option<&str> {
        None
    }

    fn change(&self, label: &Label, buckets: &mut BucketAnswers<'_>, answering: &mut Answering) -> Result<(), Error>;
}

/// The name of a pipeline, and its `meta`.
pub(in super::super) struct Label {
    pub(super) name: String,
    pub(super) meta: Option<Map<String, Json>>,
}

impl Label {
    pub(super) fn named<'a>(&self, type_name: &'static str, answer: Answer<'a>) -> NamedAnswer<'a> {
        NamedAnswer { name: self.name.clone(), type_name, meta: self.meta.clone(), answer }
    }
}

/// A pipeline with its name.
#[derive(Clone)]
pub(in super::super) struct Pipeline {
    pub(super) label: Arc<Label>,
    pub(super) body: Body,
}

#[derive(Clone)]
pub(super) enum Body {
    Sibling(Arc<dyn SiblingPipeline>),
    Parent(Arc<dyn ParentPipeline>),
}

impl Pipeline {
    pub(in super::super) fn name(&self) -> &str {
        &self.label.name
    }

    /// The id of the stored script that it names.
    pub(in super::super) fn stored_script(&self) -> Option<&str> {
        match &self.body {
            Body::Sibling(_) => None,
            Body::Parent(parent) => parent.stored_script(),
        }
    }

    /// Runs it as one of those that are declared inside an aggregation.
    pub(in super::super) fn run_inside(&self, around: &mut Answer<'_>, answering: &mut Answering) -> Result<(), Error> {
        match (&self.body, &mut around.content) {
            (_, Content::Figures(_) | Content::Hits(_)) => Ok(()),
            (Body::Sibling(_), Content::Bucket { inner, .. }) => self.run_at_level(inner),
            (Body::Sibling(_), Content::Buckets(buckets)) => {
                buckets.buckets.iter_mut().try_for_each(|bucket| self.run_at_level(&mut bucket.inner))
            }
            (Body::Parent(_), Content::Bucket { .. }) => Ok(()),
            (Body::Parent(parent), Content::Buckets(buckets)) => parent.change(&self.label, buckets, answering),
        }
    }

    /// Runs it on the results of one level.
    pub(in super::super) fn run_at_level(&self, level: &mut Vec<NamedAnswer<'_>>) -> Result<(), Error> {
        if let Body::Sibling(sibling) = &self.body {
            let answer = sibling.compute(level)?;
            level.push(self.label.named(sibling.type_name(), answer));
        }
        Ok(())
    }
}
