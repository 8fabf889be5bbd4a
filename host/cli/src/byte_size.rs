//! Sizes on the command line.

use std::fmt;
use std::str::FromStr;

/// Bytes, as people write them: `4096`, `500MB`, `1GiB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ByteSize(pub(crate) u64);

/// Units by thousands and by 1,024s, each with its bytes; the larger ones first.
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

impl FromStr for ByteSize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let unit = unit.trim_start();
        let bytes = match UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit)) {
            Some((_, bytes)) => *bytes,
            None if unit.is_empty() => 1,
            None => return Err(format!("{unit:?} is no unit of sizes: use KB, MB, GB, TB, KiB, MiB, GiB or TiB")),
        };
        let number: u64 = number.parse().map_err(|_| "a size begins with a whole number, as in 500MB".to_owned())?;
        number.checked_mul(bytes).map(ByteSize).ok_or_else(|| "this size is too large".to_owned())
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
    fn sizes_are_read_as_people_write_them() {
        for (text, bytes) in [("0", 0), ("4096", 4_096), ("7B", 7), ("500MB", 500_000_000), ("1GiB", 1 << 30)] {
            assert_eq!(text.parse(), Ok(ByteSize(bytes)), "{text}");
        }
        assert_eq!("2 kib".parse(), Ok(ByteSize(2_048)));
        assert_eq!("18446744073709551615".parse(), Ok(ByteSize(u64::MAX)));
    }

    #[test]
    fn anything_else_is_refused() {
        let refusal = |text: &str| text.parse::<ByteSize>().expect_err("no size");
        insta::assert_snapshot!(refusal("1XB"), @r#""XB" is no unit of sizes: use KB, MB, GB, TB, KiB, MiB, GiB or TiB"#);
        insta::assert_snapshot!(refusal(""), @"a size begins with a whole number, as in 500MB");
        insta::assert_snapshot!(refusal("MB"), @"a size begins with a whole number, as in 500MB");
        insta::assert_snapshot!(refusal("-1"), @r#""-1" is no unit of sizes: use KB, MB, GB, TB, KiB, MiB, GiB or TiB"#);
        insta::assert_snapshot!(refusal("18446744073709551616"), @"a size begins with a whole number, as in 500MB");
        insta::assert_snapshot!(refusal("18446744073709552KB"), @"this size is too large");
    }

    #[test]
    fn what_is_shown_can_be_read() {
        for bytes in [0, 1, 999, 1_000, 1_024, 5_000_000, 1 << 30, 3 << 40, u64::MAX] {
            assert_eq!(ByteSize(bytes).to_string().parse(), Ok(ByteSize(bytes)));
        }
        assert_eq!([1_000, 1 << 30, 1_025].map(|bytes| ByteSize(bytes).to_string()), ["1KB", "1GiB", "1025B"]);
    }
}
