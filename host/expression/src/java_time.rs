//! The values of `java.time` that scripts work with, in addition to the dates of documents.

mod between;
mod methods;
mod parse;
mod shown;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Zoned};

use crate::failure::Failure;

pub(crate) use between::between;
pub(crate) use methods::{from_nanos, is_method, method, zoned_method};
pub(crate) use parse::{date, duration, instant, zone, zoned};

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

/// A moment in a time zone.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ZonedDateTime {
    pub(crate) at: Timestamp,
    pub(crate) zone: TimeZone,
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

impl ZonedDateTime {
    /// A date of a document. An error if it is outside of the years that can be computed with.
    pub(crate) fn from_millis(millis: i64) -> Result<Self, Failure> {
        Ok(ZonedDateTime { at: timestamp(millis)?, zone: TimeZone::UTC })
    }

    fn in_zone(&self) -> Zoned {
        self.at.to_zoned(self.zone.clone())
    }
}

impl From<Zoned> for ZonedDateTime {
    fn from(zoned: Zoned) -> Self {
        ZonedDateTime { at: zoned.timestamp(), zone: zoned.time_zone().clone() }
    }
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChronoUnit {
    Nanos,
    Micros,
    Millis,
    Seconds,
    Minutes,
    Hours,
    HalfDays,
    Days,
    Weeks,
    Months,
    Years,
    Decades,
    Centuries,
    Millennia,
}

const UNITS: &[(&str, ChronoUnit)] = &[
    ("NANOS", ChronoUnit::Nanos),
    ("MICROS", ChronoUnit::Micros),
    ("MILLIS", ChronoUnit::Millis),
    ("SECONDS", ChronoUnit::Seconds),
    ("MINUTES", ChronoUnit::Minutes),
    ("HOURS", ChronoUnit::Hours),
    ("HALF_DAYS", ChronoUnit::HalfDays),
    ("DAYS", ChronoUnit::Days),
    ("WEEKS", ChronoUnit::Weeks),
    ("MONTHS", ChronoUnit::Months),
    ("YEARS", ChronoUnit::Years),
    ("DECADES", ChronoUnit::Decades),
    ("CENTURIES", ChronoUnit::Centuries),
    ("MILLENNIA", ChronoUnit::Millennia),
];

const DAYS_OF_WEEK: [&str; 7] = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];

const MONTHS: [&str; 12] = [
    "JANUARY",
    "FEBRUARY",
    "MARCH",
    "APRIL",
    "MAY",
    "JUNE",
    "JULY",
    "AUGUST",
    "SEPTEMBER",
    "OCTOBER",
    "NOVEMBER",
    "DECEMBER",
];

const NANOS_PER_SECOND: i128 = 1_000_000_000;

impl ChronoUnit {
    fn name(self) -> &'static str {
        UNITS.iter().find(|(_, unit)| *unit == self).map_or("", |(name, _)| name)
    }

    /// Its length in nanoseconds, if it is always the same.
    fn nanos(self) -> Option<i128> {
        Some(match self {
            ChronoUnit::Nanos => 1,
            ChronoUnit::Micros => 1_000,
            ChronoUnit::Millis => 1_000_000,
            ChronoUnit::Seconds => NANOS_PER_SECOND,
            ChronoUnit::Minutes => 60 * NANOS_PER_SECOND,
            ChronoUnit::Hours => 3_600 * NANOS_PER_SECOND,
            ChronoUnit::HalfDays => 43_200 * NANOS_PER_SECOND,
            _ => return None,
        })
    }

    /// Its length in months, if it is made of them.
    fn months(self) -> Option<i64> {
        Some(match self {
            ChronoUnit::Months => 1,
            ChronoUnit::Years => 12,
            ChronoUnit::Decades => 120,
            ChronoUnit::Centuries => 1_200,
            ChronoUnit::Millennia => 12_000,
            _ => return None,
        })
    }

    /// Its length in days, if it is made of them.
    fn days(self) -> Option<i64> {
        match self {
            ChronoUnit::Days => Some(1),
            ChronoUnit::Weeks => Some(7),
            _ => None,
        }
    }
}

/// A constant of a class, such as `ChronoUnit.DAYS`.
pub(crate) fn constant(class: &str, name: &str) -> Option<Time> {
    let position = |names: &[&str]| names.iter().position(|other| *other == name).map(|position| position as i8 + 1);
    Some(match (class, name) {
        ("ChronoUnit", _) => Time::Unit(UNITS.iter().find(|(other, _)| *other == name)?.1),
        ("DayOfWeek", _) => Time::DayOfWeek(position(&DAYS_OF_WEEK)?),
        ("Month", _) => Time::Month(position(&MONTHS)?),
        ("ZoneOffset", "UTC") => Time::Zone(TimeZone::UTC),
        ("Duration", "ZERO") => Time::Duration(SignedDuration::ZERO),
        ("Instant", "EPOCH") => Time::Instant(Timestamp::UNIX_EPOCH),
        _ => return None,
    })
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

/// The failure of a date that would be outside of the years that can be computed with.
fn out_of_range() -> Failure {
    Failure::new(
        "date_time_exception",
        "the date is outside of the years from -9999 to 9999, with which scripts can compute",
    )
}
