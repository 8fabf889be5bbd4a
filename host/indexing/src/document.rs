//! Converts lines of JSON to documents of an index.

mod error;
mod json_error;
mod level;
mod number_texts;
mod source;
mod walk;

use std::sync::Arc;

pub use error::{DocumentError, MAX_ID_BYTES};
pub use json_error::JsonError;
use level::Seen;
use number_texts::NumberTexts;
use quidditch_clock::Clock;
use quidditch_index::format::{ID, SOURCE};
use quidditch_index::{Mapping, json_excerpt, parse_json};
use serde_json::{Map, Value as Json};
use source::without_id;
use tantivy::TantivyDocument;
pub use walk::MAX_TERM_BYTES;
use walk::Walk;

use crate::query_check::QueryCheck;
use crate::writer::{IndexWriter, new_ulid};

/// A document of the index.
#[derive(Debug)]
pub(crate) struct ReadDocument {
    /// Its nested objects, each after those inside of it. They are indexed directly before it.
    pub(crate) nested: Vec<TantivyDocument>,
    pub(crate) document: TantivyDocument,
    /// Its `_id`, if it contained one or was given that of its line; `None` if the `_id` is newly generated, so that no other
    /// document can have it.
    pub(crate) given_id: Option<String>,
    /// Length of its line in bytes.
    pub(crate) line_bytes: usize,
}

/// Reads documents. Reuses memory from one to the next.
pub(crate) struct DocumentReader {
    clock: Arc<dyn Clock>,
    /// For the document itself, for a nested object of it, for one inside of that, and so on.
    seen: Vec<Seen>,
    /// Checks queries; `None` if documents must not have any.
    query_check: Option<Arc<dyn QueryCheck>>,
}

impl DocumentReader {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        DocumentReader { clock, seen: Vec::new(), query_check: None }
    }

    /// The reader of the documents that a writer adds.
    pub(crate) fn of(writer: &IndexWriter) -> Self {
        DocumentReader { query_check: writer.query_check().cloned(), ..Self::new(Arc::clone(writer.clock())) }
    }

    /// Reads one document. Unknown fields are added to the mapping if it is dynamic there; a document that is rejected adds none.
    ///
    /// The `_id` is the value of `id_field`, or if that is `None`, the key `_id`, which does not stay in the source, or else
    /// `line_id`, or else a new ULID.
    ///
    /// # Errors
    /// Why the document is rejected.
    pub(crate) fn read(
        &mut self,
        mapping: &mut Mapping,
        line: &[u8],
        id_field: Option<&str>,
        line_id: Option<String>,
    ) -> Result<ReadDocument, DocumentError> {
        let text = std::str::from_utf8(line).map_err(|_| DocumentError::NotUtf8)?.trim();
        let json = parse_json(text).map_err(|error| DocumentError::NotJson(error.into()))?;
        let Json::Object(mut object) = json else { return Err(DocumentError::NotAnObject(json_excerpt(&json))) };

        let mut document = TantivyDocument::default();
        let inner_id = if id_field.is_none() { object.shift_remove("_id") } else { None };
        let given_id = match (id_field, &inner_id) {
            (Some(field), _) => match object.get(field) {
                Some(value) => Some(id_from_json(value)?),
                None => return Err(DocumentError::MissingId(field.to_owned())),
            },
            (None, Some(value)) => Some(id_from_json(value)?),
            (None, None) => line_id,
        };
        match &given_id {
            Some(id) => document.add_text(ID, id),
            None => document.add_text(ID, new_ulid(&*self.clock).to_string()),
        }
        match inner_id {
            Some(_) => document.add_text(SOURCE, without_id(text)),
            None => document.add_text(SOURCE, text),
        }

        // The `_id` contains no floats.
        let (nested, document) = self.add_values(mapping, &object, text, document)?;
        Ok(ReadDocument { nested, document, given_id, line_bytes: line.len() })
    }

    /// Reads the document of an `_id`, which it does not contain. Returns its nested objects, and the document itself.
    ///
    /// # Errors
    /// Why the document is rejected.
    pub(crate) fn read_source(
        &mut self,
        mapping: &mut Mapping,
        source: &[u8],
        id: &str,
    ) -> Result<(Vec<TantivyDocument>, TantivyDocument), DocumentError> {
        let text = std::str::from_utf8(source).map_err(|_| DocumentError::NotUtf8)?.trim();
        let json = parse_json(text).map_err(|error| DocumentError::NotJson(error.into()))?;
        let Json::Object(object) = json else { return Err(DocumentError::NotAnObject(json_excerpt(&json))) };
        let mut document = TantivyDocument::default();
        document.add_text(ID, id);
        document.add_text(SOURCE, text);
        self.add_values(mapping, &object, text, document)
    }

    fn add_values(
        &mut self,
        mapping: &mut Mapping,
        object: &Map<String, Json>,
        text: &str,
        document: TantivyDocument,
    ) -> Result<(Vec<TantivyDocument>, TantivyDocument), DocumentError> {
        let numbers = NumberTexts::new(object, text);
        let mut walk = Walk::new(mapping, document, &mut self.seen, numbers, self.query_check.as_deref());
        match walk.document(object) {
            Ok(()) => Ok(walk.finish()),
            Err(error) => {
                walk.undo();
                Err(error)
            }
        }
    }
}

fn id_from_json(json: &Json) -> Result<String, DocumentError> {
    let id = match json {
        Json::String(text) => text.clone(),
        Json::Number(number) if !number.is_f64() => number.to_string(),
        _ => return Err(DocumentError::InvalidId(json_excerpt(json))),
    };
    check_id(&id)?;
    Ok(id)
}

/// Checks an `_id`.
pub(crate) fn check_id(id: &str) -> Result<(), DocumentError> {
    if id.is_empty() {
        return Err(DocumentError::EmptyId);
    }
    if id.len() > MAX_ID_BYTES {
        return Err(DocumentError::IdTooLong { bytes: id.len() });
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "JSON literals read better without `&`")]
mod tests;
