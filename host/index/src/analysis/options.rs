//! The options of tokenizers, filters and analyzers.

use serde_json::{Map, Value as Json};

use crate::IndexError;
use crate::excerpt::json_excerpt;

/// The largest allowed differences between the sizes of n-grams and shingles: `index.max_ngram_diff` and `index.max_shingle_diff`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SizeLimits {
    pub(super) ngram: usize,
    pub(super) shingle: usize,
}

impl Default for SizeLimits {
    fn default() -> Self {
        SizeLimits { ngram: 1, shingle: 3 }
    }
}

/// The options of a definition such as `{"type": "length", "min": 2}`. A key that nobody asks for is an error.
pub(super) struct Options<'a> {
    object: &'a Map<String, Json>,
    path: &'a str,
    known: Vec<&'static str>,
    pub(super) limits: SizeLimits,
}

impl<'a> Options<'a> {
    pub(super) fn new(object: &'a Map<String, Json>, path: &'a str, limits: SizeLimits) -> Self {
        Options { object, path, known: vec!["type"], limits }
    }

    fn get(&mut self, key: &'static str) -> Option<&'a Json> {
        self.known.push(key);
        self.object.get(key).filter(|value| !value.is_null())
    }

    /// The JSON of an option.
    pub(super) fn json(&mut self, key: &'static str) -> Option<&'a Json> {
        self.get(key)
    }

    /// A string, or the text of a number or boolean.
    pub(super) fn text(&mut self, key: &'static str) -> Result<Option<String>, IndexError> {
        match self.get(key) {
            None => Ok(None),
            Some(json) => match scalar(json) {
                Some(text) => Ok(Some(text)),
                None => Err(self.error(key, format!("{} is not a string", json_excerpt(json)))),
            },
        }
    }

    pub(super) fn required_text(&mut self, key: &'static str) -> Result<String, IndexError> {
        self.text(key)?.ok_or_else(|| self.missing(key))
    }

    /// A list of strings, or one string with commas between them.
    pub(super) fn texts(&mut self, key: &'static str) -> Result<Option<Vec<String>>, IndexError> {
        match self.get(key) {
            None => Ok(None),
            Some(Json::String(text)) => Ok(Some(text.split(',').map(|part| part.trim().to_owned()).collect())),
            Some(_) => self.list(key),
        }
    }

    /// A list of strings, or one string, which may contain commas.
    pub(super) fn list(&mut self, key: &'static str) -> Result<Option<Vec<String>>, IndexError> {
        let Some(json) = self.get(key) else { return Ok(None) };
        let items = json.as_array().map_or_else(|| std::slice::from_ref(json), Vec::as_slice);
        let texts = items.iter().map(|item| {
            scalar(item).ok_or_else(|| self.error(key, format!("{} is not a list of strings", json_excerpt(json))))
        });
        texts.collect::<Result<_, _>>().map(Some)
    }

    pub(super) fn required_texts(&mut self, key: &'static str) -> Result<Vec<String>, IndexError> {
        self.texts(key)?.ok_or_else(|| self.missing(key))
    }

    pub(super) fn required_list(&mut self, key: &'static str) -> Result<Vec<String>, IndexError> {
        self.list(key)?.ok_or_else(|| self.missing(key))
    }

    pub(super) fn count(&mut self, key: &'static str, default: usize) -> Result<usize, IndexError> {
        Ok(self.optional_count(key)?.unwrap_or(default))
    }

    pub(super) fn optional_count(&mut self, key: &'static str) -> Result<Option<usize>, IndexError> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| self.error(key, format!("{text:?} is not a whole number")))
    }

    /// A count that is at least one.
    pub(super) fn size(&mut self, key: &'static str, default: usize) -> Result<usize, IndexError> {
        match self.count(key, default)? {
            0 => Err(self.error(key, "it must be at least 1")),
            size => Ok(size),
        }
    }

    pub(super) fn flag(&mut self, key: &'static str) -> Result<Option<bool>, IndexError> {
        match self.text(key)?.as_deref() {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(other) => Err(self.error(key, format!("{other:?} is neither true nor false"))),
        }
    }

    /// Checks that all keys are known.
    pub(super) fn finish(&self) -> Result<(), IndexError> {
        match self.object.keys().find(|key| !self.known.contains(&key.as_str())) {
            Some(key) => Err(self.error(key, format!("unknown key; known keys: {}", self.known.join(", ")))),
            None => Ok(()),
        }
    }

    /// The error that an option is invalid.
    pub(super) fn error(&self, key: &str, reason: impl ToString) -> IndexError {
        IndexError::InvalidMapping { path: format!("{}.{key}", self.path), reason: reason.to_string() }
    }

    fn missing(&self, key: &str) -> IndexError {
        IndexError::InvalidMapping { path: self.path.to_owned(), reason: format!("missing `{key}`") }
    }
}

fn scalar(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}
