//! The values of `java.time` that scripts work with.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};

use super::chrono_unit::{ChronoUnit, NANOS_PER_SECOND};
use super::moment::Moment;
use super::zone::Zone;
use crate::failure::Failure;

/// A value of `java.time`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Time {
    Instant(Moment),
    Zoned(ZonedDateTime),
    Duration(SignedDuration),
    LocalDate(Date),
    Zone(Zone),
    Unit(ChronoUnit),
    /// From Monday, which is 1.
    DayOfWeek(i8),
    Month(i8),
}

impl Time {
    /// The milliseconds of a moment since the Unix epoch; `None` for other values.
    pub(crate) fn epoch_millis(&self) -> Option<i64> {
        match self {
            Time::Instant(at) => Some(at.millis()),
            Time::Zoned(zoned) => Some(zoned.at.millis()),
            _ => None,
        }
    }
}

/// A moment in a time zone.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ZonedDateTime {
    pub(crate) at: Moment,
    pub(crate) zone: Zone,
    /// The time in the zone.
    pub(crate) local: DateTime,
}

impl ZonedDateTime {
    /// A date of a document. An error if it is outside of the years that can be computed with.
    pub(crate) fn from_millis(millis: i64) -> Result<Self, Failure> {
        Self::new(Moment::from_millis(millis)?, Zone::UTC)
    }

    /// An error if its local time is outside of these years.
    pub(crate) fn new(at: Moment, zone: Zone) -> Result<Self, Failure> {
        let local = at.in_zone(&zone)?;
        Ok(ZonedDateTime { at, zone, local })
    }

    /// The moment of a local time.
    pub(crate) fn from_local(local: DateTime, zone: Zone) -> Result<Self, Failure> {
        Self::new(Moment::from_local(local, &zone)?, zone)
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

/// A duration of this many nanoseconds.
pub(crate) fn from_nanos(nanos: i128) -> Result<SignedDuration, Failure> {
    let seconds =
        i64::try_from(nanos / NANOS_PER_SECOND).map_err(|_| Failure::new("arithmetic_exception", "long overflow"))?;
    Ok(SignedDuration::new(seconds, (nanos % NANOS_PER_SECOND) as i32))
}
