//! The contexts of completions: what inputs are for, such as a kind of shop or a place. Who asks for completions names some.
//!
//! An input is indexed once for each of its contexts, in a term that begins with the number of the context and its value.

use serde_json::{Map, Value as Json};

use crate::GeoPoint;

/// Between a context and what an input is compared by.
pub(super) const CONTEXT_END: char = '\u{1d}';

/// Digits of the number of a context in a term.
const NUMBER_DIGITS: usize = 2;

/// Most contexts of a field. 10: an input is indexed for each of its contexts.
pub(crate) const MAX_CONTEXTS: usize = 10;

/// Digits of geohashes, unless the mapping says otherwise.
pub(crate) const DEFAULT_PRECISION: u8 = 6;

/// A context that the inputs of a field have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletionContext {
    /// Its name.
    pub name: String,
    /// What its values are.
    pub kind: ContextKind,
    /// The field whose values are values of it, too.
    pub path: Option<String>,
}

/// What the values of a context are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContextKind {
    /// Texts.
    Category,
    /// Geohashes.
    Geo {
        /// How many digits they have.
        precision: u8,
    },
}

impl CompletionContext {
    /// What terms of a value begin with, up to where a longer value may go on.
    pub fn open_prefix(number: usize, value: &str) -> String {
        format!("{number:0NUMBER_DIGITS$}{value}")
    }

    /// What terms of a value begin with.
    pub fn prefix(number: usize, value: &str) -> String {
        format!("{}{CONTEXT_END}", Self::open_prefix(number, value))
    }

    /// As in a mapping.
    pub(crate) fn to_json(&self) -> Json {
        let mut json = Map::new();
        json.insert("name".to_owned(), self.name.as_str().into());
        match self.kind {
            ContextKind::Category => _ = json.insert("type".to_owned(), "CATEGORY".into()),
            ContextKind::Geo { precision } => {
                json.insert("type".to_owned(), "GEO".into());
                json.insert("precision".to_owned(), precision.into());
            }
        }
        if let Some(path) = &self.path {
            json.insert("path".to_owned(), path.as_str().into());
        }
        Json::Object(json)
    }

    /// The value of a point.
    pub fn value_of_point(&self, point: GeoPoint) -> Option<String> {
        match self.kind {
            ContextKind::Category => None,
            ContextKind::Geo { precision } => Some(point.geohash(precision.into())),
        }
    }
}

/// The number and the value of a context in a term, and the rest of the term; `None` if it is not of a context.
pub(super) fn split_context(term: &str) -> Option<(usize, &str, &str)> {
    let (context, rest) = term.split_once(CONTEXT_END)?;
    let (number, value) = context.split_at_checked(NUMBER_DIGITS)?;
    Some((number.parse().ok()?, value, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_begin_with_a_context() {
        let term = format!("{}rest", CompletionContext::prefix(3, "a b"));
        assert_eq!(split_context(&term), Some((3, "a b", "rest")));
        assert_eq!(split_context("rest"), None);
    }
}
