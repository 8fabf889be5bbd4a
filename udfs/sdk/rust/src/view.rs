//! Columns of a batch, ready to be walked document by document.
//!
//! A hot loop runs over these, so what can be settled once for a batch is settled before the loop: the type of a column, its
//! layout (whether every document has exactly one value), and the lengths.
//!
//! The host makes columns whose parts fit together. Where that is relied on, `get` with an empty default stands instead of an
//! index: it is as safe, and brings no messages for what never happens into every component.

use alloc::vec::Vec;
use core::ops::Range;

use crate::value::Dictionary;

/// One or more columns, seen document by document.
pub trait View: Copy {
    /// What one document holds.
    type Document;

    /// How many documents.
    fn len(&self) -> usize;

    /// Whether there are no documents.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether every document has exactly one value in every column.
    fn is_dense(&self) -> bool;

    /// What the document at that position holds.
    fn document(&self, position: usize) -> Self::Document;

    /// The same, of a dense view.
    #[doc(hidden)]
    fn dense_document(&self, position: usize) -> Self::Document;

    /// The same view; after it the compiler knows that `len` documents are there, and leaves out the checks in a loop.
    #[doc(hidden)]
    fn with_known_len(self, len: usize) -> Self;

    /// Calls `f` for each document, in order, and gives the results.
    #[inline]
    fn map_documents<R>(&self, mut f: impl FnMut(Self::Document) -> R) -> Vec<R> {
        let len = self.len();
        let view = self.with_known_len(len);
        if view.is_dense() {
            (0..len).map(|position| f(view.dense_document(position))).collect()
        } else {
            (0..len).map(|position| f(view.document(position))).collect()
        }
    }
}

/// Where the values of each document lie.
#[derive(Debug, Clone, Copy)]
struct Layout<'b> {
    len: usize,
    /// Empty, or one entry more than there are documents.
    starts: &'b [u32],
}

impl<'b> Layout<'b> {
    #[inline]
    fn range(&self, position: usize) -> Range<usize> {
        if self.starts.is_empty() {
            return position..position + 1;
        }
        match self.starts.get(position..position + 2) {
            Some([start, end]) => *start as usize..*end as usize,
            _ => 0..0,
        }
    }

    #[inline]
    fn with_known_len(self, len: usize) -> Self {
        Layout { len, starts: self.starts.get(..len + 1).unwrap_or_default() }
    }
}

/// A column of numbers, or of anything else that was worked out for each value.
#[derive(Debug, Clone, Copy)]
pub struct ValueColumn<'b, T> {
    values: &'b [T],
    layout: Layout<'b>,
}

impl<'b, T> ValueColumn<'b, T> {
    pub(crate) fn new(len: usize, values: &'b [T], starts: &'b [u32]) -> Self {
        ValueColumn { values, layout: Layout { len, starts } }
    }

    /// All values, documents end to end.
    pub fn values(&self) -> &'b [T] {
        self.values
    }
}

impl<'b, T: Copy> View for ValueColumn<'b, T> {
    type Document = &'b [T];

    #[inline]
    fn len(&self) -> usize {
        self.layout.len
    }

    #[inline]
    fn is_dense(&self) -> bool {
        self.layout.starts.is_empty()
    }

    #[inline]
    fn document(&self, position: usize) -> &'b [T] {
        self.values.get(self.layout.range(position)).unwrap_or_default()
    }

    #[inline]
    fn dense_document(&self, position: usize) -> &'b [T] {
        self.values.get(position..position + 1).unwrap_or_default()
    }

    #[inline]
    fn with_known_len(self, len: usize) -> Self {
        let values = if self.is_dense() { self.values.get(..len).unwrap_or_default() } else { self.values };
        ValueColumn { values, layout: self.layout.with_known_len(len) }
    }
}

/// A column of texts. A batch holds each distinct text once; values are codes of distinct texts.
#[derive(Debug, Clone, Copy)]
pub struct TextColumn<'b> {
    codes: &'b [u32],
    distinct: DistinctTexts<'b>,
    layout: Layout<'b>,
}

#[derive(Debug, Clone, Copy)]
struct DistinctTexts<'b> {
    /// All texts, end to end.
    texts: &'b str,
    ends: &'b [u32],
}

impl<'b> DistinctTexts<'b> {
    #[inline]
    fn text(&self, code: u32) -> &'b str {
        let code = code as usize;
        let start = code.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        let end = self.ends.get(code).copied().unwrap_or_default();
        self.texts.get(start as usize..end as usize).unwrap_or_default()
    }
}

impl<'b> TextColumn<'b> {
    pub(crate) fn new(len: usize, dictionary: &'b Dictionary, starts: &'b [u32]) -> Self {
        TextColumn {
            codes: &dictionary.codes,
            distinct: DistinctTexts { texts: &dictionary.texts, ends: &dictionary.ends },
            layout: Layout { len, starts },
        }
    }

    /// How many different texts the batch holds.
    pub fn distinct_len(&self) -> usize {
        self.distinct.ends.len()
    }

    /// Calls `f` once for each distinct text of the batch, however many documents share it, and keeps the results.
    pub fn map_distinct<T: Copy + Default>(&self, mut f: impl FnMut(&'b str) -> T) -> Mapped<'b, T> {
        let results = (0..self.distinct_len() as u32).map(|code| f(self.distinct.text(code))).collect();
        Mapped { results, codes: self.codes, layout: self.layout }
    }
}

impl<'b> View for TextColumn<'b> {
    type Document = TextsOfDocument<'b>;

    #[inline]
    fn len(&self) -> usize {
        self.layout.len
    }

    #[inline]
    fn is_dense(&self) -> bool {
        self.layout.starts.is_empty()
    }

    #[inline]
    fn document(&self, position: usize) -> TextsOfDocument<'b> {
        TextsOfDocument {
            codes: self.codes.get(self.layout.range(position)).unwrap_or_default(),
            distinct: self.distinct,
        }
    }

    #[inline]
    fn dense_document(&self, position: usize) -> TextsOfDocument<'b> {
        TextsOfDocument { codes: self.codes.get(position..position + 1).unwrap_or_default(), distinct: self.distinct }
    }

    #[inline]
    fn with_known_len(self, len: usize) -> Self {
        let codes = if self.is_dense() { self.codes.get(..len).unwrap_or_default() } else { self.codes };
        TextColumn { codes, layout: self.layout.with_known_len(len), ..self }
    }
}

/// The texts that one document holds.
#[derive(Debug, Clone, Copy)]
pub struct TextsOfDocument<'b> {
    codes: &'b [u32],
    distinct: DistinctTexts<'b>,
}

impl<'b> TextsOfDocument<'b> {
    /// How many; 0 where the field is missing.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether the field is missing.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The first text in alphabetical order of bytes.
    pub fn first(&self) -> Option<&'b str> {
        self.iter().next()
    }

    /// The texts.
    pub fn iter(&self) -> impl Iterator<Item = &'b str> + use<'b> {
        let distinct = self.distinct;
        self.codes.iter().map(move |code| distinct.text(*code))
    }
}

/// What [`TextColumn::map_distinct`] gives: a column with a result in the place of each text.
#[derive(Debug, Clone)]
pub struct Mapped<'b, T> {
    /// By code.
    results: Vec<T>,
    codes: &'b [u32],
    layout: Layout<'b>,
}

impl<T: Copy + Default> Mapped<'_, T> {
    /// Calls `f` for each document with the results for its texts, in order, and gives what it gives.
    pub fn map_documents<R>(&self, mut f: impl FnMut(ResultsOfDocument<'_, T>) -> R) -> Vec<R> {
        let document = |position| ResultsOfDocument {
            results: &self.results,
            codes: self.codes.get(self.layout.range(position)).unwrap_or_default().iter(),
        };
        (0..self.layout.len).map(|position| f(document(position))).collect()
    }
}

/// The results for the texts of one document.
#[derive(Debug, Clone)]
pub struct ResultsOfDocument<'b, T> {
    results: &'b [T],
    codes: core::slice::Iter<'b, u32>,
}

impl<T: Copy + Default> Iterator for ResultsOfDocument<'_, T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        let code = *self.codes.next()?;
        Some(self.results.get(code as usize).copied().unwrap_or_default())
    }
}

/// The columns of a function that asks for none: documents without values.
#[derive(Debug, Clone, Copy)]
pub struct NoColumns {
    len: usize,
}

impl NoColumns {
    pub(crate) fn new(len: usize) -> Self {
        NoColumns { len }
    }
}

impl View for NoColumns {
    type Document = ();

    #[inline]
    fn len(&self) -> usize {
        self.len
    }

    #[inline]
    fn is_dense(&self) -> bool {
        true
    }

    #[inline]
    fn document(&self, _: usize) {}

    #[inline]
    fn dense_document(&self, _: usize) {}

    #[inline]
    fn with_known_len(self, len: usize) -> Self {
        NoColumns { len }
    }
}

macro_rules! tuple_view {
    ($($name:ident $index:tt),+) => {
        impl<$($name: View),+> View for ($($name,)+) {
            type Document = ($($name::Document,)+);

            #[inline]
            fn len(&self) -> usize {
                self.0.len()
            }

            #[inline]
            fn is_dense(&self) -> bool {
                $(self.$index.is_dense())&&+
            }

            #[inline]
            fn document(&self, position: usize) -> Self::Document {
                ($(self.$index.document(position),)+)
            }

            #[inline]
            fn dense_document(&self, position: usize) -> Self::Document {
                ($(self.$index.dense_document(position),)+)
            }

            #[inline]
            fn with_known_len(self, len: usize) -> Self {
                ($(self.$index.with_known_len(len),)+)
            }
        }
    };
}

tuple_view!(A 0);
tuple_view!(A 0, B 1);
tuple_view!(A 0, B 1, C 2);
tuple_view!(A 0, B 1, C 2, D 3);
