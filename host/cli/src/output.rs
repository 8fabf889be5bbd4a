//! Prints results on standard output, as text or as JSON, and remarks on standard error.

use std::io::{self, Write};

use anyhow::Result;
use serde_json::Value as Json;

/// Prints text, ending it with a newline.
pub(crate) fn print(text: &str) -> Result<()> {
    let text = format!("{}\n", text.trim_end_matches('\n'));
    let mut out = io::stdout().lock();
    // In one write: a program that reads from a pipe may close it after the first line.
    out.write_all(text.as_bytes())?;
    // Programs that read from a pipe must see each line at once.
    out.flush()?;
    Ok(())
}

/// Prints JSON on one line.
pub(crate) fn print_json(json: &Json) -> Result<()> {
    print(&json.to_string())
}

/// Prints a remark on standard error, where it does not mix with results.
pub(crate) fn remark(text: &str) {
    eprintln!("{text}");
}

/// `1 document`, `2 documents`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}
