//! The values of `java.time` that scripts work with.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

use super::chrono_unit::{ChronoUnit, NANOS_PER_SECOND};
use crate::failure::Failure;

/// A value of `java.time`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Time {
    Instant(Timestamp),
    Zoned(ZonedDateTime),
    Duration(SignedDuration),
    LocalDate(Date),
    Zone(TimeZone),
    Unit(ChronoUnit),
    /// From Monday, which is 1.
    DayOfWeek(i8),
    Month(i8),
}

impl Time {
    /// The milliseconds of a moment since the Unix epoch; `None` for other values.
    pub(crate) fn epoch_millis(&self) -> Option<i64> {
        let at = match self {
            Time::Instant(at) => at,
            Time::Zoned(zoned) => &zoned.at,
            _ => return None,
        };
        i64::try_from(at.as_nanosecond().div_euclid(1_000_000)).ok()
    }
}

/// A moment in a time zone.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ZonedDateTime {
    pub(crate) at: Timestamp,
    pub(crate) zone: TimeZone,
}

impl ZonedDateTime {
    /// A date of a document. An error if it is outside of the years that can be computed with.
    pub(crate) fn from_millis(millis: i64) -> Result<Self, Failure> {
        Ok(ZonedDateTime { at: timestamp(millis)?, zone: TimeZone::UTC })
    }

    pub(crate) fn in_zone(&self) -> Zoned {
        self.at.to_zoned(self.zone.clone())
    }
}

impl From<Zoned> for ZonedDateTime {
    fn from(zoned: Zoned) -> Self {
        ZonedDateTime { at: zoned.timestamp(), zone: zoned.time_zone().clone() }
    }
}

impl Time {
    /// The name of its class.
    pub(crate) fn class(&self) -> &'static str {
        match self {
            Time::Instant(_) => "java.time.Instant",
            Time::Zoned(_) => "java.time.ZonedDateTime",
            Time::Duration(_) => "java.time.Duration",
            Time::LocalDate(_) => "java.time.LocalDate",
            Time::Zone(_) => "java.time.ZoneId",
            Time::Unit(_) => "java.time.temporal.ChronoUnit",
            Time::DayOfWeek(_) => "java.time.DayOfWeek",
            Time::Month(_) => "java.time.Month",
        }
    }
}

/// A moment from milliseconds.
pub(crate) fn timestamp(millis: i64) -> Result<Timestamp, Failure> {
    Timestamp::from_millisecond(millis).map_err(|_| out_of_range())
}

/// A duration of this many nanoseconds.
pub(crate) fn from_nanos(nanos: i128) -> Result<SignedDuration, Failure> {
    let seconds =
        i64::try_from(nanos / NANOS_PER_SECOND).map_err(|_| Failure::new("arithmetic_exception", "long overflow"))?;
    Ok(SignedDuration::new(seconds, (nanos % NANOS_PER_SECOND) as i32))
}

/// The failure of a date that would be outside of the years that can be computed with.
pub(crate) fn out_of_range() -> Failure {
    Failure::new(
        "date_time_exception",
        "the date is outside of the years from -9999 to 9999, with which scripts can compute",
    )
}
