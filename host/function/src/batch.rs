//! Columns of a batch of documents, as they cross the boundary.

/// What a bound function wants a field's values to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnKind {
    /// `true` and `false`, one byte each.
    Booleans,
    /// Whole numbers.
    Integers,
    /// Numbers; integer fields are converted.
    Floats,
    /// UTF-8 texts, through a dictionary of the batch.
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

/// A field that a bound function wants to see for every document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ColumnRequest {
    /// Full name of the field, as in the mapping (`address.city`); a geo point `f` offers `f.lat` and `f.lon`.
    pub field: String,
    /// What its values are to be.
    pub kind: ColumnKind,
}

/// The distinct texts of one batch. Text `i` is `bytes[ends[i - 1]..ends[i]]`, with 0 for `ends[-1]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dictionary {
    /// For each value of the column, which text it is.
    pub codes: Vec<u32>,
    /// For each text, the byte after its last.
    pub ends: Vec<u32>,
    /// The texts, end to end, UTF-8.
    pub bytes: Vec<u8>,
}

impl Dictionary {
    /// Adds a text and gives its code.
    pub fn push_text(&mut self, text: &str) -> u32 {
        let code = self.ends.len() as u32;
        self.bytes.extend_from_slice(text.as_bytes());
        self.ends.push(self.bytes.len() as u32);
        code
    }

    /// The text of a code; `None` if there is no such text.
    pub fn text(&self, code: u32) -> Option<&str> {
        let index = code as usize;
        let end = *self.ends.get(index)? as usize;
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        std::str::from_utf8(self.bytes.get(start..end)?).ok()
    }
}

/// The values of a column, documents end to end.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// 0 or 1.
    Booleans(Vec<u8>),
    /// Whole numbers, and dates.
    Integers(Vec<i64>),
    /// Numbers.
    Floats(Vec<f64>),
    /// Texts.
    Texts(Dictionary),
}

impl Values {
    /// No values yet, of the shape that `kind` has.
    pub fn empty(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Booleans => Values::Booleans(Vec::new()),
            ColumnKind::Integers | ColumnKind::Dates => Values::Integers(Vec::new()),
            ColumnKind::Floats => Values::Floats(Vec::new()),
            ColumnKind::Texts => Values::Texts(Dictionary::default()),
        }
    }

    /// How many values, over all documents.
    pub fn len(&self) -> usize {
        match self {
            Values::Booleans(values) => values.len(),
            Values::Integers(values) => values.len(),
            Values::Floats(values) => values.len(),
            Values::Texts(dictionary) => dictionary.codes.len(),
        }
    }

    /// Whether no document has a value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets the values and keeps the memory.
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

/// Document `i` has the values `starts[i]..starts[i + 1]`, sorted ascending. Empty `starts` means exactly one value each.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// All values.
    pub values: Values,
    /// Empty, or one entry more than there are documents.
    pub starts: Vec<u32>,
}

impl Column {
    /// A column without documents, of the shape that `kind` has.
    pub fn empty(kind: ColumnKind) -> Self {
        Column { values: Values::empty(kind), starts: Vec::new() }
    }

    /// Where the values of document `i` stand.
    pub fn range(&self, i: usize) -> std::ops::Range<usize> {
        if self.starts.is_empty() { i..i + 1 } else { self.starts[i] as usize..self.starts[i + 1] as usize }
    }
}

/// Documents, column by column, in the order that the function asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    /// How many documents.
    pub len: usize,
    /// The score so far of each document; empty unless the function needs scores.
    pub scores: Vec<f32>,
    /// One for each column request.
    pub columns: Vec<Column>,
}
