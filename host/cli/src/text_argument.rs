//! Arguments that are given on the command line, in a file, or on standard input.

use std::fs;
use std::io::{self, Read};

use anyhow::{Context, Result};

/// Reads `-` (standard input), `@FILE`, or the text itself.
pub(crate) fn read_text(argument: &str) -> Result<String> {
    match argument.strip_prefix('@') {
        Some(file) => read_file(file),
        None if argument == "-" => read_file(argument),
        None => Ok(argument.to_owned()),
    }
}

/// Reads a file; `-` is standard input.
pub(crate) fn read_file(name: &str) -> Result<String> {
    if name == "-" {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text).context("cannot read standard input")?;
        return Ok(text);
    }
    fs::read_to_string(name).with_context(|| format!("cannot read {name}"))
}
