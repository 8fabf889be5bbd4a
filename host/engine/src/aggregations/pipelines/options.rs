//! The options that most pipelines have.

use super::super::decimal_format::DecimalFormat;
use super::super::value_format::ValueFormat;
use super::buckets_path::BucketsPath;
use super::gap_policy::{GAP_POLICY, GapPolicy};
use crate::json::{ErrorKind, Fields, Node, ParseError};

/// Which values a pipeline reads, and how its own are shown.
#[derive(Debug, Clone)]
pub(super) struct PipelineOptions {
    pub(super) path: BucketsPath,
    pub(super) gaps: GapPolicy,
    pub(super) format: ValueFormat,
}

impl PipelineOptions {
    /// Takes `buckets_path`, `gap_policy` and `format`. `what` names the pipeline for errors.
    pub(super) fn take(fields: &mut Fields<'_>, what: &str) -> Result<Self, ParseError> {
        let path = take_path(fields, what)?;
        Ok(PipelineOptions { path, gaps: take_gap_policy(fields)?, format: take_format(fields)? })
    }
}

/// The value of a key that must be there. Clients expect this mistake as one of the whole pipeline.
pub(super) fn required<'a>(fields: &mut Fields<'a>, key: &'static str, what: &str) -> Result<Node<'a>, ParseError> {
    let found = fields.required_or(ErrorKind::Argument, key, what);
    found.map_err(|error| error.inside(ErrorKind::Argument))
}

/// Takes `buckets_path` with one path.
pub(super) fn take_path(fields: &mut Fields<'_>, what: &str) -> Result<BucketsPath, ParseError> {
    let node = fields.required("buckets_path", what)?;
    let mut paths = node.items();
    match (paths.next(), paths.next()) {
        (Some(path), None) => BucketsPath::parse(&path),
        (None, _) => Err(node.mistake(ErrorKind::Validation, "[buckets_path] must not be empty")),
        (Some(_), Some(second)) => Err(second.mistake(ErrorKind::Validation, format!("{what} accepts only one path"))),
    }
}

pub(super) fn take_gap_policy(fields: &mut Fields<'_>) -> Result<GapPolicy, ParseError> {
    Ok(fields.optional("gap_policy", |node| GAP_POLICY.read(node))?.unwrap_or_default())
}

pub(super) fn take_format(fields: &mut Fields<'_>) -> Result<ValueFormat, ParseError> {
    let Some(node) = fields.take("format") else { return Ok(ValueFormat::Raw) };
    let text = node.text()?;
    DecimalFormat::parse(text).map(ValueFormat::Decimal).ok_or_else(|| {
        let reason = format!("[format] must be a pattern such as [0.00] or [#,##0.#], got [{text}]");
        node.mistake(ErrorKind::Argument, reason)
    })
}
