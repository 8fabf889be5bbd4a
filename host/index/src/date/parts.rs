//! The parts of a date: from text to milliseconds and back.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};

use super::digits::Digits;
use super::rounding::Rounding;

/// 1970-01-01T00:00.
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// The parts of a date. Those that a text does not have are `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct DateParts {
    pub(super) year: i16,
    pub(super) month: Option<i8>,
    pub(super) day: Option<i8>,
    pub(super) hour: Option<i8>,
    pub(super) minute: Option<i8>,
    pub(super) second: Option<i8>,
    pub(super) nanosecond: Option<i32>,
    /// East of UTC.
    pub(super) offset_seconds: Option<i32>,
}

impl DateParts {
    /// Reads `yyyy[-MM[-dd]][THH[:mm[:ss[.S]]][offset]]`.
    pub(super) fn parse(text: &str, digits: Digits) -> Option<Self> {
        let mut reader = Reader { rest: text };
        let shortest = |longest| if digits == Digits::All { longest } else { 1 };
        let negative = reader.take('-');
        let year = reader.number(shortest(4), 4)? as i16;
        let mut parts = DateParts { year: if negative { -year } else { year }, ..DateParts::default() };
        if reader.take('-') {
            parts.month = Some(reader.number(shortest(2), 2)? as i8);
            if reader.take('-') {
                parts.day = Some(reader.number(shortest(2), 2)? as i8);
            }
        }
        if reader.take('T') && !reader.rest.is_empty() {
            parts.hour = Some(reader.number(shortest(2), 2)? as i8);
            if reader.take(':') {
                parts.minute = Some(reader.number(shortest(2), 2)? as i8);
                if reader.take(':') {
                    parts.second = Some(reader.number(shortest(2), 2)? as i8);
                    if reader.take('.') || reader.take(',') {
                        parts.nanosecond = Some(reader.fraction(1, 9)?);
                    }
                }
            }
            // Without minutes, a lenient format takes no time zone.
            if !reader.rest.is_empty() && (digits == Digits::All || parts.minute.is_some()) {
                parts.offset_seconds = Some(reader.time_zone()?);
            }
        }
        reader.rest.is_empty().then_some(parts)
    }

    /// The parts of a moment in the time zone `offset_seconds` east of UTC.
    pub(super) fn from_millis(millis: i64, offset_seconds: i32) -> Option<Self> {
        let date = civil(millis.checked_add(i64::from(offset_seconds) * 1000)?)?;
        Some(DateParts {
            year: date.year(),
            month: Some(date.month()),
            day: Some(date.day()),
            hour: Some(date.hour()),
            minute: Some(date.minute()),
            second: Some(date.second()),
            nanosecond: Some(date.subsec_nanosecond()),
            offset_seconds: Some(offset_seconds),
        })
    }

    /// Milliseconds since the epoch; `None` if there is no such day or time.
    pub(super) fn to_millis(&self, rounding: Rounding, default_offset_seconds: i32) -> Option<i64> {
        let missing = |last| if rounding == Rounding::Up { last } else { 0 };
        let date = DateTime::new(
            self.year,
            // Missing months and days are the first ones even when rounding up: clients expect that.
            self.month.unwrap_or(1),
            self.day.unwrap_or(1),
            self.hour.unwrap_or(missing(23) as i8),
            self.minute.unwrap_or(missing(59) as i8),
            self.second.unwrap_or(missing(59) as i8),
            self.nanosecond.unwrap_or(missing(999_999_999)),
        );
        let offset_seconds = self.offset_seconds.unwrap_or(default_offset_seconds);
        Some(millis(date.ok()?) - i64::from(offset_seconds) * 1000)
    }

    /// `2024-05-17T12:34:56.789Z`
    pub(super) fn to_iso(&self) -> String {
        format!(
            "{}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}{}",
            self.year_text(),
            self.month.unwrap_or(1),
            self.day.unwrap_or(1),
            self.hour.unwrap_or(0),
            self.minute.unwrap_or(0),
            self.second.unwrap_or(0),
            self.nanosecond.unwrap_or(0) / 1_000_000,
            self.offset_text("Z", ":")
        )
    }

    /// `+02:00` with this between hours and minutes; `zero` in UTC.
    pub(super) fn offset_text(&self, zero: &str, between: &str) -> String {
        let seconds = self.offset_seconds.unwrap_or(0);
        if seconds == 0 {
            return zero.to_owned();
        }
        let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
        format!("{sign}{:02}{between}{:02}", minutes / 60, minutes % 60)
    }

    /// The day of the week, from 1 for Monday; `None` if there is no such day.
    pub(super) fn weekday(&self) -> Option<i8> {
        let date = Date::new(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1)).ok()?;
        Some(date.weekday().to_monday_one_offset())
    }

    /// At least four digits, with a minus before the year 0.
    pub(super) fn year_text(&self) -> String {
        if self.year < 0 { format!("-{:04}", -self.year) } else { format!("{:04}", self.year) }
    }
}

/// Converts milliseconds since the epoch to a date and time in UTC.
pub(super) fn civil(millis: i64) -> Option<DateTime> {
    EPOCH.checked_add(SignedDuration::from_millis(millis)).ok()
}

/// Converts a date and time in UTC to whole milliseconds since the epoch.
pub(super) fn millis(date: DateTime) -> i64 {
    let since = date.duration_since(EPOCH);
    since.as_secs() * 1000 + i64::from(since.subsec_nanos()).div_euclid(1_000_000)
}

/// Parses a time zone without daylight saving: `Z`, `UTC`, `+01:00`, `-0730`, `+02`. Returns seconds east of UTC.
pub fn parse_time_zone(text: &str) -> Option<i32> {
    let mut reader = Reader { rest: text };
    let offset = reader.time_zone()?;
    reader.rest.is_empty().then_some(offset)
}

/// The rest of a text that is being parsed.
pub(super) struct Reader<'a> {
    pub(super) rest: &'a str,
}

impl Reader<'_> {
    /// Consumes the character if it is next.
    pub(super) fn take(&mut self, character: char) -> bool {
        match self.rest.strip_prefix(character) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Consumes the text if it is next.
    pub(super) fn take_text(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// A number of `shortest` to `longest` (at most 9) digits.
    pub(super) fn number(&mut self, shortest: usize, longest: usize) -> Option<i32> {
        let length = self.rest.bytes().take(longest).take_while(u8::is_ascii_digit).count();
        if length < shortest {
            return None;
        }
        let (digits, rest) = self.rest.split_at(length);
        self.rest = rest;
        digits.parse().ok()
    }

    /// Digits after the decimal point, in nanoseconds.
    pub(super) fn fraction(&mut self, shortest: usize, longest: usize) -> Option<i32> {
        let before = self.rest.len();
        let number = self.number(shortest, longest)?;
        let length = before - self.rest.len();
        Some(number * 10_i32.pow(9 - length as u32))
    }

    /// `UTC`, `GMT` or an offset, in seconds.
    pub(super) fn time_zone(&mut self) -> Option<i32> {
        match self.rest.strip_prefix("UTC").or_else(|| self.rest.strip_prefix("GMT")) {
            Some(rest) => {
                self.rest = rest;
                Some(0)
            }
            None => self.offset(),
        }
    }

    /// `Z`, `+HH:mm:ss`, `+HH:mm`, `+HHmm` or `+HH`, in seconds.
    pub(super) fn offset(&mut self) -> Option<i32> {
        if self.take('Z') {
            return Some(0);
        }
        let sign = if self.take('+') {
            1
        } else if self.take('-') {
            -1
        } else {
            return None;
        };
        let hours = self.number(2, 2)?;
        let has_colon = self.take(':');
        let minutes = if has_colon { self.number(2, 2)? } else { self.number(2, 2).unwrap_or(0) };
        let seconds = if has_colon && self.take(':') { self.number(2, 2)? } else { 0 };
        (hours <= 18 && minutes < 60 && seconds < 60).then_some(sign * (hours * 3600 + minutes * 60 + seconds))
    }
}

/// The first and the last moment that a date can have, in milliseconds since the epoch.
pub(super) const FIRST_MILLIS: i64 = -377_705_116_800_000;

pub(super) const LAST_MILLIS: i64 = 253_402_300_799_999;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_zones_are_fixed_offsets() {
        for (text, expected) in [
            ("Z", Some(0)),
            ("UTC", Some(0)),
            ("+01:00", Some(3600)),
            ("-0730", Some(-27_000)),
            ("+02", Some(7200)),
            ("+02:00:30", Some(7230)),
        ] {
            assert_eq!(parse_time_zone(text), expected, "{text}");
        }
        for text in ["", "Europe/Berlin", "+1", "+19:00", "+01:60", "+01:00:60", "+01:00x", "UTC1"] {
            assert_eq!(parse_time_zone(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn formatted_dates_are_parsed_to_the_same_moment(moment in FIRST_MILLIS..=LAST_MILLIS) {
            let text = DateParts::from_millis(moment, 0).expect("in range").to_iso();
            let read = DateParts::parse(&text, Digits::All).expect("a date").to_millis(Rounding::Down, 7200);
            proptest::prop_assert_eq!(read, Some(moment), "{}", text);
        }
    }
}
