//! Patterns of letters, such as `yyyy/MM/dd HH:mm:ss`.

use super::date_error::DateError;
use super::digits::Digits;
use super::names::{MONTHS, NameStyle, WEEKDAYS};
use super::parts::{DateParts, Reader};

/// A pattern: the letters `y`, `u`, `M`, `d`, `H`, `h`, `m`, `s`, `S` are numbers of as many digits (single `M`, `d`, `H`, `h`, `m`
/// and `s` match one or two), `MMM` and `E` are the short names of months and days in English, `MMMM` and `EEEE` the long ones, `a` is
/// AM or PM, `X` or `Z` is the time zone, text in single quotes and everything that is not a letter is literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    items: Vec<Item>,
    digits: Digits,
    /// How many digits the fraction of a second may have when it is read; `None` is as many as the pattern has.
    longest_fraction: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    /// `yyyy`: 0001 to 9999.
    YearOfEra,
    /// `uuuu`: also 0000, and years before with a minus.
    Year,
    /// `yy`, `uu`: of this century.
    TwoDigitYear,
    Month(usize),
    MonthName(NameStyle),
    Day(usize),
    WeekdayName(NameStyle),
    Hour(usize),
    /// From 1 to 12, which `HalfDay` goes with.
    ClockHour(usize),
    /// `AM`, `PM`
    HalfDay,
    Minute(usize),
    Second(usize),
    Fraction(usize),
    Offset(OffsetStyle),
    Literal(char),
}

/// How a time zone is written; every style is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OffsetStyle {
    /// `X`, `XX`: `Z` or `+0200`
    Short,
    /// `XXX`: `Z` or `+02:00`
    Colon,
    /// `Z`: `+0000` or `+0200`
    Digits,
}

/// The year of dates that have none.
const YEAR_OF_TIMES: i16 = 1970;

const HALF_DAYS: [&str; 2] = ["AM", "PM"];

impl Item {
    /// Whether it says something about a moment.
    fn is_part_of_date(&self) -> bool {
        !matches!(self, Item::Literal(_) | Item::Offset(_) | Item::WeekdayName(_))
    }
}

/// The letters that have a meaning in the patterns of Java's `DateTimeFormatter`.
const LETTERS_OF_JAVA: &str = "GuyDMLdQqYwWEecFaBhKkHmsSAnNVvzOXxZp";

impl Pattern {
    /// Whether Java knows all letters of a pattern, and its quotes are closed.
    pub(super) fn is_known_to_java(text: &str) -> bool {
        let is_unknown = |letter: char| letter.is_ascii_alphabetic() && !LETTERS_OF_JAVA.contains(letter);
        let parts = text.split('\'');
        !text.is_empty() && parts.clone().count() % 2 == 1 && !parts.step_by(2).any(|part| part.contains(is_unknown))
    }

    pub(super) fn parse(text: &str) -> Result<Self, DateError> {
        let unknown = || DateError::UnknownFormat(text.to_owned());
        let mut items = Vec::new();
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            if character == '\'' {
                loop {
                    match characters.next() {
                        Some('\'') => break,
                        Some(literal) => items.push(Item::Literal(literal)),
                        None => return Err(unknown()),
                    }
                }
                continue;
            }
            if !character.is_alphabetic() {
                items.push(Item::Literal(character));
                continue;
            }
            let mut count = 1;
            while characters.next_if_eq(&character).is_some() {
                count += 1;
            }
            items.push(match (character, count) {
                ('y', 4) => Item::YearOfEra,
                ('u', 4) => Item::Year,
                ('y' | 'u', 2) => Item::TwoDigitYear,
                ('M', 1..=2) => Item::Month(count),
                ('M', 3) => Item::MonthName(NameStyle::Short),
                ('M', 4) => Item::MonthName(NameStyle::Long),
                ('d', 1..=2) => Item::Day(count),
                ('E', 1..=3) => Item::WeekdayName(NameStyle::Short),
                ('E', 4) => Item::WeekdayName(NameStyle::Long),
                ('H', 1..=2) => Item::Hour(count),
                ('h', 1..=2) => Item::ClockHour(count),
                ('a', 1) => Item::HalfDay,
                ('m', 1..=2) => Item::Minute(count),
                ('s', 1..=2) => Item::Second(count),
                ('S', 1..=9) => Item::Fraction(count),
                ('X', 1..=2) => Item::Offset(OffsetStyle::Short),
                ('X', 3) => Item::Offset(OffsetStyle::Colon),
                ('Z', 1..=3) => Item::Offset(OffsetStyle::Digits),
                _ => return Err(unknown()),
            });
        }
        // One without any part of a date would match a text that says nothing.
        if items.iter().all(|item| matches!(item, Item::Literal(_) | Item::Offset(_))) {
            return Err(unknown());
        }
        Ok(Pattern { items, digits: Digits::All, longest_fraction: None })
    }

    /// The same pattern, reading numbers with these digits.
    pub(super) fn with(self, digits: Digits) -> Self {
        Pattern { digits, ..self }
    }

    /// The same pattern, reading fractions of seconds with one digit or more.
    pub(super) fn with_fraction_up_to(self, digits: usize) -> Self {
        Pattern { longest_fraction: Some(digits), ..self }
    }

    pub(super) fn read(&self, text: &str) -> Option<DateParts> {
        let mut reader = Reader { rest: text };
        let shortest = |digits| if self.digits == Digits::All { digits } else { 1 };
        let mut parts = DateParts { year: YEAR_OF_TIMES, ..DateParts::default() };
        let (mut clock_hour, mut half_day) = (None, None);
        for item in &self.items {
            match *item {
                Item::YearOfEra => {
                    let year = reader.number(shortest(4), 4)? as i16;
                    parts.year = (year > 0).then_some(year)?;
                }
                Item::Year => {
                    let sign = if reader.take('-') { -1 } else { 1 };
                    parts.year = sign * reader.number(shortest(4), 4)? as i16;
                }
                Item::TwoDigitYear => parts.year = 2000 + reader.number(2, 2)? as i16,
                Item::Month(digits) => parts.month = Some(reader.number(shortest(digits), 2)? as i8),
                Item::MonthName(style) => parts.month = Some(MONTHS.read(style, &mut reader)?),
                Item::Day(digits) => parts.day = Some(reader.number(shortest(digits), 2)? as i8),
                // It says nothing about the date that other parts do not say.
                Item::WeekdayName(style) => _ = WEEKDAYS.read(style, &mut reader)?,
                Item::ClockHour(digits) => {
                    let hour = reader.number(shortest(digits), 2)? as i8;
                    clock_hour = Some((1..=12).contains(&hour).then_some(hour % 12)?);
                }
                Item::HalfDay => half_day = Some(HALF_DAYS.iter().position(|name| reader.take_text(name))? as i8),
                Item::Hour(digits) => parts.hour = Some(reader.number(shortest(digits), 2)? as i8),
                Item::Minute(digits) => parts.minute = Some(reader.number(shortest(digits), 2)? as i8),
                Item::Second(digits) => parts.second = Some(reader.number(shortest(digits), 2)? as i8),
                Item::Fraction(digits) => {
                    let (shortest, longest) = self.longest_fraction.map_or((digits, digits), |longest| (1, longest));
                    parts.nanosecond = Some(reader.fraction(shortest, longest)?);
                }
                Item::Offset(_) => parts.offset_seconds = Some(reader.offset()?),
                Item::Literal(character) => reader.take(character).then_some(())?,
            }
        }
        match (clock_hour, half_day) {
            (Some(hour), Some(half_day)) => parts.hour = Some(hour + 12 * half_day),
            // Half of an hour says nothing.
            (Some(_), None) | (None, Some(_)) if parts.hour.is_none() => return None,
            _ => {}
        }
        let has_parts = self.items.iter().any(Item::is_part_of_date);
        (reader.rest.is_empty() && has_parts).then_some(parts)
    }

    pub(super) fn format(&self, parts: &DateParts) -> String {
        let mut text = String::new();
        for item in &self.items {
            let number = |value: Option<i8>, digits: usize| format!("{:01$}", value.unwrap_or(0), digits);
            match *item {
                Item::YearOfEra | Item::Year => text += &parts.year_text(),
                Item::TwoDigitYear => text += &format!("{:02}", parts.year.rem_euclid(100)),
                Item::Month(digits) => text += &number(parts.month, digits),
                Item::MonthName(style) => text += MONTHS.name(style, parts.month.unwrap_or(1)),
                Item::Day(digits) => text += &number(parts.day, digits),
                Item::WeekdayName(style) => text += WEEKDAYS.name(style, parts.weekday().unwrap_or(1)),
                Item::Hour(digits) => text += &number(parts.hour, digits),
                Item::ClockHour(digits) => text += &number(parts.hour.map(|hour| (hour + 11) % 12 + 1), digits),
                Item::HalfDay => text += HALF_DAYS[usize::from(parts.hour.unwrap_or(0) >= 12)],
                Item::Minute(digits) => text += &number(parts.minute, digits),
                Item::Second(digits) => text += &number(parts.second, digits),
                Item::Fraction(digits) => text += &format!("{:09}", parts.nanosecond.unwrap_or(0))[..digits],
                Item::Offset(OffsetStyle::Short) => text += &parts.offset_text("Z", ""),
                Item::Offset(OffsetStyle::Colon) => text += &parts.offset_text("Z", ":"),
                Item::Offset(OffsetStyle::Digits) => text += &parts.offset_text("+0000", ""),
                Item::Literal(character) => text.push(character),
            }
        }
        text
    }
}
