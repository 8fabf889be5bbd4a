//! Every type of pipeline, by its key in a request.

use super::buckets_path::BucketsPath;
use super::pipeline::Body;
use super::{
    bucket_script, bucket_selector, bucket_sort, cumulative_sum, derivative, moving_avg, moving_fn, percentiles_bucket,
    serial_diff, simple_value, stats_bucket,
};
use crate::json::{ErrorKind, Node, ParseError};

/// A pipeline whose body is parsed.
pub(in super::super) struct Parsed {
    pub(super) body: Body,
    pub(super) paths: Vec<BucketsPath>,
    pub(super) around: Around,
}

/// What must be around a pipeline, or beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    /// Beside it: an aggregation with buckets, to which its path leads.
    BucketsBeside,
    /// Around it: an aggregation with several buckets.
    Buckets,
    /// Around it: a histogram without gaps.
    Sequence,
}

type Parse = fn(&Node<'_>) -> Result<Parsed, ParseError>;

/// Sorted by name.
const TYPES: &[(&str, Parse)] = &[
    ("avg_bucket", simple_value::parse_avg),
    ("bucket_script", bucket_script::parse),
    ("bucket_selector", bucket_selector::parse),
    ("bucket_sort", bucket_sort::parse),
    ("cumulative_sum", cumulative_sum::parse),
    ("derivative", derivative::parse),
    ("extended_stats_bucket", stats_bucket::parse_extended),
    ("max_bucket", simple_value::parse_max),
    ("min_bucket", simple_value::parse_min),
    ("moving_avg", moving_avg::parse),
    ("moving_fn", moving_fn::parse),
    ("percentiles_bucket", percentiles_bucket::parse),
    ("serial_diff", serial_diff::parse),
    ("stats_bucket", stats_bucket::parse),
    ("sum_bucket", simple_value::parse_sum),
];

/// The parser of a type of pipeline; `None` if there is none of this name.
pub(in super::super) fn find(name: &str) -> Option<Parse> {
    let index = TYPES.binary_search_by_key(&name, |(key, _)| key).ok()?;
    Some(TYPES[index].1)
}

/// The mistake that a pipeline cannot stand where it does, or reads what is not there.
pub(super) fn invalid(node: &Node<'_>, reason: impl Into<String>) -> ParseError {
    node.mistake(ErrorKind::Validation, reason)
}

/// A mistake as clients know it in pipelines that are parsed as a whole.
pub(super) fn of_object(error: ParseError) -> ParseError {
    match (error.outer_kind, error.kind) {
        (Some(_), _) | (None, ErrorKind::Validation | ErrorKind::Aggregation) => error,
        (None, ErrorKind::Parsing) => error.of_kind(ErrorKind::Object),
        (None, _) => error.inside(ErrorKind::Object),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_sorted_for_the_search() {
        assert!(TYPES.is_sorted_by_key(|(name, _)| name));
    }
}
