//! Why an aggregation does not fit the index.

use crate::Error;
use crate::json::ErrorKind;

/// A field of a type that it cannot be computed of, or options that do not fit together.
pub(super) fn argument(reason: impl Into<String>) -> Error {
    Error::Shard { kind: ErrorKind::Argument, reason: reason.into() }
}

/// A value that is not a number.
pub(super) fn number_format(reason: impl Into<String>) -> Error {
    Error::Shard { kind: ErrorKind::NumberFormat, reason: reason.into() }
}

/// A value that is not a date.
pub(super) fn date(reason: impl Into<String>) -> Error {
    Error::Shard { kind: ErrorKind::Value, reason: reason.into() }
}

/// A path that leads to no value, or values that cannot be combined.
pub(super) fn execution(reason: impl Into<String>) -> Error {
    Error::Shard { kind: ErrorKind::Aggregation, reason: reason.into() }
}
