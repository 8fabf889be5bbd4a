//! What a project says about its function.

use serde::Deserialize;

/// What a function's metadata says about it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// The name that it is published under.
    pub name: String,
    /// A semantic version.
    pub version: String,
    /// A line about it.
    pub description: String,
    /// An SPDX expression.
    pub license: String,
    /// Names, perhaps with addresses.
    #[serde(default)]
    pub authors: Vec<String>,
}
