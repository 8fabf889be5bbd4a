//! Dates and durations in parameters.

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The milliseconds of a duration such as `12h`.
pub(crate) fn milliseconds_of_duration(text: &str) -> Option<f64> {
    let (number, unit) = text.split_at_checked(text.find(|character: char| !character.is_ascii_digit())?)?;
    let unit = match unit {
        "ms" => 1,
        "s" => SECOND,
        "m" => MINUTE,
        "h" => HOUR,
        "d" => DAY,
        _ => return None,
    };
    // Whole numbers only: the code that parses fractions would be as large as the rest of the component.
    let number: u32 = number.parse().ok()?;
    Some(f64::from(number) * unit as f64)
}

/// The milliseconds since 1970 of an ISO date, with a time or without, such as `2026-05-01` and `2026-05-01T12:30:00.5+02:00`.
/// Without a time zone it is in UTC.
pub(crate) fn milliseconds_of_date(text: &str) -> Option<i64> {
    let mut text = Reader { rest: text.as_bytes() };
    let (year, month, day) = (text.number(4)?, text.number_after(b'-')?, text.number_after(b'-')?);
    if !(1..=12).contains(&month) || !(1..=days_of_month(year, month)).contains(&day) {
        return None;
    }
    let mut milliseconds = days_since_1970(year, month, day) * DAY;
    if text.skip(b'T') {
        milliseconds += text.time()? - text.zone()?;
    }
    text.rest.is_empty().then_some(milliseconds)
}

fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Counts years from March, so that the leap day is the last one of a year.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // Months from March have 31, 30, 31, 30, 31 days, again and again.
    year * 365 + leap_days + (month * 153 + 2) / 5 + day - 719_469
}

struct Reader<'t> {
    rest: &'t [u8],
}

impl Reader<'_> {
    /// Takes a number of exactly so many digits.
    fn number(&mut self, digits: usize) -> Option<i64> {
        let (number, rest) = self.rest.split_at_checked(digits)?;
        self.rest = rest;
        number.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0')))
    }

    /// Takes a separator and a number of two digits.
    fn number_after(&mut self, separator: u8) -> Option<i64> {
        if self.skip(separator) { self.number(2) } else { None }
    }

    /// Takes this byte, if it is next.
    fn skip(&mut self, byte: u8) -> bool {
        let rest = self.rest.strip_prefix(&[byte]);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Takes hours and minutes, perhaps with seconds, perhaps with a fraction of them.
    fn time(&mut self) -> Option<i64> {
        let (hour, minute) = (self.number(2)?, self.number_after(b':')?);
        let second = if self.rest.first() == Some(&b':') { self.number_after(b':')? } else { 0 };
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let fraction = if self.skip(b'.') { self.fraction()? } else { 0 };
        Some(hour * HOUR + minute * MINUTE + second * SECOND + fraction)
    }

    /// Takes digits after the point, and returns milliseconds.
    fn fraction(&mut self) -> Option<i64> {
        let mut milliseconds = 0;
        let mut unit = 100;
        let len = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        for _ in 0..len {
            milliseconds += self.number(1)? * unit;
            unit /= 10;
        }
        (len > 0).then_some(milliseconds)
    }

    /// Takes `Z`, an offset such as `+02:00`, or nothing.
    fn zone(&mut self) -> Option<i64> {
        let sign = match self.rest {
            [] => return Some(0),
            [b'Z', ..] => return self.skip(b'Z').then_some(0),
            [b'+', ..] => 1,
            [b'-', ..] => -1,
            _ => return None,
        };
        let (hours, minutes) = (self.number_after(if sign > 0 { b'+' } else { b'-' })?, self.number_after(b':')?);
        (hours < 24 && minutes < 60).then_some(sign * (hours * HOUR + minutes * MINUTE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_four_centuries_is_the_day_after_the_one_before() {
        assert_eq!(days_since_1970(1970, 1, 1), 0);
        let mut expected = days_since_1900();
        for year in 1900..2300 {
            for month in 1..=12 {
                for day in 1..=days_of_month(year, month) {
                    assert_eq!(days_since_1970(year, month, day), expected, "{year}-{month}-{day}");
                    expected += 1;
                }
            }
        }
    }

    fn days_since_1900() -> i64 {
        -(0..70).map(|year| 365 + i64::from(year % 4 == 0 && year > 0)).sum::<i64>()
    }

    #[test]
    fn dates_may_have_times_and_time_zones() {
        let valid = [
            ("2026-05-01", 1_777_593_600_000),
            ("2026-05-01T12:30", 1_777_638_600_000),
            ("2026-05-01T12:30:15Z", 1_777_638_615_000),
            ("2026-05-01T12:30:15.5+02:00", 1_777_631_415_500),
            ("2026-05-01T12:30:15.123456789-00:30", 1_777_640_415_123),
            ("1969-12-31T23:59:59.999", -1),
            ("0000-02-29", -62_162_121_600_000),
        ];
        for (text, expected) in valid {
            assert_eq!(milliseconds_of_date(text), Some(expected), "{text}");
        }
        let invalid = [
            "",
            "2026",
            "2026-5-1",
            "2026-13-01",
            "2025-02-29",
            "2026-05-01T",
            "2026-05-01T24:00",
            "2026-05-01T12:30:60",
            "2026-05-01T12:30:15.",
            "2026-05-01T12:30+2",
            "2026-05-01 12:30",
            "2026-05-01Z",
            "+026-05-01",
            "2026-05-01T12:30Zz",
        ];
        for text in invalid {
            assert_eq!(milliseconds_of_date(text), None, "{text}");
        }
    }

    #[test]
    fn durations_have_a_unit() {
        assert_eq!(milliseconds_of_duration("7d"), Some(604_800_000.0));
        assert_eq!(milliseconds_of_duration("90m"), Some(5_400_000.0));
        assert_eq!(milliseconds_of_duration("5ms"), Some(5.0));
        for invalid in ["", "7", "d", "-1d", "1.5h", "1y", "7 d"] {
            assert_eq!(milliseconds_of_duration(invalid), None, "{invalid}");
        }
    }
}
