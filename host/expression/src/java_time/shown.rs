//! The values of `java.time` as Java writes them.

use std::fmt;

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time as ClockTime};
use jiff::tz::Offset;

use super::moment::Moment;
use super::time::Time;
use super::{DAYS_OF_WEEK, MONTHS};

impl fmt::Display for Time {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Time::Instant(at) => {
                let time = at.in_utc();
                write!(formatter, "{}T{}", day(time.date()), clock(time.time(), Seconds::Always))?;
                formatter.write_str("Z")
            }
            Time::Zoned(zoned) => {
                let local = zoned.local;
                write!(formatter, "{}T{}", day(local.date()), clock(local.time(), Seconds::UnlessZero))?;
                write!(formatter, "{}", offset(zoned.at.offset_in(&zoned.zone)))?;
                match &zoned.zone.region {
                    Some(region) => write!(formatter, "[{region}]"),
                    None => Ok(()),
                }
            }
            Time::Duration(duration) => formatter.write_str(&shown_duration(*duration)),
            Time::LocalDate(date) => formatter.write_str(&day(*date)),
            Time::Zone(zone) => match &zone.region {
                Some(region) => formatter.write_str(region),
                None => formatter.write_str(&offset(Moment::EPOCH.offset_in(zone))),
            },
            Time::Unit(unit) => {
                let name = unit.name();
                let words = name.split('_').map(|word| format!("{}{}", &word[..1], word[1..].to_lowercase()));
                formatter.write_str(&words.collect::<String>())
            }
            Time::DayOfWeek(day) => formatter.write_str(DAYS_OF_WEEK[*day as usize - 1]),
            Time::Month(month) => formatter.write_str(MONTHS[*month as usize - 1]),
        }
    }
}

impl Time {
    /// The text that stands for it in JSON: that of moments has milliseconds, unlike the one of `toString`.
    pub(crate) fn in_json(&self) -> String {
        match self {
            Time::Instant(at) => moment(at.in_utc(), Offset::UTC),
            Time::Zoned(zoned) => moment(zoned.local, zoned.at.offset_in(&zoned.zone)),
            other => other.to_string(),
        }
    }
}

/// `2024-02-29T13:14:15.000+01:00`. The fraction of the second has 3 to 9 digits.
fn moment(local: DateTime, from_utc: Offset) -> String {
    let nanos = format!("{:09}", local.subsec_nanosecond());
    let fraction = nanos.trim_end_matches('0');
    let (day, hour, minute, second) = (day(local.date()), local.hour(), local.minute(), local.second());
    format!("{day}T{hour:02}:{minute:02}:{second:02}.{fraction:0<3}{}", offset(from_utc))
}

/// `2024-02-29`, `-0044-03-15`
fn day(date: Date) -> String {
    let (year, sign) = (date.year(), if date.year() < 0 { "-" } else { "" });
    format!("{sign}{:04}-{:02}-{:02}", year.unsigned_abs(), date.month(), date.day())
}

/// Whether seconds are written if they are 0.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seconds {
    Always,
    UnlessZero,
}

/// The time of a day. The fraction of the second has 3, 6 or 9 digits.
fn clock(time: ClockTime, seconds: Seconds) -> String {
    let nanos = time.subsec_nanosecond();
    let minutes = format!("{:02}:{:02}", time.hour(), time.minute());
    let fraction = match nanos {
        0 if time.second() == 0 && seconds == Seconds::UnlessZero => return minutes,
        0 => String::new(),
        _ if nanos % 1_000_000 == 0 => format!(".{:03}", nanos / 1_000_000),
        _ if nanos % 1_000 == 0 => format!(".{:06}", nanos / 1_000),
        _ => format!(".{nanos:09}"),
    };
    format!("{minutes}:{:02}{fraction}", time.second())
}

/// `Z`, `+01:00`, `-05:30:15`
fn offset(of: Offset) -> String {
    let seconds = of.seconds();
    if seconds == 0 {
        return "Z".to_owned();
    }
    let sign = if seconds < 0 { '-' } else { '+' };
    let seconds = seconds.abs();
    let minutes = format!("{sign}{:02}:{:02}", seconds / 3_600, seconds / 60 % 60);
    if seconds % 60 == 0 { minutes } else { format!("{minutes}:{:02}", seconds % 60) }
}

/// `PT25H1M1.001S`
fn shown_duration(duration: SignedDuration) -> String {
    if duration.is_zero() {
        return "PT0S".to_owned();
    }
    let total = duration.as_nanos();
    let (seconds, nanos) = (total / 1_000_000_000, total % 1_000_000_000);
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let mut shown = "PT".to_owned();
    if hours != 0 {
        shown.push_str(&format!("{hours}H"));
    }
    if minutes != 0 {
        shown.push_str(&format!("{minutes}M"));
    }
    if seconds != 0 || nanos != 0 {
        if seconds == 0 && nanos < 0 {
            shown.push('-');
        }
        shown.push_str(&seconds.to_string());
        if nanos != 0 {
            let fraction = format!("{:09}", nanos.abs());
            shown.push('.');
            shown.push_str(fraction.trim_end_matches('0'));
        }
        shown.push('S');
    }
    shown
}
