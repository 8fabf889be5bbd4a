//! Units of time.

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChronoUnit {
    Nanos,
    Micros,
    Millis,
    Seconds,
    Minutes,
    Hours,
    HalfDays,
    Days,
    Weeks,
    Months,
    Years,
    Decades,
    Centuries,
    Millennia,
}

pub(super) const UNITS: &[(&str, ChronoUnit)] = &[
    ("NANOS", ChronoUnit::Nanos),
    ("MICROS", ChronoUnit::Micros),
    ("MILLIS", ChronoUnit::Millis),
    ("SECONDS", ChronoUnit::Seconds),
    ("MINUTES", ChronoUnit::Minutes),
    ("HOURS", ChronoUnit::Hours),
    ("HALF_DAYS", ChronoUnit::HalfDays),
    ("DAYS", ChronoUnit::Days),
    ("WEEKS", ChronoUnit::Weeks),
    ("MONTHS", ChronoUnit::Months),
    ("YEARS", ChronoUnit::Years),
    ("DECADES", ChronoUnit::Decades),
    ("CENTURIES", ChronoUnit::Centuries),
    ("MILLENNIA", ChronoUnit::Millennia),
];

pub(crate) const NANOS_PER_SECOND: i128 = 1_000_000_000;

impl ChronoUnit {
    pub(crate) fn name(self) -> &'static str {
        UNITS.iter().find(|(_, unit)| *unit == self).map_or("", |(name, _)| name)
    }

    /// Its length in nanoseconds, if it is always the same.
    pub(crate) fn nanos(self) -> Option<i128> {
        Some(match self {
            ChronoUnit::Nanos => 1,
            ChronoUnit::Micros => 1_000,
            ChronoUnit::Millis => 1_000_000,
            ChronoUnit::Seconds => NANOS_PER_SECOND,
            ChronoUnit::Minutes => 60 * NANOS_PER_SECOND,
            ChronoUnit::Hours => 3_600 * NANOS_PER_SECOND,
            ChronoUnit::HalfDays => 43_200 * NANOS_PER_SECOND,
            _ => return None,
        })
    }

    /// Its length in months, if it is made of them.
    pub(crate) fn months(self) -> Option<i64> {
        Some(match self {
            ChronoUnit::Months => 1,
            ChronoUnit::Years => 12,
            ChronoUnit::Decades => 120,
            ChronoUnit::Centuries => 1_200,
            ChronoUnit::Millennia => 12_000,
            _ => return None,
        })
    }

    /// Its length in days, if it is made of them.
    pub(crate) fn days(self) -> Option<i64> {
        match self {
            ChronoUnit::Days => Some(1),
            ChronoUnit::Weeks => Some(7),
            _ => None,
        }
    }
}
