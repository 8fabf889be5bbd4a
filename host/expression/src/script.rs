//! A script before it is compiled.

use serde_json::{Map, Value as Json};

use crate::language::Language;

/// A script as a request has it.
#[derive(Debug, Clone, Copy)]
pub struct Script<'a> {
    /// Its language.
    pub language: Language,
    /// Its text.
    pub source: &'a str,
    /// Its parameters, which are constants to it.
    pub params: &'a Map<String, Json>,
}
