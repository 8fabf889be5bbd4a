//! What a suggestion is made for: a text and a field.

use quidditch_index::{AnalyzeError, AnalyzedToken, Field};

use super::context::Context;
use super::spell_checker::{MAX_SIZE, size};
use crate::Error;
use crate::json::{ErrorKind, Fields, Node, ParseError};

/// Suggestions where the request does not say how many.
const DEFAULT_SIZE: usize = 5;

/// The text and the field, and the keys that all suggesters have.
#[derive(Debug, PartialEq)]
pub(super) struct Input {
    /// `None` if neither the suggestion nor the request has one.
    pub(super) text: Option<String>,
    /// What completions begin with.
    pub(super) prefix: Option<String>,
    /// What the beginning of completions matches.
    pub(super) regex: Option<String>,
    pub(super) field: String,
    pub(super) analyzer: Option<String>,
    pub(super) size: usize,
    /// How many are looked for; -1 is the default.
    shard_size: i32,
}

impl Input {
    /// Takes the keys of a suggester.
    pub(super) fn take(fields: &mut Fields<'_>) -> Result<Self, ParseError> {
        let field = fields.required_or(ErrorKind::Value, "field", "a suggester")?;
        Ok(Input {
            text: None,
            prefix: None,
            regex: None,
            field: field.text()?.to_owned(),
            analyzer: fields.optional("analyzer", |node| node.text().map(str::to_owned))?,
            size: fields.optional("size", size)?.unwrap_or(DEFAULT_SIZE),
            shard_size: fields.optional("shard_size", Node::integer)?.unwrap_or(-1),
        })
    }

    /// How many suggestions are looked for, of which the best are shown.
    ///
    /// # Errors
    /// If the request says a number that is not possible.
    pub(super) fn shard_size(&self, default: usize) -> Result<usize, Error> {
        match usize::try_from(self.shard_size) {
            _ if self.shard_size == -1 => Ok(default),
            Ok(size @ 1..=MAX_SIZE) => Ok(size),
            _ => Err(Error::shard_argument(format!(
                "[shard_size] must be from 1 to {MAX_SIZE}, but is [{}]",
                self.shard_size
            ))),
        }
    }

    /// # Errors
    /// If there is none.
    pub(super) fn text(&self) -> Result<&str, Error> {
        self.text.as_deref().ok_or_else(|| Error::shard_argument("The required text option is missing"))
    }

    /// # Errors
    /// If the mapping does not have it.
    pub(super) fn field<'a>(&self, context: &Context<'a>) -> Result<&'a Field, Error> {
        let name = &self.field;
        context
            .mapping()
            .field(name)
            .ok_or_else(|| Error::shard_argument(format!("no mapping found for field [{name}]")))
    }

    /// The words of the text.
    pub(super) fn tokens(&self, field: &Field, context: &Context<'_>) -> Result<Vec<AnalyzedToken>, Error> {
        let text = self.text()?;
        context.mapping().analyze_query(field, self.analyzer.as_deref(), text).map_err(|error| analyzer_error(&error))
    }
}

/// The error that a text cannot be analyzed.
pub(super) fn analyzer_error(error: &AnalyzeError) -> Error {
    Error::shard_argument(match error {
        AnalyzeError::Unknown { name, .. } => format!("analyzer [{name}] doesn't exists"),
        other => other.to_string(),
    })
}
