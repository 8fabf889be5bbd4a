//! Columns of a batch, to be read document by document.
//!
//! These are used in hot loops, so everything that is constant for a batch is determined before the loop: the type of a column, its
//! layout (whether every document has exactly one value), and the lengths.
//!
//! The host passes consistent columns. Code that depends on this uses `get` with an empty default instead of an index: it is as
//! safe, and does not add messages for impossible panics to every component.

use alloc::vec::Vec;
use core::ops::Range;

use crate::list::list;
use crate::value::BorrowedDictionary;

/// One or more columns, read document by document.
pub trait View: Copy {
    /// The values of one document.
    type Document;

    /// The number of documents.
    fn len(&self) -> usize;

    /// Whether there are no documents.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether every document has exactly one value in every column.
    fn is_dense(&self) -> bool;

    /// The values of the document with this index in the batch.
    fn document(&self, index: usize) -> Self::Document;

    /// The same, for dense views.
    #[doc(hidden)]
    fn dense_document(&self, index: usize) -> Self::Document;

    /// The same view. The compiler then knows that there are `len` documents, and omits bounds checks in a loop.
    #[doc(hidden)]
    fn with_known_len(self, len: usize) -> Self;

    /// Calls `f` for each document, in order, and returns the results.
    #[inline]
    fn map_documents<R>(&self, mut f: impl FnMut(Self::Document) -> R) -> Vec<R> {
        let len = self.len();
        let view = self.with_known_len(len);
        if view.is_dense() {
            list(len, |index| f(view.dense_document(index)))
        } else {
            list(len, |index| f(view.document(index)))
        }
    }
}

/// The indices of the values of each document.
#[derive(Debug, Clone, Copy)]
struct Layout<'b> {
    len: usize,
    /// Empty, or one more entry than documents.
    starts: &'b [u32],
}

impl<'b> Layout<'b> {
    #[inline]
    fn range(&self, index: usize) -> Range<usize> {
        if self.starts.is_empty() {
            return index..index + 1;
        }
        match self.starts.get(index..index + 2) {
            Some([start, end]) => *start as usize..*end as usize,
            _ => 0..0,
        }
    }

    #[inline]
    fn with_known_len(self, len: usize) -> Self {
        Layout { len, starts: self.starts.get(..len + 1).unwrap_or_default() }
    }
}

/// A column of numbers.
#[derive(Debug, Clone, Copy)]
pub struct ValueColumn<'b, T> {
    values: &'b [T],
    layout: Layout<'b>,
}

impl<'b, T> ValueColumn<'b, T> {
    pub(crate) fn new(len: usize, values: &'b [T], starts: &'b [u32]) -> Self {
        ValueColumn { values, layout: Layout { len, starts } }
    }

    /// The values of all documents.
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
    fn document(&self, index: usize) -> &'b [T] {
        self.values.get(self.layout.range(index)).unwrap_or_default()
    }

    #[inline]
    fn dense_document(&self, index: usize) -> &'b [T] {
        self.values.get(index..index + 1).unwrap_or_default()
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
    /// The concatenated texts.
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
    pub(crate) fn new(len: usize, dictionary: BorrowedDictionary<'b>, starts: &'b [u32]) -> Self {
        TextColumn {
            codes: dictionary.codes,
            distinct: DistinctTexts { texts: dictionary.texts, ends: dictionary.ends },
            layout: Layout { len, starts },
        }
    }

    /// The number of distinct texts in the batch.
    pub fn distinct_len(&self) -> usize {
        self.distinct.ends.len()
    }

    /// Calls `f` once for each distinct text of the batch, regardless of how many documents share it, and stores the results.
    pub fn map_distinct<T: Copy + Default>(&self, mut f: impl FnMut(&'b str) -> T) -> Mapped<'b, T> {
        let results = list(self.distinct_len(), |code| f(self.distinct.text(code as u32)));
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
    fn document(&self, index: usize) -> TextsOfDocument<'b> {
        TextsOfDocument { codes: self.codes.get(self.layout.range(index)).unwrap_or_default(), distinct: self.distinct }
    }

    #[inline]
    fn dense_document(&self, index: usize) -> TextsOfDocument<'b> {
        TextsOfDocument { codes: self.codes.get(index..index + 1).unwrap_or_default(), distinct: self.distinct }
    }

    #[inline]
    fn with_known_len(self, len: usize) -> Self {
        let codes = if self.is_dense() { self.codes.get(..len).unwrap_or_default() } else { self.codes };
        TextColumn { codes, layout: self.layout.with_known_len(len), ..self }
    }
}

/// The texts of one document.
#[derive(Debug, Clone, Copy)]
pub struct TextsOfDocument<'b> {
    codes: &'b [u32],
    distinct: DistinctTexts<'b>,
}

impl<'b> TextsOfDocument<'b> {
    /// The number of texts; 0 if the field is missing.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether the field is missing.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The first text in byte order.
    pub fn first(&self) -> Option<&'b str> {
        self.iter().next()
    }

    /// The texts.
    pub fn iter(&self) -> impl Iterator<Item = &'b str> + use<'b> {
        let distinct = self.distinct;
        self.codes.iter().map(move |code| distinct.text(*code))
    }
}

/// The result of [`TextColumn::map_distinct`]: a column with a result for each text.
#[derive(Debug, Clone)]
pub struct Mapped<'b, T> {
    /// The results, indexed by code.
    results: Vec<T>,
    codes: &'b [u32],
    layout: Layout<'b>,
}

impl<T: Copy + Default> Mapped<'_, T> {
    /// Calls `f` for each document, in order, with the results for its texts, and returns what it returns.
    pub fn map_documents<R>(&self, mut f: impl FnMut(ResultsOfDocument<'_, T>) -> R) -> Vec<R> {
        let document = |index| ResultsOfDocument {
            results: &self.results,
            codes: self.codes.get(self.layout.range(index)).unwrap_or_default().iter(),
        };
        list(self.layout.len, |index| f(document(index)))
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

/// The view of a function that requests no columns: documents without values.
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
            fn document(&self, index: usize) -> Self::Document {
                ($(self.$index.document(index),)+)
            }

            #[inline]
            fn dense_document(&self, index: usize) -> Self::Document {
                ($(self.$index.dense_document(index),)+)
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
