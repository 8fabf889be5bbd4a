//! The values by which buckets can be ordered.

use super::partial::Partial;

/// A value of a result, by which buckets can be ordered.
pub(super) struct Metric(Box<dyn Fn(&Partial) -> f64 + Send + Sync>);

impl Metric {
    pub(super) fn new(read: impl Fn(&Partial) -> f64 + Send + Sync + 'static) -> Self {
        Metric(Box::new(read))
    }

    /// Not a number where there is none.
    pub(super) fn of(&self, partial: &Partial) -> f64 {
        (self.0)(partial)
    }
}

/// Why a path of an `order` leads to no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum MetricError {
    #[error("no aggregation [{0}] inside of it")]
    Unknown(String),
    #[error("the aggregation has several values: name one of them, as in [stats.avg]")]
    Ambiguous,
    #[error("the aggregation has no value [{0}]")]
    NoSuchValue(String),
    #[error(
        "an aggregation with buckets has no single value: the path may lead through [filter], [missing] and [global], \
         and must end at one of them or at a figure"
    )]
    Buckets,
}

/// The metric of an aggregation that has one value.
pub(super) fn single(
    path: &[&str],
    read: impl Fn(&Partial) -> f64 + Send + Sync + 'static,
) -> Result<Metric, MetricError> {
    match path {
        [] | ["value"] => Ok(Metric::new(read)),
        [other, ..] => Err(MetricError::NoSuchValue((*other).to_owned())),
    }
}
