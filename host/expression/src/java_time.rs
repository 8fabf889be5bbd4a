//! The values of `java.time` that scripts work with, in addition to the dates of documents.

mod chrono_unit;
mod moment;
mod parse;
mod shown;
mod time;
mod zone;

use jiff::SignedDuration;

use chrono_unit::UNITS;

pub(crate) use chrono_unit::{ChronoUnit, NANOS_PER_SECOND};
pub(crate) use moment::{Moment, out_of_range};
pub(crate) use parse::{date, duration, instant, zone, zoned};
pub(crate) use time::{Time, ZonedDateTime, from_nanos};
pub(crate) use zone::Zone;

pub(crate) const DAYS_OF_WEEK: [&str; 7] =
    ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];

pub(crate) const MONTHS: [&str; 12] = [
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

/// A constant of a class, such as `ChronoUnit.DAYS`.
pub(crate) fn constant(class: &str, name: &str) -> Option<Time> {
    let position = |names: &[&str]| names.iter().position(|other| *other == name).map(|position| position as i8 + 1);
    Some(match (class, name) {
        ("ChronoUnit", _) => Time::Unit(UNITS.iter().find(|(other, _)| *other == name)?.1),
        ("DayOfWeek", _) => Time::DayOfWeek(position(&DAYS_OF_WEEK)?),
        ("Month", _) => Time::Month(position(&MONTHS)?),
        ("ZoneOffset", "UTC") => Time::Zone(Zone::UTC),
        ("Duration", "ZERO") => Time::Duration(SignedDuration::ZERO),
        ("Instant", "EPOCH") => Time::Instant(Moment::EPOCH),
        _ => return None,
    })
}
