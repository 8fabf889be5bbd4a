//! Spans of time on the command line.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A span of time, as people write it: `90s`, `12h`, `1d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TimeSpan(pub(super) Duration);

/// Each with its seconds; the longer ones first.
const UNITS: [(&str, u64); 4] = [("d", 24 * 60 * 60), ("h", 60 * 60), ("m", 60), ("s", 1)];

impl FromStr for TimeSpan {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let advice = || "a time is a whole number and a unit (s, m, h or d), as in 12h".to_owned();
        let number: u64 = number.parse().map_err(|_| advice())?;
        let (_, seconds) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(advice)?;
        let seconds = number.checked_mul(*seconds).ok_or_else(|| "this time is too long".to_owned())?;
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
    fn times_are_read_as_people_write_them() {
        for (text, seconds) in [("0s", 0), ("90s", 90), ("5m", 300), ("12h", 43_200), ("1d", 86_400)] {
            assert_eq!(text.parse(), Ok(TimeSpan(Duration::from_secs(seconds))), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "1", "d", "1w", "-1d", "1.5h", "1D", "1 d"] {
            let refusal = text.parse::<TimeSpan>().expect_err(text);
            assert_eq!(refusal, "a time is a whole number and a unit (s, m, h or d), as in 12h", "{text}");
        }
        insta::assert_snapshot!(format!("{}d", u64::MAX).parse::<TimeSpan>().expect_err("too long"), @"this time is too long");
    }

    #[test]
    fn what_is_shown_can_be_read() {
        for (seconds, text) in [(0, "0s"), (86_400, "1d"), (5_400, "90m"), (61, "61s")] {
            let time = TimeSpan(Duration::from_secs(seconds));
            assert_eq!(time.to_string(), text);
            assert_eq!(text.parse(), Ok(time));
        }
    }
}
