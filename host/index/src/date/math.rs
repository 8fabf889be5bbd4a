//! Date math: `now-7d/d`, `2024-01-01||+1M/d`.

use jiff::Span;
use jiff::civil::{DateTime, Weekday};

use super::date_error::DateError;
use super::format::DateFormat;
use super::parts::{FIRST_MILLIS, LAST_MILLIS, Reader, civil, millis};
use super::rounding::Rounding;

/// Milliseconds since the epoch of a date with or without math.
///
/// `now` is `now_millis`. Any other date is in `format` and is separated from the math by `||`. Math is any number of `+2d`, `-h`,
/// and `/M`, which rounds to the first or last millisecond of the unit. Units are `y`, `M`, `w` (from Monday),
/// `d`, `h` or `H`, `m`, `s`. Rounding and dates without a time zone are in the zone `offset_seconds` east of UTC.
///
/// # Errors
/// All kinds but [`DateError::UnknownFormat`].
pub(crate) fn evaluate(
    text: &str,
    format: &DateFormat,
    now_millis: i64,
    rounding: Rounding,
    offset_seconds: i32,
) -> Result<i64, DateError> {
    let (anchor, math) = if let Some(math) = text.strip_prefix("now") {
        (now_millis, math)
    } else if let Some((date, math)) = text.split_once("||") {
        // With math, only the math rounds, not the date.
        (format.millis(date, Rounding::Down, offset_seconds)?, math)
    } else {
        return format.millis(text, rounding, offset_seconds);
    };
    let offset_millis = i64::from(offset_seconds) * 1000;
    let out_of_range = || DateError::OutOfRange(text.to_owned());
    let mut date = anchor.checked_add(offset_millis).and_then(civil).ok_or_else(out_of_range)?;

    let invalid = || DateError::InvalidMath(text.to_owned());
    let mut reader = Reader { rest: math };
    while let Some(step) = next_step(&mut reader).map_err(|()| invalid())? {
        date = match step {
            Step::Round(unit) => unit.round(date, rounding),
            Step::Add(count, unit) => unit.add(date, count),
        }
        .ok_or_else(out_of_range)?;
    }
    let moment = millis(date) - offset_millis;
    if (FIRST_MILLIS..=LAST_MILLIS).contains(&moment) { Ok(moment) } else { Err(out_of_range()) }
}

/// One step of date math.
pub(super) enum Step {
    Add(i64, Unit),
    Round(Unit),
}

/// Reads the next step; `None` at the end.
pub(super) fn next_step(reader: &mut Reader<'_>) -> Result<Option<Step>, ()> {
    let Some(operator) = reader.rest.chars().next() else { return Ok(None) };
    if !reader.take(operator) || !matches!(operator, '+' | '-' | '/') {
        return Err(());
    }
    let count = reader.number(1, 9).map(i64::from);
    let unit = reader.rest.chars().next().and_then(Unit::from_letter).ok_or(())?;
    reader.rest = &reader.rest[1..];
    match (operator, count) {
        ('/', None | Some(1)) => Ok(Some(Step::Round(unit))),
        ('/', Some(_)) => Err(()),
        ('-', count) => Ok(Some(Step::Add(-count.unwrap_or(1), unit))),
        (_, count) => Ok(Some(Step::Add(count.unwrap_or(1), unit))),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
}

impl Unit {
    fn from_letter(letter: char) -> Option<Self> {
        Some(match letter {
            'y' => Unit::Year,
            'M' => Unit::Month,
            'w' => Unit::Week,
            'd' => Unit::Day,
            'h' | 'H' => Unit::Hour,
            'm' => Unit::Minute,
            's' => Unit::Second,
            _ => return None,
        })
    }

    /// A span of `count` units.
    pub(super) fn span(self, count: i64) -> Option<Span> {
        let span = Span::new();
        let span = match self {
            Unit::Year => span.try_years(count),
            Unit::Month => span.try_months(count),
            Unit::Week => span.try_weeks(count),
            Unit::Day => span.try_days(count),
            Unit::Hour => span.try_hours(count),
            Unit::Minute => span.try_minutes(count),
            Unit::Second => span.try_seconds(count),
        };
        span.ok()
    }

    /// Adds `count` units. A day that the resulting month does not have becomes its last day.
    fn add(self, date: DateTime, count: i64) -> Option<DateTime> {
        date.checked_add(self.span(count)?).ok()
    }

    /// The first moment of the unit that contains the date.
    pub(super) fn start(self, date: DateTime) -> Option<DateTime> {
        let day = date.date();
        Some(match self {
            Unit::Year => day.first_of_year().to_datetime(jiff::civil::Time::midnight()),
            Unit::Month => day.first_of_month().to_datetime(jiff::civil::Time::midnight()),
            Unit::Week => {
                let since_monday = i64::from(day.weekday().since(Weekday::Monday));
                day.to_datetime(jiff::civil::Time::midnight()).checked_sub(Span::new().days(since_monday)).ok()?
            }
            Unit::Day => day.at(0, 0, 0, 0),
            Unit::Hour => day.at(date.hour(), 0, 0, 0),
            Unit::Minute => day.at(date.hour(), date.minute(), 0, 0),
            Unit::Second => day.at(date.hour(), date.minute(), date.second(), 0),
        })
    }

    /// The first or last millisecond of the unit that contains the date.
    fn round(self, date: DateTime, rounding: Rounding) -> Option<DateTime> {
        let start = self.start(date)?;
        match rounding {
            Rounding::Down => Some(start),
            Rounding::Up => self.add(start, 1)?.checked_sub(Span::new().milliseconds(1)).ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2024-05-17T12:34:56.789Z, a Friday.
    const NOW: i64 = 1_715_949_296_789;

    fn down(text: &str) -> String {
        evaluated(text, Rounding::Down, 0)
    }

    fn up(text: &str) -> String {
        evaluated(text, Rounding::Up, 0)
    }

    fn evaluated(text: &str, rounding: Rounding, offset_seconds: i32) -> String {
        let format = DateFormat::default();
        match evaluate(text, &format, NOW, rounding, offset_seconds) {
            Ok(millis) => format.format(millis),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn now_is_the_given_moment() {
        assert_eq!(down("now"), "2024-05-17T12:34:56.789Z");
        assert_eq!(up("now"), "2024-05-17T12:34:56.789Z");
    }

    #[test]
    fn units_are_calendar_units() {
        assert_eq!(down("now-7d"), "2024-05-10T12:34:56.789Z");
        assert_eq!(down("now+1y-2M+3w-4h+5m-6s"), "2025-04-07T08:39:50.789Z");
        assert_eq!(down("now-d"), "2024-05-16T12:34:56.789Z");
        assert_eq!(down("2024-01-31||+1M"), "2024-02-29T00:00:00.000Z");
        assert_eq!(down("2024-02-29||+1y"), "2025-02-28T00:00:00.000Z");
    }

    #[test]
    fn rounding_goes_to_the_first_or_last_millisecond() {
        for (text, first, last) in [
            ("now/y", "2024-01-01T00:00:00.000Z", "2024-12-31T23:59:59.999Z"),
            ("now/M", "2024-05-01T00:00:00.000Z", "2024-05-31T23:59:59.999Z"),
            ("now/w", "2024-05-13T00:00:00.000Z", "2024-05-19T23:59:59.999Z"),
            ("now/d", "2024-05-17T00:00:00.000Z", "2024-05-17T23:59:59.999Z"),
            ("now/H", "2024-05-17T12:00:00.000Z", "2024-05-17T12:59:59.999Z"),
            ("now/1m", "2024-05-17T12:34:00.000Z", "2024-05-17T12:34:59.999Z"),
            ("now/s", "2024-05-17T12:34:56.000Z", "2024-05-17T12:34:56.999Z"),
            ("2024-01-01||+1M/d", "2024-02-01T00:00:00.000Z", "2024-02-01T23:59:59.999Z"),
            ("2024-01-01", "2024-01-01T00:00:00.000Z", "2024-01-01T23:59:59.999Z"),
            ("2024-01-01||", "2024-01-01T00:00:00.000Z", "2024-01-01T00:00:00.000Z"),
        ] {
            assert_eq!((down(text).as_str(), up(text).as_str()), (first, last), "{text}");
        }
    }

    #[test]
    fn days_are_days_of_the_time_zone() {
        assert_eq!(evaluated("now/d", Rounding::Down, 7200), "2024-05-16T22:00:00.000Z");
        assert_eq!(evaluated("2024-05-17", Rounding::Down, 7200), "2024-05-16T22:00:00.000Z");
        assert_eq!(evaluated("2024-05-17T00:00Z", Rounding::Down, 7200), "2024-05-17T00:00:00.000Z");
    }

    #[test]
    fn mistakes_are_reported() {
        for text in ["now+", "now+1", "now+1x", "now*2d", "now/2d", "now/", "now d", "now+1234567890d", "now+1ü"] {
            assert!(down(text).contains("is not valid date math"), "{text}: {}", down(text));
        }
        insta::assert_snapshot!(down("now+1x"), @r#""now+1x" is not valid date math; examples are "now-7d/d" and "2024-01-01||+1M/d""#);
        insta::assert_snapshot!(down("now+9999y"), @r#"date "now+9999y" is not within the years -9999 to 9999"#);
        insta::assert_snapshot!(down("nowhere||+1d"), @r#""nowhere||+1d" is not valid date math; examples are "now-7d/d" and "2024-01-01||+1M/d""#);
    }
}
