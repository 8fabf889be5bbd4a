//! Patterns of letters, such as `yyyy/MM/dd HH:mm:ss`.

use super::date_error::DateError;
use super::digits::Digits;
use super::parts::{DateParts, Reader};

/// A pattern: the letters `y`, `u`, `M`, `d`, `H`, `m`, `s`, `S` are numbers of as many digits (single `M`, `d`, `H`, `m` and `s`
/// match one or two), `X` or `Z` is the time zone, text in single quotes and everything that is not a letter is literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    items: Vec<Item>,
    digits: Digits,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    /// `yyyy`: 0001 to 9999.
    YearOfEra,
    /// `uuuu`: also 0000, and years before with a minus.
    Year,
    Month(usize),
    Day(usize),
    Hour(usize),
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

impl Pattern {
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
                ('M', 1..=2) => Item::Month(count),
                ('d', 1..=2) => Item::Day(count),
                ('H', 1..=2) => Item::Hour(count),
                ('m', 1..=2) => Item::Minute(count),
                ('s', 1..=2) => Item::Second(count),
                ('S', 1..=9) => Item::Fraction(count),
                ('X', 1..=2) => Item::Offset(OffsetStyle::Short),
                ('X', 3) => Item::Offset(OffsetStyle::Colon),
                ('Z', 1..=3) => Item::Offset(OffsetStyle::Digits),
                _ => return Err(unknown()),
            });
        }
        // A date requires a year, and the empty pattern would match the empty text.
        if !items.iter().any(|item| matches!(item, Item::YearOfEra | Item::Year)) {
            return Err(unknown());
        }
        Ok(Pattern { items, digits: Digits::All })
    }

    /// The same pattern, reading numbers with these digits.
    pub(super) fn with(self, digits: Digits) -> Self {
        Pattern { digits, ..self }
    }

    pub(super) fn read(&self, text: &str) -> Option<DateParts> {
        let mut reader = Reader { rest: text };
        let shortest = |digits| if self.digits == Digits::All { digits } else { 1 };
        let mut parts = DateParts::default();
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
                Item::Month(digits) => parts.month = Some(reader.number(shortest(digits), 2)? as i8),
                Item::Day(digits) => parts.day = Some(reader.number(shortest(digits), 2)? as i8),
                Item::Hour(digits) => parts.hour = Some(reader.number(shortest(digits), 2)? as i8),
                Item::Minute(digits) => parts.minute = Some(reader.number(shortest(digits), 2)? as i8),
                Item::Second(digits) => parts.second = Some(reader.number(shortest(digits), 2)? as i8),
                Item::Fraction(digits) => parts.nanosecond = Some(reader.fraction(digits, digits)?),
                Item::Offset(_) => parts.offset_seconds = Some(reader.offset()?),
                Item::Literal(character) => reader.take(character).then_some(())?,
            }
        }
        reader.rest.is_empty().then_some(parts)
    }

    pub(super) fn format(&self, parts: &DateParts) -> String {
        let mut text = String::new();
        for item in &self.items {
            let number = |value: Option<i8>, digits: usize| format!("{:01$}", value.unwrap_or(0), digits);
            match *item {
                Item::YearOfEra | Item::Year => text += &parts.year_text(),
                Item::Month(digits) => text += &number(parts.month, digits),
                Item::Day(digits) => text += &number(parts.day, digits),
                Item::Hour(digits) => text += &number(parts.hour, digits),
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
