//! Which part of the traces is sent.

use std::fmt;
use std::str::FromStr;

/// A number from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct SampleRatio(f64);

/// A text that is no such number.
#[derive(Debug, thiserror::Error)]
#[error("expected a number from 0 to 1")]
pub(super) struct InvalidRatio;

impl SampleRatio {
    /// All traces.
    pub(super) const ALL: Self = SampleRatio(1.0);

    pub(super) fn get(self) -> f64 {
        self.0
    }
}

impl FromStr for SampleRatio {
    type Err = InvalidRatio;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let ratio = text.parse().map_err(|_| InvalidRatio)?;
        if (0.0..=1.0).contains(&ratio) { Ok(SampleRatio(ratio)) } else { Err(InvalidRatio) }
    }
}

impl fmt::Display for SampleRatio {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_are_ratios() {
        let ratio = |text: &str| text.parse::<SampleRatio>().ok().map(SampleRatio::get);
        assert_eq!(["0", "0.25", "1"].map(ratio), [Some(0.0), Some(0.25), Some(1.0)]);
        assert_eq!(["-0.1", "1.1", "NaN", "inf", "half", ""].map(ratio), [None; 6]);
    }
}
