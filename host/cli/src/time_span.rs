//! Durations as arguments.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A duration, parsed from texts such as `90s`, `12h` or `1d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TimeSpan(pub(crate) Duration);

/// Why a text is not a duration.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ParseTimeSpanError {
    #[error("expected an integer and a unit (s, m, h or d), such as 12h")]
    Invalid,
    #[error("duration too long")]
    TooLong,
}

/// Units with their seconds, longer ones first.
const UNITS: [(&str, u64); 4] = [("d", 24 * 60 * 60), ("h", 60 * 60), ("m", 60), ("s", 1)];

impl FromStr for TimeSpan {
    type Err = ParseTimeSpanError;

    fn from_str(text: &str) -> Result<Self, ParseTimeSpanError> {
        let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let number: u64 = number.parse().map_err(|_| ParseTimeSpanError::Invalid)?;
        let (_, seconds) = UNITS.iter().find(|(name, _)| *name == unit).ok_or(ParseTimeSpanError::Invalid)?;
        let seconds = number.checked_mul(*seconds).ok_or(ParseTimeSpanError::TooLong)?;
        Ok(TimeSpan(Duration::from_secs(seconds)))
    }
}

impl fmt::Display for TimeSpan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.0.as_secs();
        let unit = UNITS.iter().find(|(_, seconds)| time.is_multiple_of(*seconds)).filter(|_| time > 0);
        let (name, seconds) = unit.unwrap_or(&("s", 1));
        write!(formatter, "{}{name}", time / seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_parsed() {
        for (text, seconds) in [("0s", 0), ("90s", 90), ("5m", 300), ("12h", 43_200), ("1d", 86_400)] {
            assert_eq!(text.parse(), Ok(TimeSpan(Duration::from_secs(seconds))), "{text}");
        }
    }

    #[test]
    fn other_texts_are_errors() {
        for text in ["", "1", "d", "1w", "-1d", "1.5h", "1D", "1 d"] {
            let error = text.parse::<TimeSpan>().expect_err(text);
            assert_eq!(error, ParseTimeSpanError::Invalid, "{text}");
        }
        insta::assert_snapshot!(format!("{}d", u64::MAX).parse::<TimeSpan>().expect_err("too long"), @"duration too long");
    }

    #[test]
    fn displayed_durations_can_be_parsed() {
        for (seconds, text) in [(0, "0s"), (86_400, "1d"), (5_400, "90m"), (61, "61s")] {
            let time = TimeSpan(Duration::from_secs(seconds));
            assert_eq!(time.to_string(), text);
            assert_eq!(text.parse(), Ok(time));
        }
    }
}
