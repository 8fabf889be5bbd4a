//! Dates in UTC, from milliseconds since the Unix epoch.

use std::fmt;

const MILLIS_PER_DAY: i64 = 86_400_000;

/// A part of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DatePart {
    Year,
    /// From 1.
    Month,
    DayOfMonth,
    DayOfYear,
    /// Monday is 1.
    DayOfWeek,
    Hour,
    Minute,
    Second,
    MilliOfSecond,
    MinuteOfDay,
    SecondOfDay,
    MilliOfDay,
    /// The week of ISO 8601.
    Week,
    /// The year to which that week belongs.
    WeekYear,
    CenturyOfEra,
    YearOfCentury,
    YearOfEra,
    /// 1: years are those of the common era.
    Era,
}

impl DatePart {
    /// This part of each of these dates: one loop for each part, which computes nothing else.
    pub(crate) fn of_each(self, dates: &[i64]) -> Vec<i32> {
        macro_rules! loops {
            ($($part:ident)+) => {
                match self {
                    $(DatePart::$part => {
                        dates.iter().map(|millis| Instant::new(*millis).part(DatePart::$part) as i32).collect()
                    })+
                }
            };
        }
        loops! {
            Year Month DayOfMonth DayOfYear DayOfWeek Hour Minute Second MilliOfSecond MinuteOfDay SecondOfDay MilliOfDay
            Week WeekYear CenturyOfEra YearOfCentury YearOfEra Era
        }
    }
}

/// A moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Instant {
    year: i64,
    month: i64,
    day: i64,
    /// Days since the Unix epoch.
    epoch_day: i64,
    milli_of_day: i64,
}

impl Instant {
    #[inline]
    pub(crate) fn new(millis: i64) -> Self {
        let (epoch_day, milli_of_day) = (millis.div_euclid(MILLIS_PER_DAY), millis.rem_euclid(MILLIS_PER_DAY));
        let (year, month, day) = civil_from_days(epoch_day);
        Instant { year, month, day, epoch_day, milli_of_day }
    }

    #[inline]
    pub(crate) fn part(&self, part: DatePart) -> i64 {
        match part {
            DatePart::Year => self.year,
            DatePart::Month => self.month,
            DatePart::DayOfMonth => self.day,
            DatePart::DayOfYear => self.day_of_year(),
            DatePart::DayOfWeek => self.day_of_week(),
            DatePart::Hour => self.milli_of_day / 3_600_000,
            DatePart::Minute => self.milli_of_day / 60_000 % 60,
            DatePart::Second => self.milli_of_day / 1_000 % 60,
            DatePart::MilliOfSecond => self.milli_of_day % 1_000,
            DatePart::MinuteOfDay => self.milli_of_day / 60_000,
            DatePart::SecondOfDay => self.milli_of_day / 1_000,
            DatePart::MilliOfDay => self.milli_of_day,
            DatePart::Week => self.week().1,
            DatePart::WeekYear => self.week().0,
            DatePart::CenturyOfEra => self.year / 100,
            DatePart::YearOfCentury => self.year.rem_euclid(100),
            DatePart::YearOfEra => {
                if self.year > 0 {
                    self.year
                } else {
                    1 - self.year
                }
            }
            DatePart::Era => i64::from(self.year > 0),
        }
    }

    fn day_of_year(&self) -> i64 {
        self.epoch_day - days_from_civil(self.year, 1, 1) + 1
    }

    fn day_of_week(&self) -> i64 {
        (self.epoch_day + 3).rem_euclid(7) + 1
    }

    /// The year and the week of the week in which this day is: those of its Thursday.
    fn week(&self) -> (i64, i64) {
        let thursday = self.epoch_day + 4 - self.day_of_week();
        let (year, _, _) = civil_from_days(thursday);
        (year, (thursday - days_from_civil(year, 1, 1)) / 7 + 1)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |part| self.part(part);
        write!(
            formatter,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            self.year,
            self.month,
            self.day,
            part(DatePart::Hour),
            part(DatePart::Minute),
            part(DatePart::Second),
            part(DatePart::MilliOfSecond)
        )
    }
}

/// Days in 400 years, after which the calendar repeats itself.
const DAYS_PER_ERA: i64 = 146_097;

/// Year, month and day of a day (Cassio Neri and Lorenz Schneider, "Euclidean affine functions and their application to calendar
/// algorithms"). Years begin in March here, so that the day of a leap year is their last one; divisions are multiplications with
/// shifts where the numbers are small enough for that.
pub(crate) fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(DAYS_PER_ERA);
    let quarters_of_era = 4 * days.rem_euclid(DAYS_PER_ERA) as u32 + 3;
    let century = quarters_of_era / DAYS_PER_ERA as u32;
    let day_of_century = quarters_of_era % DAYS_PER_ERA as u32 / 4;
    let years = 2_939_745 * u64::from(4 * day_of_century + 3);
    let day_of_year = years as u32 / 2_939_745 / 4;
    let months = 2_141 * day_of_year + 197_913;
    let (month, day) = (months >> 16, (months & 0xffff) / 2_141 + 1);
    let is_next_year = day_of_year >= 306;
    let year = era * 400 + i64::from(100 * century) + (years >> 32) as i64 + i64::from(is_next_year);
    (year, i64::from(if is_next_year { month - 12 } else { month }), i64::from(day))
}

/// The opposite of [`civil_from_days`].
pub(crate) fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted_month = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Parses `2024-02-29`, or with a time: `2024-02-29T13:14:15.678Z`. Parts may be left out from the right; without an offset, the
/// time is in UTC. `None` for anything else.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let (date, time) = text.split_once('T').map_or((text, None), |(date, time)| (date, Some(time)));
    let mut parts = date.split('-');
    let year = number(parts.next()?, 4..=4)?;
    let month = parts.next().map_or(Some(1), |month| number(month, 2..=2))?;
    let day = parts.next().map_or(Some(1), |day| number(day, 2..=2))?;
    let epoch_day = days_from_civil(year, month, day);
    if parts.next().is_some() || civil_from_days(epoch_day) != (year, month, day) {
        return None;
    }
    let mut millis = epoch_day * MILLIS_PER_DAY;
    let Some(time) = time.filter(|time| !time.is_empty()) else { return Some(millis) };
    let zone_start = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (time, zone) = time.split_at(zone_start);
    let (clock, fraction) = time.split_once('.').unwrap_or((time, ""));
    let mut units = [3_600_000, 60_000, 1_000].into_iter().zip([23, 59, 59]);
    for part in clock.split(':') {
        let (unit, most) = units.next()?;
        millis += number(part, 2..=2).filter(|number| *number <= most)? * unit;
    }
    if !fraction.is_empty() {
        millis += number(&format!("{fraction:0<3}")[..3], 3..=3)?;
        number(fraction, 1..=9)?;
    }
    Some(millis - zone_millis(zone)?)
}

/// `Z`, `+01:00`, `+0100`, `+01`, or nothing.
fn zone_millis(zone: &str) -> Option<i64> {
    let (sign, digits) = match zone.chars().next() {
        None => return Some(0),
        Some('Z') => return (zone.len() == 1).then_some(0),
        Some('-') => (-1, &zone[1..]),
        Some(_) => (1, &zone[1..]),
    };
    let digits = digits.replace(':', "");
    let (hours, minutes) = digits.split_at_checked(2)?;
    let minutes = if minutes.is_empty() { 0 } else { number(minutes, 2..=2)? };
    Some(sign * (number(hours, 2..=2)? * 60 + minutes) * 60_000)
}

fn number(digits: &str, length: std::ops::RangeInclusive<usize>) -> Option<i64> {
    let is_number = length.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_dates() {
        let parts = |text| {
            let date = Instant::new(parse(text).expect("a date"));
            let wanted = [
                DatePart::Year,
                DatePart::Month,
                DatePart::DayOfMonth,
                DatePart::DayOfWeek,
                DatePart::DayOfYear,
                DatePart::Week,
                DatePart::WeekYear,
                DatePart::SecondOfDay,
                DatePart::MilliOfSecond,
            ];
            wanted.map(|part| date.part(part))
        };
        assert_eq!(parts("2024-02-29T13:14:15.678Z"), [2024, 2, 29, 4, 60, 9, 2024, 47_655, 678]);
        assert_eq!(parts("1969-12-31T23:59:59.999Z"), [1969, 12, 31, 3, 365, 1, 1970, 86_399, 999]);
        assert_eq!(parts("2021-01-01"), [2021, 1, 1, 5, 1, 53, 2020, 0, 0]);
    }

    #[test]
    fn every_day_of_the_calendar_has_its_date() {
        let mut date = jiff::civil::date(1_599, 12, 31);
        for day in days_from_civil(1_599, 12, 31)..days_from_civil(2_400, 12, 31) {
            let expected = (i64::from(date.year()), i64::from(date.month()), i64::from(date.day()));
            assert_eq!(civil_from_days(day), expected);
            date = date.tomorrow().expect("a date");
        }
        for date in [(290_000_000, 2, 29), (-290_000_000, 3, 1), (0, 2, 29), (-1, 12, 31)] {
            assert_eq!(civil_from_days(days_from_civil(date.0, date.1, date.2)), date);
        }
    }

    #[test]
    fn parts_of_many_dates_are_those_of_each() {
        let dates = [i64::MIN, -62_135_596_800_001, -1, 0, 951_782_400_000, 1_709_212_455_678, i64::MAX];
        for part in [DatePart::Year, DatePart::Month, DatePart::DayOfYear, DatePart::Week, DatePart::MilliOfDay] {
            let each = dates.map(|millis| Instant::new(millis).part(part) as i32);
            assert_eq!(part.of_each(&dates), each, "{part:?}");
        }
    }

    #[test]
    fn dates_are_parsed() {
        assert_eq!(parse("2024-02-29T13:14:15.678Z"), Some(1_709_212_455_678));
        assert_eq!(parse("2024-02-29T14:14:15.6789+01:00"), Some(1_709_212_455_678));
        assert_eq!(parse("1970"), Some(0));
        assert_eq!(parse("1970-01-01T01"), Some(3_600_000));
        for invalid in
            ["", "now", "2023-02-29", "2024-13-01", "2024-1-1", "2024-01-01T25:00", "2024-01-01Tx", "2024-01-01-01"]
        {
            assert_eq!(parse(invalid), None, "{invalid}");
        }
        assert_eq!(Instant::new(-1).to_string(), "1969-12-31T23:59:59.999Z");
    }
}
