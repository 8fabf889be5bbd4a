//! Formats of dates.

use std::fmt;

use super::date_error::DateError;
use super::digits::Digits;
use super::epoch::EpochUnit;
use super::named_format::named_patterns;
use super::parts::{DateParts, FIRST_MILLIS, LAST_MILLIS};
use super::pattern::Pattern;
use super::rounding::Rounding;

/// The date formats that a field accepts, e.g. `strict_date_optional_time||epoch_millis`.
///
/// Each is a name, such as `strict_date_optional_time`, `epoch_millis` or `date_hour`, or a pattern such as `yyyy/MM/dd HH:mm:ss`. Years
/// are from -9999 to 9999, times have milliseconds, and a date without a time zone is in UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateFormat {
    text: String,
    formats: Vec<Format>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Format {
    /// `2024`, `2024-05`, ..., `2024-05-17T12:34:56.789+02:00`.
    OptionalTime(Digits),
    Epoch(EpochUnit),
    Pattern(Pattern),
}

/// Nanoseconds of a millisecond.
const NANOS_PER_MILLI: i64 = 1_000_000;

impl Default for DateFormat {
    /// `strict_date_optional_time||epoch_millis`
    fn default() -> Self {
        DateFormat {
            text: "strict_date_optional_time||epoch_millis".to_owned(),
            formats: vec![Format::OptionalTime(Digits::All), Format::Epoch(EpochUnit::Millisecond)],
        }
    }
}

impl fmt::Display for DateFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl DateFormat {
    /// Whether each format, separated by `||`, is a pattern of letters of Java, of which some have no meaning here. Names of formats
    /// that consist of such letters count as well.
    pub fn is_known_to_java(text: &str) -> bool {
        text.split("||").all(Pattern::is_known_to_java)
    }

    /// Parses formats, separated by `||`.
    ///
    /// # Errors
    /// [`DateError::UnknownFormat`].
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let mut formats = Vec::new();
        for name in text.split("||") {
            match name {
                "strict_date_optional_time" | "iso8601" => formats.push(Format::OptionalTime(Digits::All)),
                "date_optional_time" => formats.push(Format::OptionalTime(Digits::AnyNumber)),
                "epoch_millis" => formats.push(Format::Epoch(EpochUnit::Millisecond)),
                "epoch_second" => formats.push(Format::Epoch(EpochUnit::Second)),
                name => {
                    let named = named_patterns(name);
                    let patterns = if named.is_empty() { vec![Pattern::parse(name)?] } else { named };
                    formats.extend(patterns.into_iter().map(Format::Pattern));
                }
            }
        }
        Ok(DateFormat { text: text.to_owned(), formats })
    }

    /// Formats milliseconds since 1970-01-01T00:00Z in the first of the formats; as a number if they are out of range.
    pub fn format(&self, millis: i64) -> String {
        self.format_at(millis, 0)
    }

    /// The same as [`DateFormat::format`] in the time zone `offset_seconds` east of UTC.
    pub fn format_at(&self, millis: i64, offset_seconds: i32) -> String {
        let Some(parts) = DateParts::from_millis(millis, offset_seconds) else { return millis.to_string() };
        match &self.formats[0] {
            Format::OptionalTime(_) => parts.to_iso(),
            Format::Epoch(unit) => unit.format(millis),
            Format::Pattern(pattern) => pattern.format(&parts),
        }
    }

    /// The same as [`DateFormat::format`] for nanoseconds, which patterns and numbers show.
    pub fn format_nanos(&self, nanos: i64) -> String {
        let (millis, rest) = (nanos.div_euclid(NANOS_PER_MILLI), nanos.rem_euclid(NANOS_PER_MILLI));
        let Some(mut parts) = DateParts::from_millis(millis, 0) else { return nanos.to_string() };
        parts.nanosecond = parts.nanosecond.map(|nanosecond| nanosecond + rest as i32);
        match &self.formats[0] {
            Format::OptionalTime(_) => parts.to_iso(),
            Format::Epoch(unit) => unit.format_nanos(nanos),
            Format::Pattern(pattern) => pattern.format(&parts),
        }
    }

    /// Nanoseconds since the epoch of a date in any of the formats.
    ///
    /// # Errors
    /// As [`DateFormat::millis`]; also if it is before 1970 or after 2262.
    pub(crate) fn nanos(&self, text: &str, rounding: Rounding, offset_seconds: i32) -> Result<i64, DateError> {
        let millis = self.millis(text, rounding, offset_seconds)?;
        self.with_nanos(text, millis, rounding)
    }

    /// The nanoseconds of a date that is in this millisecond.
    ///
    /// # Errors
    /// [`DateError::NotInNanoseconds`].
    pub(crate) fn with_nanos(&self, text: &str, millis: i64, rounding: Rounding) -> Result<i64, DateError> {
        let rest = if text.starts_with("now") || text.contains("||") {
            // Math that rounds up leads to the end of a millisecond.
            if rounding == Rounding::Up && text.contains('/') { NANOS_PER_MILLI - 1 } else { 0 }
        } else {
            self.nanos_of_milli(text, rounding)
        };
        let nanos = millis.checked_mul(NANOS_PER_MILLI).and_then(|nanos| nanos.checked_add(rest));
        nanos.filter(|nanos| *nanos >= 0).ok_or_else(|| DateError::NotInNanoseconds(text.to_owned()))
    }

    /// What the format leaves over of a millisecond.
    fn nanos_of_milli(&self, text: &str, rounding: Rounding) -> i64 {
        let missing = if rounding == Rounding::Up { NANOS_PER_MILLI - 1 } else { 0 };
        let of_parts =
            |parts: DateParts| parts.nanosecond.map_or(missing, |nanosecond| i64::from(nanosecond) % NANOS_PER_MILLI);
        let found = self.formats.iter().find_map(|format| match format {
            Format::OptionalTime(digits) => DateParts::parse(text, *digits).map(of_parts),
            Format::Epoch(unit) => unit.millis(text, rounding).map(|_| unit.nanos_of_milli(text, rounding)),
            Format::Pattern(pattern) => pattern.read(text).map(of_parts),
        });
        found.unwrap_or(0)
    }

    /// Whether a dynamic mapping maps a text to a date: a full or partial ISO date, but not a plain number, which would be a year.
    pub fn is_dynamic_date(text: &str) -> bool {
        text.contains('-')
            && DateParts::parse(text, Digits::All).is_some_and(|parts| parts.to_millis(Rounding::Down, 0).is_some())
    }

    /// Whether a text is a date in one of the formats.
    pub(crate) fn accepts(&self, text: &str) -> bool {
        self.millis(text, Rounding::Down, 0).is_ok()
    }

    /// Milliseconds since the epoch of a date in any of the formats. `offset_seconds` east of UTC is the time zone of dates
    /// without one.
    ///
    /// # Errors
    /// [`DateError::NotADate`], [`DateError::OutOfRange`].
    pub(crate) fn millis(&self, text: &str, rounding: Rounding, offset_seconds: i32) -> Result<i64, DateError> {
        let millis = self.formats.iter().find_map(|format| match format {
            Format::OptionalTime(digits) => DateParts::parse(text, *digits)?.to_millis(rounding, offset_seconds),
            Format::Epoch(unit) => unit.millis(text, rounding),
            Format::Pattern(pattern) => pattern.read(text)?.to_millis(rounding, offset_seconds),
        });
        match millis {
            Some(millis) if (FIRST_MILLIS..=LAST_MILLIS).contains(&millis) => Ok(millis),
            Some(_) => Err(DateError::OutOfRange(text.to_owned())),
            None => Err(DateError::NotADate { text: text.to_owned(), format: self.text.clone() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(format: &str, text: &str) -> Result<i64, DateError> {
        DateFormat::parse(format)?.millis(text, Rounding::Down, 0)
    }

    #[test]
    fn the_default_accepts_iso_dates_and_milliseconds() {
        let format = DateFormat::default();
        for (text, expected) in [
            ("1970-01-01", 0),
            ("1970", 0),
            ("1970-02", 2_678_400_000),
            ("1970-01-01T00:00:01Z", 1000),
            ("1970-01-01T01:00+01:00", 0),
            ("1970-01-01T01:00:00.5+0100", 500),
            ("1969-12-31T23:59:59.999999999-00", -1),
            ("2024-02-29T12", 1_709_208_000_000),
            ("1700000000000", 1_700_000_000_000),
            ("-1", -1),
            ("9999-12-31T23:59:59.999Z", LAST_MILLIS),
            ("-377705116800000", FIRST_MILLIS),
            ("1715940000000.5", 1_715_940_000_000),
            ("2024-05-17T12Z", 1_715_947_200_000),
            ("2024-05-17T12:34:56UTC", 1_715_949_296_000),
            ("2024-05-17T12:34:56GMT", 1_715_949_296_000),
            ("2024-05-17T12:34:56+02:00:30", 1_715_942_066_000),
        ] {
            assert_eq!(format.millis(text, Rounding::Down, 0), Ok(expected), "{text}");
        }
    }

    #[test]
    fn other_texts_are_rejected() {
        let format = DateFormat::default();
        for text in [
            "",
            "x",
            "24-01-01",
            "2024-1-1",
            "2024-13-01",
            "2023-02-29",
            "2024-01-01T25",
            "2024-01-01 10:00",
            "2024-01-01Z",
            "1e3",
            "+5",
            "2024-05-17T12:34:56Europe/Berlin",
        ] {
            assert!(format.millis(text, Rounding::Down, 0).is_err(), "{text}");
        }
        insta::assert_snapshot!(millis("epoch_millis", "253402300800000").expect_err("year 10000"), @r#"date "253402300800000" is not within the years -9999 to 9999"#);
        insta::assert_snapshot!(millis("date", "x").expect_err("not a date"), @r#""x" is not a date in the format [date]"#);
        insta::assert_snapshot!(millis("yyyy-QQ", "x").expect_err("not a pattern"), @r#"unknown date format "yyyy-QQ""#);
    }

    #[test]
    fn lenient_dates_may_have_fewer_digits() {
        for format in ["date_optional_time", "date"] {
            assert_eq!(millis(format, "2024-1-1"), millis("strict_date", "2024-01-01"));
            assert_eq!(millis(format, "-44-3-15"), millis("strict_date", "-0044-03-15"));
        }
        assert!(millis("strict_date", "2024-1-1").is_err());
        // Only the strict format allows a time zone without minutes before it.
        assert!(millis("date_optional_time", "2024-05-17T12:34Z").is_ok());
        for text in ["2024-05-17T12Z", "2024-05-17T12+02:00"] {
            assert!(millis("date_optional_time", text).is_err(), "{text}");
        }
    }

    #[test]
    fn years_before_1_need_another_letter() {
        for text in ["0000-01-01", "-0044-03-15"] {
            assert!(millis("yyyy-MM-dd", text).is_err(), "{text}");
            assert_eq!(millis("uuuu-MM-dd", text), millis("strict_date_optional_time", text));
            assert_eq!(millis("strict_date", text), millis("strict_date_optional_time", text));
        }
        assert_eq!(millis("basic_date", "-00440315"), millis("strict_date", "-0044-03-15"));
        let format = DateFormat::parse("date").expect("a format");
        assert_eq!(format.format(format.millis("-44-3-15", Rounding::Down, 0).expect("a date")), "-0044-03-15");
    }

    #[test]
    fn seconds_and_patterns_are_parsed() {
        assert_eq!(millis("epoch_second", "1700000000"), Ok(1_700_000_000_000));
        assert_eq!(millis("yyyy/MM/dd HH:mm:ss", "1970/01/02 00:00:01"), Ok(86_401_000));
        assert_eq!(millis("basic_date", "19700102"), Ok(86_400_000));
        assert_eq!(millis("dd.MM.yyyy", "02.01.1970"), Ok(86_400_000));
    }

    #[test]
    fn names_of_months_and_days_are_read_and_written() {
        let moment = millis("strict_date_optional_time", "2024-05-17T15:04:05.678Z").expect("a date");
        for (format, text) in [
            ("d MMM yyyy", "17 May 2024"),
            ("EEE, dd MMMM yyyy", "Fri, 17 May 2024"),
            ("EEEE d.M.yy", "Friday 17.5.24"),
            ("MM/dd/yyyy hh:mm a", "05/17/2024 03:04 PM"),
            ("MMMM yyyy", "May 2024"),
            ("HH:mm", "15:04"),
            ("MM-dd", "05-17"),
            ("strict_year_month", "2024-05"),
            ("strict_date_time", "2024-05-17T15:04:05.678Z"),
            ("basic_date_time_no_millis", "20240517T150405Z"),
            ("t_time", "T15:04:05.678Z"),
        ] {
            let parsed = DateFormat::parse(format).expect("a format");
            assert_eq!(parsed.format(moment), text, "{format}");
            let read = parsed.millis(text, Rounding::Down, 0).expect("a date");
            assert_eq!(parsed.format(read), text, "{format}");
        }
        assert_eq!(millis("hh:mm a", "12:30 AM"), Ok(30 * 60_000));
        assert_eq!(millis("hh:mm a", "12:30 PM"), Ok((12 * 60 + 30) * 60_000));
        assert_eq!(millis("MM-dd", "01-02"), Ok(86_400_000));
        assert_eq!(millis("date_time", "1970-1-1T0:0:1.5+0100"), Ok(-3_598_500));
        assert_eq!(millis("strict_date_time", "1970-01-01T00:00:01Z"), Ok(1_000));
        assert_eq!(millis("date", "2024"), millis("date", "2024-01-01"));
        assert_eq!(millis("MMM", "May"), Ok(10_368_000_000));
        assert_eq!(millis("dd.MM.yy", "17.05.99"), Ok(4_082_659_200_000));
        assert_eq!(millis("EEE dd.MM.yyyy", "Mon 17.05.2024"), Ok(1_715_904_000_000));
        assert_eq!(millis("strict_date_time", "1970-01-01T00:00:01.5+00:00"), Ok(1_500));
        for (format, text) in [
            ("EEEE", "Friday"),
            ("date_time", "1970-1-1T0:0:1Z"),
            ("date_hour_minute_second_millis", "2024-5-1T1:2:3.1234"),
            ("d MMM yyyy", "17 may 2024"),
            ("hh:mm a", "13:00 PM"),
            ("hh:mm a", "00:00 AM"),
            ("hh:mm", "03:04"),
            ("strict_year", "24"),
            ("strict_date_time_no_millis", "1970-01-01T00:00:01.5Z"),
        ] {
            assert!(millis(format, text).is_err(), "{format} {text}");
        }
        for format in ["", "'text'", "X", "QQ", "MMMMM", "EEEEE", "strict_week_date"] {
            assert!(DateFormat::parse(format).is_err(), "{format}");
        }
    }

    #[test]
    fn missing_parts_of_the_time_are_rounded() {
        let format = DateFormat::default();
        let end_of_day = 86_400_000 - 1;
        assert_eq!(format.millis("1970-01-01", Rounding::Up, 0), Ok(end_of_day));
        assert_eq!(format.millis("1970-01", Rounding::Up, 0), Ok(end_of_day));
        assert_eq!(format.millis("1970-01-01T00:00", Rounding::Up, 0), Ok(59_999));
        assert_eq!(format.millis("0", Rounding::Up, 0), Ok(0));
        assert_eq!(format.millis("1970-01-01", Rounding::Down, 3600), Ok(-3_600_000));
    }

    #[test]
    fn dates_are_formatted_in_the_first_format() {
        for (format, expected) in [
            ("strict_date_optional_time||epoch_millis", "2023-11-14T22:13:20.123Z"),
            ("epoch_millis", "1700000000123"),
            ("epoch_second", "1700000000"),
            ("yyyy-MM-dd", "2023-11-14"),
            ("dd.MM.yyyy HH:mm:ss.SSS", "14.11.2023 22:13:20.123"),
        ] {
            assert_eq!(DateFormat::parse(format).expect("a format").format(1_700_000_000_123), expected);
        }
        assert_eq!(DateFormat::default().format(i64::MAX), i64::MAX.to_string());
    }

    #[test]
    fn dates_are_formatted_in_a_time_zone() {
        for (format, expected) in [
            ("strict_date_optional_time", ["2023-11-15T03:43:20.123+05:30", "2023-11-14T22:13:20.123Z"]),
            ("epoch_millis", ["1700000000123", "1700000000123"]),
            ("yyyy-MM-dd", ["2023-11-15", "2023-11-14"]),
            ("yyyy X", ["2023 +0530", "2023 Z"]),
            ("yyyy XXX", ["2023 +05:30", "2023 Z"]),
            ("yyyy Z", ["2023 +0530", "2023 +0000"]),
        ] {
            let format = DateFormat::parse(format).expect("a format");
            let shown = [19_800, 0].map(|offset| format.format_at(1_700_000_000_123, offset));
            assert_eq!(shown, expected);
        }
    }

    #[test]
    fn dynamic_dates_are_not_plain_numbers() {
        assert!(DateFormat::is_dynamic_date("2024-05-17"));
        assert!(DateFormat::is_dynamic_date("2024-05-17T10:00:00Z"));
        for text in ["2024", "", "a-b", "12-05-2024", "1700000000000", "-5"] {
            assert!(!DateFormat::is_dynamic_date(text), "{text}");
        }
    }
}
