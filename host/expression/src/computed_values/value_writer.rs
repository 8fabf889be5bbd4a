//! Writes values of documents into a column.

use std::collections::HashMap;
use std::sync::Arc;

use quidditch_function::{Column as BatchColumn, ColumnKind, Dictionary, Values};

use crate::evaluate::Column;

/// Most entries of a table of integers. 4,096: as many as a batch has documents, so that making it takes less time than the batch.
const TABLE_ENTRIES: i64 = 4_096;

/// Writes the values of documents, one document after another.
pub(super) struct ValueWriter<'a> {
    out: &'a mut BatchColumn,
    kind: ColumnKind,
    /// The codes of the texts that were written.
    codes: HashMap<Arc<str>, u32>,
}

impl<'a> ValueWriter<'a> {
    pub(super) fn new(kind: ColumnKind, out: &'a mut BatchColumn) -> Self {
        out.values.clear();
        out.starts.clear();
        out.starts.push(0);
        ValueWriter { out, kind, codes: HashMap::new() }
    }

    /// Takes one value for each of the documents from a column of the same type; `false` if it is of another one.
    pub(super) fn take_column(&mut self, column: &Column<'_>, documents: usize) -> bool {
        match (&mut self.out.values, column) {
            (Values::Floats(out), Column::Doubles(values)) if values.iter().all(|value| value.is_finite()) => {
                // -0 is 0.
                out.extend(values.iter().map(|value| value + 0.0));
            }
            (Values::Floats(out), Column::Longs(values)) => out.extend(values.iter().map(|value| *value as f64)),
            (Values::Floats(out), Column::Ints(values)) => out.extend(values.iter().map(|value| f64::from(*value))),
            (Values::Integers(out), Column::Longs(values)) => out.extend_from_slice(values),
            (Values::Integers(out), Column::Dates(values)) if self.kind == ColumnKind::Dates => {
                out.extend_from_slice(values);
            }
            (Values::Integers(out), Column::Ints(values)) => out.extend(values.iter().map(|value| i64::from(*value))),
            (Values::Booleans(out), Column::Booleans(values)) => out.extend(values.iter().copied().map(u8::from)),
            (Values::Texts(out), Column::Texts(texts)) => {
                texts.distinct.iter().for_each(|text| _ = out.push_text(text));
                out.codes.extend_from_slice(&texts.codes);
            }
            _ => return false,
        }
        debug_assert_eq!(self.out.values.len(), documents);
        self.out.starts.clear();
        true
    }

    /// Takes one text for each of the documents from a column of integers, as they are written; `false` for another column, and if
    /// a table of the integers between the smallest and the largest would be large.
    pub(super) fn take_written(&mut self, column: &Column<'_>) -> bool {
        let Values::Texts(out) = &mut self.out.values else { return false };
        let is_taken = match column {
            Column::Longs(values) => push_written(values, out),
            Column::Ints(values) => push_written(&values.iter().copied().map(i64::from).collect::<Vec<_>>(), out),
            _ => false,
        };
        if is_taken {
            self.out.starts.clear();
        }
        is_taken
    }

    /// Where the values of each document begin, after all were taken as if each document had one; empty if that is so.
    pub(super) fn set_starts(&mut self, starts: &[u32]) {
        self.out.starts.extend_from_slice(starts);
    }

    pub(super) fn values(&mut self) -> &mut Values {
        &mut self.out.values
    }

    pub(super) fn float(&mut self, value: f64) {
        if let Values::Floats(values) = &mut self.out.values {
            values.push(value);
        }
    }

    pub(super) fn text(&mut self, text: &Arc<str>) {
        if let Values::Texts(dictionary) = &mut self.out.values {
            let code = match self.codes.get(text) {
                Some(code) => *code,
                None => {
                    let code = dictionary.push_text(text);
                    self.codes.insert(Arc::clone(text), code);
                    code
                }
            };
            dictionary.codes.push(code);
        }
    }

    /// All further values are those of the next document.
    pub(super) fn end_document(&mut self) {
        self.out.starts.push(self.out.values.len() as u32);
    }

    /// After the last document. The values of each document are not sorted yet.
    pub(super) fn finish(self) {
        let starts = &mut self.out.starts;
        if starts.windows(2).all(|pair| pair[1] == pair[0] + 1) {
            starts.clear();
        }
    }
}

/// Adds integers as they are written, if they are close together.
fn push_written(values: &[i64], out: &mut Dictionary) -> bool {
    let (Some(least), Some(greatest)) = (values.iter().min(), values.iter().max()) else { return true };
    let Some(span) = greatest.checked_sub(*least).filter(|span| *span < TABLE_ENTRIES) else { return false };
    let mut codes: Vec<Option<u32>> = vec![None; span as usize + 1];
    for value in values {
        let code = codes[(value - least) as usize].get_or_insert_with(|| out.push_text(&value.to_string()));
        out.codes.push(*code);
    }
    true
}

/// Sorts the values of each document that has several. Points keep their order, so that their columns belong together.
pub(super) fn sort_each(column: &mut BatchColumn) {
    let BatchColumn { values, starts } = column;
    for pair in starts.windows(2) {
        let range = pair[0] as usize..pair[1] as usize;
        if range.len() < 2 {
            continue;
        }
        match values {
            Values::Booleans(values) => values[range].sort_unstable(),
            Values::Integers(values) => values[range].sort_unstable(),
            Values::Floats(values) => values[range].sort_unstable_by(f64::total_cmp),
            Values::Texts(Dictionary { codes, ends, bytes }) => {
                let text = |code: u32| {
                    let start = if code == 0 { 0 } else { ends[code as usize - 1] as usize };
                    &bytes[start..ends[code as usize] as usize]
                };
                codes[range].sort_by(|left, right| text(*left).cmp(text(*right)));
            }
        }
    }
}
