//! The documents of a trial.

use std::collections::BTreeMap;
use std::io::BufRead;

use quidditch_index::parse_json;
use quidditch_indexing::{AddReport, BadDocument, DocumentError};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value as Json};

use super::error::TrialError;

/// The name of the field with the line of a document, if what the function receives is recorded.
pub(super) const LINE: &str = "line of the input";

/// The documents of the input, with their line numbers as ids.
#[derive(Default)]
pub(super) struct Lines {
    /// One JSON document per line.
    pub(super) tagged: String,
    /// The line of each.
    pub(super) numbers: Vec<u64>,
    /// The id of each.
    pub(super) ids: Vec<Option<String>>,
    /// Those that are not JSON objects.
    bad: Vec<BadDocument>,
}

impl Lines {
    pub(super) fn read(input: impl BufRead, max_documents: usize) -> Result<Self, TrialError> {
        let mut lines = Lines::default();
        for (number, line) in (1..).zip(input.lines()) {
            let line = line.map_err(TrialError::Input)?;
            if line.trim().is_empty() {
                continue;
            }
            if lines.numbers.len() == max_documents {
                return Err(TrialError::TooManyDocuments(max_documents));
            }
            let reason = match parse_json(&line) {
                Ok(Json::Object(document)) => {
                    lines.push(number, &document, &line);
                    continue;
                }
                Ok(other) => DocumentError::NotAnObject(other.to_string()),
                Err(error) => DocumentError::NotJson(error.into()),
            };
            lines.bad.push(BadDocument { line: number, reason });
        }
        Ok(lines)
    }

    /// All invalid documents, after the others were indexed.
    pub(super) fn bad_documents(&self, added: AddReport) -> Vec<BadDocument> {
        let line = |line: u64| self.numbers[line as usize - 1];
        let not_indexed = added.bad_documents.into_iter();
        let not_indexed = not_indexed.map(|bad| BadDocument { line: line(bad.line), reason: bad.reason });
        let mut bad_documents: Vec<_> = self.bad.iter().cloned().chain(not_indexed).collect();
        bad_documents.sort_by_key(|bad| bad.line);
        bad_documents
    }

    /// The documents with the numbers of their lines in a field as well.
    pub(super) fn numbered(&self) -> String {
        let lines = self.tagged.lines().zip(&self.numbers);
        lines.map(|(line, number)| format!("{{\"{LINE}\":{number},{}\n", &line[1..])).collect()
    }

    /// Adds a document with the number of its line as its `_id`. All its other values stay as they are written.
    fn push(&mut self, number: u64, document: &Map<String, Json>, line: &str) {
        let id = document.get("_id").map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
        self.ids.push(id);
        self.numbers.push(number);
        let line_id = to_raw_value(&number.to_string()).expect("a text is JSON");
        let mut entries: BTreeMap<String, &RawValue> = serde_json::from_str(line).expect("it was read as an object");
        entries.insert("_id".to_owned(), &line_id);
        self.tagged.push_str(&serde_json::to_string(&entries).expect("what was JSON is JSON"));
        self.tagged.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_documents_is_limited() {
        let read = |documents: usize| Lines::read("{}\n".repeat(documents).as_bytes(), 2);
        assert_eq!(read(2).expect("at the limit").numbers, [1, 2]);
        let error = read(3).err().expect("over it");
        assert_eq!(error.to_string(), "too many documents: at most 2 are allowed");
    }
}
