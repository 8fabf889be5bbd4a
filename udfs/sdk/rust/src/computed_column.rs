//! The values that a function returns.

use alloc::string::String;
use alloc::vec::Vec;

use crate::value::{Column, Dictionary, Kind, Values};

/// Milliseconds since the Unix epoch, as the value of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date(pub i64);

/// The types of values that a function can return: `bool`, `i64`, `f64`, [`Date`] and `String`.
pub trait ColumnValue: Sized {
    #[doc(hidden)]
    const KIND: Kind;

    #[doc(hidden)]
    fn empty() -> Values;

    /// Adds the value to a list of its type.
    #[doc(hidden)]
    fn push(self, values: &mut Values);
}

macro_rules! column_value {
    ($type:ty, $kind:ident, $values:ident, $value:ident => $item:expr) => {
        impl ColumnValue for $type {
            const KIND: Kind = Kind::$kind;

            fn empty() -> Values {
                Values::$values(Vec::new())
            }

            #[inline]
            fn push(self, values: &mut Values) {
                let $value = self;
                if let Values::$values(values) = values {
                    values.push($item);
                }
            }
        }
    };
}

column_value!(bool, Booleans, Booleans, value => u8::from(value));
column_value!(i64, Integers, Integers, value => value);
column_value!(f64, Floats, Floats, value => value);
column_value!(Date, Dates, Integers, value => value.0);

impl ColumnValue for String {
    const KIND: Kind = Kind::Texts;

    fn empty() -> Values {
        Values::Texts(Dictionary::default())
    }

    fn push(self, values: &mut Values) {
        push_text(&self, values);
    }
}

/// A text that equals the one before it is stored once.
fn push_text(text: &str, values: &mut Values) {
    let Values::Texts(Dictionary { codes, ends, texts }) = values else { return };
    let start = ends.iter().rev().nth(1).copied().unwrap_or_default() as usize;
    if ends.is_empty() || texts.get(start..) != Some(text) {
        texts.push_str(text);
        ends.push(texts.len() as u32);
    }
    codes.push(ends.len() as u32 - 1);
}

/// The values of the documents of a batch.
#[derive(Debug, Clone)]
pub struct ComputedColumn<V> {
    values: Values,
    /// Empty as long as every document has exactly one value.
    starts: Vec<u32>,
    documents: u32,
    pushed: u32,
    value: core::marker::PhantomData<V>,
}

impl<V: ColumnValue> ComputedColumn<V> {
    /// Without documents.
    #[expect(clippy::new_without_default, reason = "it is not a value that anyone would want by default")]
    pub fn new() -> Self {
        let value = core::marker::PhantomData;
        ComputedColumn { values: V::empty(), starts: Vec::new(), documents: 0, pushed: 0, value }
    }

    /// Adds a document with one value, or without one.
    #[inline]
    pub fn push(&mut self, value: Option<V>) {
        match value {
            Some(value) => {
                value.push(&mut self.values);
                self.end_document(1);
            }
            None => self.end_document(0),
        }
    }

    /// Adds a document with any number of values.
    #[inline]
    pub fn push_all(&mut self, values: impl IntoIterator<Item = V>) {
        let mut count = 0;
        for value in values {
            value.push(&mut self.values);
            count += 1;
        }
        self.end_document(count);
    }

    #[inline]
    fn end_document(&mut self, values: u32) {
        if values != 1 && self.starts.is_empty() {
            self.starts.extend(0..=self.documents);
        }
        self.documents += 1;
        self.pushed += values;
        if !self.starts.is_empty() {
            self.starts.push(self.pushed);
        }
    }

    pub(crate) fn into_column(self) -> Column {
        Column { values: self.values, starts: self.starts }
    }
}

impl ComputedColumn<String> {
    /// Adds a document with one text, or without one, that need not be a `String`.
    pub fn push_text(&mut self, text: Option<&str>) {
        if let Some(text) = text {
            push_text(text, &mut self.values);
        }
        self.end_document(u32::from(text.is_some()));
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;
    use std::vec;

    use super::*;

    #[test]
    fn starts_are_only_there_if_a_document_has_none_or_several() {
        let mut column = ComputedColumn::new();
        column.push(Some(1.5));
        column.push(Some(2.5));
        assert!(column.clone().into_column().starts.is_empty());
        column.push(None);
        column.push_all([3.5, 4.5]);
        column.push(Some(5.5));
        let Column { values, starts } = column.into_column();
        assert_eq!(starts, [0, 1, 2, 2, 4, 5]);
        assert!(matches!(values, Values::Floats(values) if values == [1.5, 2.5, 3.5, 4.5, 5.5]));
    }

    #[test]
    fn equal_neighbours_share_a_text() {
        let mut column = ComputedColumn::new();
        for text in ["a", "bc", "bc", "c", "", ""] {
            column.push(Some(text.to_string()));
        }
        column.push_text(None);
        column.push_text(Some("c"));
        let Column { values: Values::Texts(Dictionary { codes, ends, texts }), starts } = column.into_column() else {
            panic!("texts")
        };
        assert_eq!((codes, ends, &*texts), (vec![0, 1, 1, 2, 3, 3, 4], vec![1, 3, 4, 4, 5], "abccc"));
        assert_eq!(starts, [0, 1, 2, 3, 4, 5, 6, 6, 7]);
    }
}
