//! Time zones: fixed offsets, and names of the IANA database, whose offsets depend on the date.

use jiff::civil::DateTime;
use jiff::{Timestamp, Zoned, tz};

use super::date_error::DateError;
use super::format::DateFormat;
use super::math::{self, Unit};
use super::parts::{self, FIRST_MILLIS, LAST_MILLIS, Reader};
use super::rounding::Rounding;

/// The time zone of dates that have none, and of date math.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeZone(Zone);

#[derive(Debug, Clone, PartialEq)]
enum Zone {
    /// Seconds east of UTC.
    Offset(i32),
    Named(tz::TimeZone),
}

impl Default for TimeZone {
    /// UTC.
    fn default() -> Self {
        TimeZone::offset(0)
    }
}

impl TimeZone {
    /// A fixed offset, in seconds east of UTC.
    pub fn offset(seconds: i32) -> Self {
        TimeZone(Zone::Offset(seconds))
    }

    /// Parses `Z`, `UTC`, `+01:00`, `-0730`, `+02`, `+2`, `GMT+2`, or a name such as `Europe/Berlin`, in exactly this case.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(seconds) = parts::parse_time_zone(text).or_else(|| parse_offset(text)) {
            return Some(TimeZone::offset(seconds));
        }
        let zone = tz::TimeZone::get(text).ok()?;
        (zone.iana_name() == Some(text)).then_some(TimeZone(Zone::Named(zone)))
    }

    /// Seconds east of UTC at a moment.
    pub fn offset_at(&self, millis: i64) -> i32 {
        match &self.0 {
            Zone::Offset(seconds) => *seconds,
            Zone::Named(zone) => {
                Timestamp::from_millisecond(millis).map_or(0, |moment| zone.to_offset(moment).seconds())
            }
        }
    }

    /// The same time zone as `jiff` knows it.
    pub fn rules(&self) -> tz::TimeZone {
        match &self.0 {
            Zone::Offset(seconds) => tz::Offset::from_seconds(*seconds).map_or(tz::TimeZone::UTC, tz::TimeZone::fixed),
            Zone::Named(zone) => zone.clone(),
        }
    }

    /// As [`math::evaluate`], in this time zone.
    pub(crate) fn evaluate(
        &self,
        text: &str,
        format: &DateFormat,
        now_millis: i64,
        rounding: Rounding,
    ) -> Result<i64, DateError> {
        match &self.0 {
            Zone::Offset(seconds) => math::evaluate(text, format, now_millis, rounding, *seconds),
            Zone::Named(zone) => evaluate(text, format, now_millis, rounding, zone),
        }
    }
}

/// `+2`, and offsets after `UTC`, `GMT` or `UT`.
fn parse_offset(text: &str) -> Option<i32> {
    let names = ["UTC", "GMT", "UT"];
    let offset = names.iter().find_map(|name| text.strip_prefix(name)).unwrap_or(text);
    match offset.as_bytes() {
        [] => Some(0),
        [b'+' | b'-', b'0'..=b'9'] => {
            let hours: i32 = offset.parse().ok()?;
            Some(hours * 3600)
        }
        [b'+' | b'-', ..] => parts::parse_time_zone(offset),
        _ => None,
    }
    .filter(|_| !text.is_empty())
}

fn evaluate(
    text: &str,
    format: &DateFormat,
    now_millis: i64,
    rounding: Rounding,
    zone: &tz::TimeZone,
) -> Result<i64, DateError> {
    let out_of_range = || DateError::OutOfRange(text.to_owned());
    let (anchor, math) = if let Some(math) = text.strip_prefix("now") {
        (now_millis, math)
    } else if let Some((date, math)) = text.split_once("||") {
        // With math, only the math rounds, not the date.
        (moment(date, format, Rounding::Down, zone)?.ok_or_else(out_of_range)?, math)
    } else {
        return moment(text, format, rounding, zone)?.ok_or_else(out_of_range);
    };
    let anchor = Timestamp::from_millisecond(anchor).map_err(|_| out_of_range())?;
    let mut date = anchor.to_zoned(zone.clone());
    let invalid = || DateError::InvalidMath(text.to_owned());
    let mut reader = Reader { rest: math };
    while let Some(step) = math::next_step(&mut reader).map_err(|()| invalid())? {
        let next = match step {
            math::Step::Add(count, unit) => date.checked_add(unit.span(count).ok_or_else(out_of_range)?).ok(),
            math::Step::Round(unit) => round(&date, unit, rounding),
        };
        date = next.ok_or_else(out_of_range)?;
    }
    let moment = date.timestamp().as_millisecond();
    if (FIRST_MILLIS..=LAST_MILLIS).contains(&moment) { Ok(moment) } else { Err(out_of_range()) }
}

/// Milliseconds since the epoch of a date; `None` if it is out of range in this zone.
fn moment(text: &str, format: &DateFormat, rounding: Rounding, zone: &tz::TimeZone) -> Result<Option<i64>, DateError> {
    let in_utc = format.millis(text, rounding, 0)?;
    // What does not depend on the offset is a moment: a date with a time zone of its own, or a number of milliseconds.
    if format.millis(text, rounding, 60) == Ok(in_utc) {
        return Ok(Some(in_utc));
    }
    let zoned = parts::civil(in_utc).and_then(|date| in_zone(date, zone));
    Ok(zoned.map(|zoned| zoned.timestamp().as_millisecond()))
}

/// A local time. Where the clocks go forward, a time that does not exist is moved by as much; where they go back, the first of two
/// is meant.
fn in_zone(date: DateTime, zone: &tz::TimeZone) -> Option<Zoned> {
    date.to_zoned(zone.clone()).ok()
}

/// The first or last millisecond of the unit that contains the date.
fn round(date: &Zoned, unit: Unit, rounding: Rounding) -> Option<Zoned> {
    let local = date.datetime();
    let start = unit.start(local)?;
    let first = match unit {
        // A part of a day begins so much earlier, whatever the clocks do.
        Unit::Hour | Unit::Minute | Unit::Second => date.checked_sub(local.duration_since(start)).ok()?,
        _ => in_zone(start, date.time_zone())?,
    };
    match rounding {
        Rounding::Down => Some(first),
        Rounding::Up => {
            let next = first.checked_add(unit.span(1)?).ok()?;
            next.checked_sub(jiff::Span::new().milliseconds(1)).ok()
        }
    }
}

impl DateFormat {
    /// Milliseconds since the epoch of a date with or without math, such as `now-1d/d`: the first millisecond of what it names.
    /// `now_millis` is what `now` means, and `zone` is the time zone of dates without one, and of rounding.
    ///
    /// # Errors
    /// [`DateError::NotADate`], [`DateError::OutOfRange`], [`DateError::InvalidMath`].
    pub fn evaluate(&self, text: &str, now_millis: i64, zone: &TimeZone) -> Result<i64, DateError> {
        zone.evaluate(text, self, now_millis, Rounding::Down)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2024-07-01T22:30:00Z: in Berlin, half past midnight on the next day.
    const NOW: i64 = 1_719_873_000_000;

    fn at(zone: &str, text: &str, rounding: Rounding) -> String {
        let format = DateFormat::default();
        let zone = TimeZone::parse(zone).expect("a time zone");
        zone.evaluate(text, &format, NOW, rounding)
            .map_or_else(|error| error.to_string(), |millis| format.format(millis))
    }

    fn down(text: &str) -> String {
        at("Europe/Berlin", text, Rounding::Down)
    }

    fn up(text: &str) -> String {
        at("Europe/Berlin", text, Rounding::Up)
    }

    #[test]
    fn offsets_and_names_are_time_zones() {
        for (text, seconds) in [
            ("UTC", 0),
            ("Z", 0),
            ("UT", 0),
            ("+02", 7_200),
            ("-2", -7_200),
            ("GMT+5", 18_000),
            ("GMT+05:30", 19_800),
            ("UTC-1", -3_600),
        ] {
            assert_eq!(TimeZone::parse(text), Some(TimeZone::offset(seconds)), "{text}");
        }
        for text in ["Europe/Berlin", "America/New_York", "US/Pacific", "CET", "Etc/GMT+5", "Asia/Kolkata"] {
            assert!(TimeZone::parse(text).is_some(), "{text}");
        }
        for text in ["", "x", "europe/berlin", "Nope/Zone", "+19:00", "GMT+x", "Europe/Berlin ", "PST"] {
            assert_eq!(TimeZone::parse(text), None, "{text}");
        }
    }

    #[test]
    fn dates_have_the_offset_of_their_day() {
        assert_eq!(down("2024-01-01"), "2023-12-31T23:00:00.000Z");
        assert_eq!(up("2024-07-01"), "2024-07-01T21:59:59.999Z");
        assert_eq!(down("2024-07-01T00:00Z"), "2024-07-01T00:00:00.000Z");
        assert_eq!(down("1711845000000"), "2024-03-31T00:30:00.000Z");
    }

    #[test]
    fn times_around_a_change_of_the_clocks_are_resolved_as_clients_expect() {
        // At 02:00 the clocks go to 03:00.
        assert_eq!(down("2024-03-31T02:30:00"), "2024-03-31T01:30:00.000Z");
        // At 03:00 they go back to 02:00: the first of two times.
        assert_eq!(down("2024-10-27T02:30:00"), "2024-10-27T00:30:00.000Z");
    }

    #[test]
    fn date_math_is_in_the_time_zone() {
        assert_eq!(down("now/d"), "2024-07-01T22:00:00.000Z");
        assert_eq!(up("now/d"), "2024-07-02T21:59:59.999Z");
        assert_eq!(down("2024-03-30T12:00||+1d"), "2024-03-31T10:00:00.000Z");
        assert_eq!(down("2024-03-31||+2h"), "2024-03-31T01:00:00.000Z");
        assert_eq!(down("2024-03-31||/d"), "2024-03-30T23:00:00.000Z");
        assert_eq!(up("2024-03-31||/d"), "2024-03-31T21:59:59.999Z");
        assert_eq!(down("2024-10-27T02:30||+1h/h"), "2024-10-27T01:00:00.000Z");
        assert_eq!(up("2024-10-27T02:30||/h"), "2024-10-27T00:59:59.999Z");
        assert!(down("now+1x").contains("is not valid date math"));
        assert!(down("now+9999y").contains("is not within the years"));
    }

    proptest::proptest! {
        #[test]
        fn a_named_zone_with_a_fixed_offset_is_that_offset(moment in 0..2_000_000_000_000_i64, math in "(|/d|\\+1M/M|-3h/h|/w|\\+1y)") {
            // The name counts west of Greenwich.
            let (named, fixed) = (TimeZone::parse("Etc/GMT-2").expect("a name"), TimeZone::offset(7_200));
            for rounding in [Rounding::Down, Rounding::Up] {
                let text = format!("now{math}");
                let of = |zone: &TimeZone| zone.evaluate(&text, &DateFormat::default(), moment, rounding);
                proptest::prop_assert_eq!(of(&named), of(&fixed), "{}", text);
            }
        }
    }
}
