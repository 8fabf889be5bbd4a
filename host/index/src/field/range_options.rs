//! The options of ranges in queries.

use crate::{DateFormat, TimeZone};

/// What a bound depends on in addition to its operator and value.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RangeOptions {
    /// The meaning of `now`: milliseconds since 1970-01-01T00:00Z.
    pub now_millis: i64,
    /// `format` of the query, instead of the field's.
    pub format: Option<DateFormat>,
    /// `time_zone` of the query, for dates without one.
    pub time_zone: TimeZone,
}
