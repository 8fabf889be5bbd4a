//! The names of months and of days of the week, in English.

use super::parts::Reader;

/// How much of a name is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameStyle {
    /// Its first three letters.
    Short,
    Long,
}

/// Names of what is numbered from 1.
pub(super) struct Names(&'static [&'static str]);

pub(super) const MONTHS: Names = Names(&[
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]);

pub(super) const WEEKDAYS: Names =
    Names(&["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]);

impl Names {
    /// The name of a number that has one.
    pub(super) fn name(&self, style: NameStyle, number: i8) -> &'static str {
        style.of(self.0[number as usize - 1])
    }

    /// The number whose name is next.
    pub(super) fn read(&self, style: NameStyle, reader: &mut Reader<'_>) -> Option<i8> {
        let found = self.0.iter().position(|name| reader.take_text(style.of(name)))?;
        Some(found as i8 + 1)
    }
}

impl NameStyle {
    fn of(self, name: &'static str) -> &'static str {
        match self {
            NameStyle::Short => &name[..3],
            NameStyle::Long => name,
        }
    }
}
