//! A batch of documents, as columns.

use serde_json::Value as Json;

/// The type of the values of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnKind {
    /// `true` and `false`, one byte each.
    Booleans,
    /// Integers.
    Integers,
    /// Floating-point numbers; the values of integer fields are converted.
    Floats,
    /// Strings, as indices into a dictionary of the batch.
    Texts,
    /// Milliseconds since the Unix epoch.
    Dates,
}

impl ColumnKind {
    /// The name that the contract uses.
    pub fn name(self) -> &'static str {
        match self {
            ColumnKind::Booleans => "booleans",
            ColumnKind::Integers => "integers",
            ColumnKind::Floats => "floats",
            ColumnKind::Texts => "texts",
            ColumnKind::Dates => "dates",
        }
    }
}

/// A field whose values a bound function needs for every document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ColumnRequest {
    /// Full name of the field, as in the mapping (`address.city`); a geo point `f` has the columns `f.lat` and `f.lon`.
    pub field: String,
    /// The type of its values.
    pub kind: ColumnKind,
}

/// The distinct texts of one batch. Text `i` is `bytes[ends[i - 1]..ends[i]]`; the first one starts at 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dictionary {
    /// For each value of the column, the index of its text.
    pub codes: Vec<u32>,
    /// For each text, the index of the byte after it.
    pub ends: Vec<u32>,
    /// The concatenated texts, in UTF-8.
    pub bytes: Vec<u8>,
}

impl Dictionary {
    /// Adds a text and returns its code.
    pub fn push_text(&mut self, text: &str) -> u32 {
        let code = self.ends.len() as u32;
        self.bytes.extend_from_slice(text.as_bytes());
        self.ends.push(self.bytes.len() as u32);
        code
    }

    /// The text with this code; `None` if the code or the text is invalid.
    pub fn text(&self, code: u32) -> Option<&str> {
        let index = code as usize;
        let end = *self.ends.get(index)? as usize;
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        std::str::from_utf8(self.bytes.get(start..end)?).ok()
    }
}

/// The values of a column, in the order of the documents.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// 0 or 1.
    Booleans(Vec<u8>),
    /// Integers and dates.
    Integers(Vec<i64>),
    /// Floating-point numbers.
    Floats(Vec<f64>),
    /// Strings.
    Texts(Dictionary),
}

impl Values {
    /// An empty list of values of this type.
    pub fn empty(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Booleans => Values::Booleans(Vec::new()),
            ColumnKind::Integers | ColumnKind::Dates => Values::Integers(Vec::new()),
            ColumnKind::Floats => Values::Floats(Vec::new()),
            ColumnKind::Texts => Values::Texts(Dictionary::default()),
        }
    }

    /// The number of values of all documents.
    pub fn len(&self) -> usize {
        match self {
            Values::Booleans(values) => values.len(),
            Values::Integers(values) => values.len(),
            Values::Floats(values) => values.len(),
            Values::Texts(dictionary) => dictionary.codes.len(),
        }
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Removes the values and keeps the allocated memory.
    pub fn clear(&mut self) {
        match self {
            Values::Booleans(values) => values.clear(),
            Values::Integers(values) => values.clear(),
            Values::Floats(values) => values.clear(),
            Values::Texts(dictionary) => {
                dictionary.codes.clear();
                dictionary.ends.clear();
                dictionary.bytes.clear();
            }
        }
    }
}

/// The values of a field. Document `i` has the values `starts[i]..starts[i + 1]`, in ascending order; but those of the two columns
/// of a geo point are not sorted, so that they belong together. Empty `starts` means exactly one value per document.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The values of all documents.
    pub values: Values,
    /// Empty, or one more entry than documents.
    pub starts: Vec<u32>,
}

impl Column {
    /// A column without documents.
    pub fn empty(kind: ColumnKind) -> Self {
        Column { values: Values::empty(kind), starts: Vec::new() }
    }

    /// The values of document `i` as a JSON list, to be shown.
    pub fn json(&self, i: usize) -> Json {
        let range = self.range(i);
        match &self.values {
            Values::Booleans(values) => values[range].iter().map(|value| Json::from(*value != 0)).collect(),
            Values::Integers(values) => values[range].iter().copied().collect(),
            Values::Floats(values) => values[range].iter().copied().collect(),
            Values::Texts(texts) => texts.codes[range].iter().map(|code| Json::from(texts.text(*code))).collect(),
        }
    }

    /// The indices of the values of document `i`.
    pub fn range(&self, i: usize) -> std::ops::Range<usize> {
        if self.starts.is_empty() { i..i + 1 } else { self.starts[i] as usize..self.starts[i + 1] as usize }
    }
}

/// Documents as columns, in the order in which the function requested them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    /// The number of documents.
    pub len: usize,
    /// The score so far of each document; empty unless the function needs scores.
    pub scores: Vec<f32>,
    /// One per column request.
    pub columns: Vec<Column>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_values_of_a_document_are_a_list() {
        let mut texts = Dictionary::default();
        texts.codes = vec![texts.push_text("a"), texts.push_text("b")];
        let column = |values| Column { values, starts: vec![0, 0, 2] };
        for (values, expected) in [
            (Values::Booleans(vec![0, 1]), json!([false, true])),
            (Values::Integers(vec![-1, 2]), json!([-1, 2])),
            (Values::Floats(vec![0.5, 2.0]), json!([0.5, 2.0])),
            (Values::Texts(texts), json!(["a", "b"])),
        ] {
            let column = column(values);
            assert_eq!((column.json(0), column.json(1)), (json!([]), expected));
        }
        let single = Column { values: Values::Integers(vec![7, 8]), starts: Vec::new() };
        assert_eq!(single.json(1), json!([8]));
    }
}
