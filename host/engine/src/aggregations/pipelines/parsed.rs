//! A pipeline whose body is parsed, and the mistakes in it.

use super::buckets_path::BucketsPath;
use super::pipeline::Body;
use crate::json::{ErrorKind, Node, ParseError};

/// A pipeline whose body is parsed.
pub(in super::super) struct Parsed {
    pub(super) body: Body,
    pub(super) paths: Vec<BucketsPath>,
    pub(super) around: Around,
}

/// What must be around a pipeline, or next to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    /// Next to it: an aggregation with buckets, to which its path leads.
    BucketsBeside,
    /// Around it: an aggregation with several buckets.
    Buckets,
    /// Around it: a histogram without gaps.
    Sequence,
}

/// The mistake that a pipeline cannot stand where it does, or reads what is not there.
pub(super) fn invalid(node: &Node<'_>, reason: impl Into<String>) -> ParseError {
    node.mistake(ErrorKind::Validation, reason)
}

/// A mistake as clients expect it in pipelines that are parsed as a whole.
pub(super) fn of_object(error: ParseError) -> ParseError {
    match (error.outer_kind, error.kind) {
        (Some(_), _) | (None, ErrorKind::Validation | ErrorKind::Aggregation) => error,
        (None, ErrorKind::Parsing) => error.of_kind(ErrorKind::Object),
        (None, _) => error.inside(ErrorKind::Object),
    }
}
