//! What commands print on standard output: a result for people, or JSON for programs.

use std::io::{self, Write};

use anyhow::Result;
use serde_json::Value as Json;

/// Prints text, and ends it with a line end.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.trim_end_matches('\n').as_bytes())?;
    out.write_all(b"\n")?;
    // A line is seen as soon as it is printed, by programs, too.
    out.flush()?;
    Ok(())
}

/// Prints JSON on one line.
pub(crate) fn print_json(json: &Json) -> Result<()> {
    print(&json.to_string())
}

/// A size for people: `512 B`, `9.1 KB`, `20.3 MB`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    if bytes < 1_000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1_000.0;
    let mut unit = 0;
    // What would be rounded to 1000.0 is 1.0 of the next unit.
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1_000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// `1 document`, `2 documents`.
pub(crate) fn count(number: u64, one: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {one}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        assert_eq!([size(0), size(999), size(1_000)], ["0 B", "999 B", "1.0 KB"]);
        assert_eq!([size(999_949), size(999_950), size(20_300_000)], ["999.9 KB", "1.0 MB", "20.3 MB"]);
        assert_eq!(size(u64::MAX), "18446744.1 TB");
    }
}
