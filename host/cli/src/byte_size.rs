//! Sizes in bytes, as arguments and in output.

use std::fmt;
use std::str::FromStr;

/// A number of bytes, parsed from texts such as `4096`, `500MB` or `1GiB`. Displayed exactly, in a form that can be parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ByteSize(pub(crate) u64);

/// Why a text is not a size.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ParseByteSizeError {
    #[error("expected an integer and an optional unit, such as 500MB")]
    NoNumber,
    #[error("unknown size unit {0:?}; use KB, MB, GB, TB, KiB, MiB, GiB or TiB")]
    UnknownUnit(String),
    #[error("size too large")]
    TooLarge,
}

/// Units by powers of 1,000 and of 1,024 with their bytes, larger ones first.
const UNITS: [(&str, u64); 9] = [
    ("TiB", 1 << 40),
    ("TB", 1_000_000_000_000),
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("KB", 1_000),
    ("B", 1),
];

impl ByteSize {
    /// Rounded to one decimal, for output: `512 B`, `9.1 KB`, `20.3 MB`.
    pub(crate) fn rounded(self) -> String {
        const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
        if self.0 < 1_000 {
            return format!("{} B", self.0);
        }
        let mut value = self.0 as f64 / 1_000.0;
        let mut unit = 0;
        // A value that would be rounded to 1000.0 is 1.0 of the next unit.
        while value >= 999.95 && unit + 1 < UNITS.len() {
            value /= 1_000.0;
            unit += 1;
        }
        format!("{value:.1} {}", UNITS[unit])
    }
}

impl FromStr for ByteSize {
    type Err = ParseByteSizeError;

    fn from_str(text: &str) -> Result<Self, ParseByteSizeError> {
        let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let unit = unit.trim_start();
        let bytes = match UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit)) {
            Some((_, bytes)) => *bytes,
            None if unit.is_empty() => 1,
            None => return Err(ParseByteSizeError::UnknownUnit(unit.to_owned())),
        };
        if number.is_empty() {
            return Err(ParseByteSizeError::NoNumber);
        }
        let number: u64 = number.parse().map_err(|_| ParseByteSizeError::TooLarge)?;
        number.checked_mul(bytes).map(ByteSize).ok_or(ParseByteSizeError::TooLarge)
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = UNITS.iter().find(|(_, bytes)| self.0.is_multiple_of(*bytes)).filter(|_| self.0 > 0);
        let (name, bytes) = unit.unwrap_or(&("B", 1));
        write!(formatter, "{}{name}", self.0 / bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_parsed() {
        for (text, bytes) in [("0", 0), ("4096", 4_096), ("7B", 7), ("500MB", 500_000_000), ("1GiB", 1 << 30)] {
            assert_eq!(text.parse(), Ok(ByteSize(bytes)), "{text}");
        }
        assert_eq!("2 kib".parse(), Ok(ByteSize(2_048)));
        assert_eq!("18446744073709551615".parse(), Ok(ByteSize(u64::MAX)));
    }

    #[test]
    fn other_texts_are_errors() {
        let error = |text: &str| text.parse::<ByteSize>().expect_err("not a size").to_string();
        insta::assert_snapshot!(error("1XB"), @r#"unknown size unit "XB"; use KB, MB, GB, TB, KiB, MiB, GiB or TiB"#);
        insta::assert_snapshot!(error(""), @"expected an integer and an optional unit, such as 500MB");
        insta::assert_snapshot!(error("MB"), @"expected an integer and an optional unit, such as 500MB");
        insta::assert_snapshot!(error("-1"), @r#"unknown size unit "-1"; use KB, MB, GB, TB, KiB, MiB, GiB or TiB"#);
        insta::assert_snapshot!(error("18446744073709551616"), @"size too large");
        insta::assert_snapshot!(error("18446744073709552KB"), @"size too large");
    }

    #[test]
    fn displayed_sizes_can_be_parsed() {
        for bytes in [0, 1, 999, 1_000, 1_024, 5_000_000, 1 << 30, 3 << 40, u64::MAX] {
            assert_eq!(ByteSize(bytes).to_string().parse(), Ok(ByteSize(bytes)));
        }
        assert_eq!([1_000, 1 << 30, 1_025].map(|bytes| ByteSize(bytes).to_string()), ["1KB", "1GiB", "1025B"]);
    }

    #[test]
    fn rounded_sizes_are_short() {
        let rounded = |bytes| ByteSize(bytes).rounded();
        assert_eq!([rounded(0), rounded(999), rounded(1_000)], ["0 B", "999 B", "1.0 KB"]);
        assert_eq!([rounded(999_949), rounded(999_950), rounded(20_300_000)], ["999.9 KB", "1.0 MB", "20.3 MB"]);
        assert_eq!(rounded(u64::MAX), "18446744.1 TB");
    }
}
