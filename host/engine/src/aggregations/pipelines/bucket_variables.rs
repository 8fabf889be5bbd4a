//! The variables of a script of buckets: values of a bucket, by name.

use serde_json::{Map, Number, Value as Json};

use super::super::answer::BucketAnswer;
use super::buckets_path::BucketsPath;
use super::gap_policy::GapPolicy;
use crate::Error;
use crate::json::{Node, ParseError};

/// Names with paths.
pub(super) struct BucketVariables(Vec<(String, BucketsPath)>);

impl BucketVariables {
    /// Parses `buckets_path`: an object; or one path, which is called `_value`; or a list of paths, called `_value0`, `_value1`,
    /// and so on.
    pub(super) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        if node.is_object() {
            let entries = node.fields()?;
            let parsed = entries.entries().map(|(name, path)| Ok((name.to_owned(), BucketsPath::parse(&path)?)));
            return Ok(BucketVariables(parsed.collect::<Result<_, ParseError>>()?));
        }
        let is_list = node.json().is_array();
        let named = node.items().enumerate().map(|(index, path)| {
            let name = if is_list { format!("_value{index}") } else { "_value".to_owned() };
            Ok((name, BucketsPath::parse(&path)?))
        });
        Ok(BucketVariables(named.collect::<Result<_, ParseError>>()?))
    }

    pub(super) fn paths(&self) -> Vec<BucketsPath> {
        self.0.iter().map(|(_, path)| path.clone()).collect()
    }

    /// The parameters of the script for a bucket, and whether all variables have values.
    pub(super) fn params(
        &self,
        bucket: &BucketAnswer<'_>,
        gaps: GapPolicy,
        constants: &Map<String, Json>,
    ) -> Result<(Map<String, Json>, Complete), Error> {
        let (mut params, mut complete) = (constants.clone(), Complete::Yes);
        for (name, path) in &self.0 {
            let value = path.value(bucket, gaps)?.filter(|value| !value.is_nan());
            if value.is_none() {
                complete = Complete::No;
            }
            params.insert(name.clone(), value.and_then(Number::from_f64).map_or(Json::Null, Json::Number));
        }
        Ok((params, complete))
    }
}

/// Whether a bucket has all values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Complete {
    Yes,
    No,
}
