//! Rounding dates down to the beginning of an interval, in a time zone.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Span, Timestamp, ToSpan};

use super::date_interval::{CalendarUnit, DAY, DateInterval};

/// Rounds milliseconds since the epoch down to the beginning of an interval.
#[derive(Debug, Clone)]
pub(super) enum Rounding {
    /// All intervals are of the same length; one of them begins at `shift`.
    Even { interval: i64, shift: i64 },
    /// Units of the calendar of a time zone, all of them later by `offset`.
    Calendar { unit: CalendarUnit, zone: TimeZone, offset: i64 },
    /// Times on the clocks of a time zone, all of them later by `offset`.
    Clock { interval: i64, zone: TimeZone, offset: i64 },
}

impl Rounding {
    pub(super) fn new(interval: DateInterval, zone: &TimeZone, offset: i64) -> Self {
        let fixed_offset = zone.to_fixed_offset().ok().map(|fixed| i64::from(fixed.seconds()) * 1_000);
        // The epoch was a Thursday.
        let first = if interval == DateInterval::Calendar(CalendarUnit::Week) { 4 * DAY } else { 0 };
        let length = match interval {
            DateInterval::Fixed(millis) => Some(millis),
            DateInterval::Calendar(unit) => unit.millis(),
        };
        match (interval, fixed_offset, length) {
            (_, Some(east), Some(interval)) => Rounding::Even { interval, shift: first + offset - east },
            (DateInterval::Calendar(unit), ..) => Rounding::Calendar { unit, zone: zone.clone(), offset },
            (DateInterval::Fixed(interval), ..) => Rounding::Clock { interval, zone: zone.clone(), offset },
        }
    }

    /// The beginning of the interval that a moment is in.
    pub(super) fn round(&self, millis: i64) -> i64 {
        match self {
            Rounding::Even { interval, shift } => {
                millis.saturating_sub(*shift).div_euclid(*interval).saturating_mul(*interval).saturating_add(*shift)
            }
            Rounding::Calendar { unit, zone, offset } => {
                let millis = millis.saturating_sub(*offset);
                round_unit(*unit, zone, millis).unwrap_or(millis).saturating_add(*offset)
            }
            Rounding::Clock { interval, zone, offset } => {
                let millis = millis.saturating_sub(*offset);
                let east = east(zone, millis);
                let local = (millis + east).div_euclid(*interval).saturating_mul(*interval);
                resolve(zone, local, Some(east)).unwrap_or(millis).saturating_add(*offset)
            }
        }
    }

    /// The beginning of the interval after the one that begins at `start`.
    pub(super) fn next(&self, start: i64) -> i64 {
        match self {
            Rounding::Even { interval, .. } => start.saturating_add(*interval),
            Rounding::Calendar { unit, zone, offset } => {
                let start = start.saturating_sub(*offset);
                next_unit(*unit, zone, start).filter(|next| *next > start).unwrap_or(i64::MAX).saturating_add(*offset)
            }
            Rounding::Clock { interval, zone, offset } => {
                let start = start.saturating_sub(*offset);
                let local = (start + east(zone, start)).saturating_add(*interval);
                let next = resolve(zone, local, None).filter(|next| *next > start);
                next.unwrap_or(start.saturating_add(*interval)).saturating_add(*offset)
            }
        }
    }
}

/// Milliseconds that the clocks are ahead of UTC. Those of no year that a calendar has are not: sums with them do not overflow.
fn east(zone: &TimeZone, millis: i64) -> i64 {
    let offset = |moment| i64::from(zone.to_offset(moment).seconds());
    Timestamp::from_millisecond(millis).map_or(0, offset) * 1_000
}

/// What the clocks show, as a date and time.
fn civil(local_millis: i64) -> Option<DateTime> {
    Some(TimeZone::UTC.to_datetime(Timestamp::from_millisecond(local_millis).ok()?))
}

/// What the clocks show, as milliseconds.
fn local_millis(civil: DateTime) -> Option<i64> {
    Some(TimeZone::UTC.to_timestamp(civil).ok()?.as_millisecond())
}

fn round_unit(unit: CalendarUnit, zone: &TimeZone, millis: i64) -> Option<i64> {
    match unit {
        CalendarUnit::Second | CalendarUnit::Minute | CalendarUnit::Hour => {
            let length = unit.millis()?;
            let mut millis = millis;
            loop {
                let east = east(zone, millis);
                let start = (millis + east).div_euclid(length).saturating_mul(length).saturating_sub(east);
                if self::east(zone, start) == east {
                    return Some(start);
                }
                // The clocks were changed in between: the unit begins where they were, or before.
                let change = last_change(zone, millis)?;
                millis = change - 1;
            }
        }
        _ => {
            let date = civil(millis + east(zone, millis))?.date();
            midnight(zone, first_day(unit, date)?)
        }
    }
}

fn next_unit(unit: CalendarUnit, zone: &TimeZone, start: i64) -> Option<i64> {
    let date = || civil(start + east(zone, start)).map(|civil| civil.date());
    let span: Span = match unit {
        CalendarUnit::Second | CalendarUnit::Minute | CalendarUnit::Hour => {
            return round_unit(unit, zone, start.checked_add(unit.millis()?)?);
        }
        CalendarUnit::Day => 1.day(),
        CalendarUnit::Week => 1.week(),
        CalendarUnit::Month => 1.month(),
        CalendarUnit::Quarter => 3.months(),
        CalendarUnit::Year => 1.year(),
    };
    midnight(zone, first_day(unit, date()?)?.checked_add(span).ok()?)
}

/// The first day of the unit that a day is in.
fn first_day(unit: CalendarUnit, date: Date) -> Option<Date> {
    Some(match unit {
        CalendarUnit::Week => {
            let since_monday = i64::from(date.weekday().since(Weekday::Monday));
            date.checked_sub(since_monday.days()).ok()?
        }
        CalendarUnit::Month => date.first_of_month(),
        CalendarUnit::Quarter => Date::new(date.year(), (date.month() - 1) / 3 * 3 + 1, 1).ok()?,
        CalendarUnit::Year => date.first_of_year(),
        _ => date,
    })
}

/// The first moment of a day.
fn midnight(zone: &TimeZone, date: Date) -> Option<i64> {
    resolve(zone, local_millis(date.to_datetime(Time::midnight()))?, None)
}

/// The moment at which the clocks show a time. Of two moments, the one at which they are ahead of UTC by `preferred`, or the
/// first; if they skip it, the moment at which they do.
fn resolve(zone: &TimeZone, local_millis: i64, preferred: Option<i64>) -> Option<i64> {
    let millis = |offset: jiff::tz::Offset| i64::from(offset.seconds()) * 1_000;
    match zone.to_ambiguous_timestamp(civil(local_millis)?).offset() {
        AmbiguousOffset::Unambiguous { offset } => Some(local_millis - millis(offset)),
        AmbiguousOffset::Gap { before, .. } => last_change(zone, local_millis - millis(before)),
        AmbiguousOffset::Fold { before, after } => {
            let east = if preferred == Some(millis(after)) { millis(after) } else { millis(before) };
            Some(local_millis - east)
        }
    }
}

/// The last moment, at or before another, at which the clocks were changed.
fn last_change(zone: &TimeZone, millis: i64) -> Option<i64> {
    let after = Timestamp::from_millisecond(millis.checked_add(1)?).ok()?;
    zone.preceding(after).next().map(|change| change.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(text: &str) -> i64 {
        text.parse::<Timestamp>().expect("a moment").as_millisecond()
    }

    fn rounding(interval: DateInterval, zone: &str, offset: i64) -> Rounding {
        Rounding::new(interval, &TimeZone::get(zone).expect("a time zone"), offset)
    }

    fn starts(rounding: &Rounding, from: &str, to: &str) -> Vec<String> {
        let (mut start, end) = (rounding.round(millis(from)), millis(to));
        let mut starts = Vec::new();
        while start <= end {
            starts.push(Timestamp::from_millisecond(start).expect("a moment").to_string());
            start = rounding.next(start);
        }
        starts
    }

    #[test]
    fn units_begin_at_midnight_of_the_time_zone() {
        let months = rounding(DateInterval::Calendar(CalendarUnit::Month), "Europe/Berlin", 0);
        assert_eq!(
            starts(&months, "2024-02-15T00:00:00Z", "2024-04-15T00:00:00Z"),
            ["2024-01-31T23:00:00Z", "2024-02-29T23:00:00Z", "2024-03-31T22:00:00Z"]
        );
        let quarters = rounding(DateInterval::Calendar(CalendarUnit::Quarter), "UTC", 0);
        assert_eq!(
            starts(&quarters, "2024-05-15T00:00:00Z", "2024-07-01T00:00:00Z"),
            ["2024-04-01T00:00:00Z", "2024-07-01T00:00:00Z"]
        );
        let weeks = rounding(DateInterval::Calendar(CalendarUnit::Week), "UTC", 0);
        assert_eq!(
            starts(&weeks, "2024-01-07T00:00:00Z", "2024-01-08T00:00:00Z"),
            ["2024-01-01T00:00:00Z", "2024-01-08T00:00:00Z"]
        );
    }

    #[test]
    fn days_are_shorter_or_longer_where_clocks_are_changed() {
        let days = rounding(DateInterval::Calendar(CalendarUnit::Day), "Europe/Berlin", 6 * 3_600_000);
        assert_eq!(
            starts(&days, "2024-03-30T12:00:00Z", "2024-04-01T12:00:00Z"),
            ["2024-03-30T05:00:00Z", "2024-03-31T05:00:00Z", "2024-04-01T04:00:00Z"]
        );
        // Here the clocks skip midnight.
        let days = rounding(DateInterval::Calendar(CalendarUnit::Day), "America/Santiago", 0);
        assert_eq!(
            starts(&days, "2024-09-07T12:00:00Z", "2024-09-09T12:00:00Z"),
            ["2024-09-07T04:00:00Z", "2024-09-08T04:00:00Z", "2024-09-09T03:00:00Z"]
        );
    }

    #[test]
    fn hours_that_clocks_show_twice_are_distinguished() {
        let hours = rounding(DateInterval::Calendar(CalendarUnit::Hour), "Europe/Berlin", 0);
        assert_eq!(
            starts(&hours, "2024-10-26T23:30:00Z", "2024-10-27T02:30:00Z"),
            ["2024-10-26T23:00:00Z", "2024-10-27T00:00:00Z", "2024-10-27T01:00:00Z", "2024-10-27T02:00:00Z"]
        );
    }

    #[test]
    fn dates_of_no_year_are_rounded_to_some_moment() {
        for interval in
            [DateInterval::Fixed(7), DateInterval::Fixed(1 << 53), DateInterval::Calendar(CalendarUnit::Hour)]
        {
            for offset in [-(1 << 53), 0, 1 << 53] {
                for zone in ["UTC", "Europe/Berlin", "America/Santiago"] {
                    let rounding = rounding(interval, zone, offset);
                    for millis in [i64::MIN, i64::MIN + 1, i64::MAX] {
                        _ = rounding.round(millis);
                        _ = rounding.next(millis);
                    }
                }
            }
        }
    }

    #[test]
    fn fixed_intervals_are_times_on_the_clock() {
        let halves = rounding(DateInterval::Fixed(12 * 3_600_000), "Europe/Berlin", 0);
        assert_eq!(
            starts(&halves, "2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z"),
            ["2024-03-30T23:00:00Z", "2024-03-31T10:00:00Z", "2024-03-31T22:00:00Z"]
        );
        let even = rounding(DateInterval::Fixed(30 * DAY), "UTC", 6 * 3_600_000);
        assert_eq!(
            starts(&even, "2024-01-01T00:00:00Z", "2024-01-18T06:00:00Z"),
            ["2023-12-19T06:00:00Z", "2024-01-18T06:00:00Z"]
        );
    }
}
