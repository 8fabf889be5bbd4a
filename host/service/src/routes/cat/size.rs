//! Sizes in bytes, as tables show them.

use crate::error::ApiError;

/// The unit of sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SizeUnit {
    /// The largest unit in which the size is at least 1.
    Human,
    /// This many bytes.
    Bytes(u64),
}

const UNITS: [&str; 4] = ["kb", "mb", "gb", "tb"];

impl SizeUnit {
    /// The unit that a URL parameter names.
    pub(super) fn parse(name: &str) -> Result<Self, ApiError> {
        let power = match name {
            "b" => 0,
            "k" | "kb" => 1,
            "m" | "mb" => 2,
            "g" | "gb" => 3,
            "t" | "tb" => 4,
            "p" | "pb" => 5,
            _ => {
                let reason = format!(
                    "parameter [bytes] must be one of [b], [k], [kb], [m], [mb], [g], [gb], [t], [tb], [p], [pb], but is [{name}]"
                );
                return Err(ApiError::Argument(reason));
            }
        };
        Ok(SizeUnit::Bytes(1 << (10 * power)))
    }

    /// A size: `512b`, `1.5kb`, `20mb`, or a number of the given unit. Units are powers of 1,024. All are rounded down, so that a
    /// size is never overstated.
    pub(super) fn text(self, bytes: u64) -> String {
        match self {
            SizeUnit::Bytes(unit) => return (bytes / unit).to_string(),
            SizeUnit::Human if bytes < 1024 => return format!("{bytes}b"),
            SizeUnit::Human => {}
        }
        let mut value = bytes as f64 / 1024.0;
        let mut unit = 0;
        while value >= 1024.0 && unit + 1 < UNITS.len() {
            value /= 1024.0;
            unit += 1;
        }
        let tenths = (value * 10.0).floor() / 10.0;
        format!("{tenths}{}", UNITS[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        let human = |bytes| SizeUnit::Human.text(bytes);
        assert_eq!([human(0), human(1_023), human(1_024)], ["0b", "1023b", "1kb"]);
        assert_eq!([human(1_536), human((1 << 20) - 1), human(1 << 20)], ["1.5kb", "1023.9kb", "1mb"]);
        assert_eq!(human(u64::MAX), "16777216tb");
        let of = |unit: &str, bytes| SizeUnit::parse(unit).expect("a unit").text(bytes);
        assert_eq!([of("b", 1_536), of("kb", 1_536), of("k", 1_023), of("pb", 1 << 50)], ["1536", "1", "0", "1"]);
    }
}
