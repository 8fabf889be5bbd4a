//! The documents of one call.

use alloc::vec::Vec;

use crate::value::BorrowedColumn;
use crate::view::View;
use crate::{ColumnValue, Columns, ComputedColumn, Error};

/// The documents of one call, up to 4,096: their columns, and their scores if the function requested them.
pub struct Batch<'b, C: Columns> {
    columns: C::View<'b>,
    scores: &'b [f32],
}

impl<'b, C: Columns> Batch<'b, C> {
    #[doc(hidden)]
    pub fn new(
        len: usize,
        scores: &'b [f32],
        columns: impl IntoIterator<Item = BorrowedColumn<'b>>,
    ) -> Result<Self, Error> {
        let columns = C::view(len, &mut columns.into_iter())?;
        Ok(Batch { columns, scores })
    }

    /// The number of documents.
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether there are no documents.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The columns; a tuple if the function requested a tuple.
    pub fn columns(&self) -> C::View<'b> {
        self.columns
    }

    /// The score so far of each document; empty unless the function requested scores.
    pub fn scores(&self) -> &'b [f32] {
        self.scores
    }

    /// Calls `keep` for each document and returns the result of [`Filter::keep_batch`](crate::Filter::keep_batch).
    #[inline]
    pub fn keep_each(&self, mut keep: impl FnMut(C::Document<'b>) -> bool) -> Vec<u8> {
        self.columns.map_documents(|document| u8::from(keep(document)))
    }

    /// Calls `score` for each document, with its score so far (0 unless the function requested scores), and returns the result of
    /// [`Scorer::score_batch`](crate::Scorer::score_batch).
    #[inline]
    pub fn score_each(&self, mut score: impl FnMut(C::Document<'b>, f32) -> f32) -> Vec<f32> {
        if self.scores.is_empty() {
            return self.columns.map_documents(|document| score(document, 0.0));
        }
        let mut scores = self.scores.iter();
        self.columns.map_documents(|document| score(document, scores.next().copied().unwrap_or_default()))
    }

    /// Calls `values` for each document, which returns an `Option` for at most one value or an iterator for any number, and returns
    /// the result of [`Values::compute_batch`](crate::Values::compute_batch).
    #[inline]
    pub fn compute_each<I: IntoIterator<Item: ColumnValue>>(
        &self,
        mut values: impl FnMut(C::Document<'b>) -> I,
    ) -> ComputedColumn<I::Item> {
        let mut column = ComputedColumn::new();
        self.columns.map_documents(|document| column.push_all(values(document)));
        column
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use core::cell::Cell;

    use crate::testing::{Documents, arguments, keep, score};
    use crate::{Arguments, Batch, Error, Filter, Floats, Integers, Scorer, Texts, TextsOfDocument, ValueColumn, View};

    /// Keeps documents whose number of texts is the integer, and whose numbers are all positive.
    struct Mixed;

    impl Filter for Mixed {
        type Columns = (Integers, Texts, Floats);

        fn bind(_: &Arguments) -> Result<Self, Error> {
            Ok(Mixed)
        }

        fn columns(&self) -> Self::Columns {
            (Integers::of("count"), Texts::of("names"), Floats::of("numbers"))
        }

        fn keep(&self, (count, names, numbers): (&[i64], TextsOfDocument<'_>, &[f64])) -> bool {
            count == [names.len() as i64] && numbers.iter().all(|number| *number > 0.0)
        }
    }

    #[test]
    fn dense_and_sparse_columns_can_be_combined() {
        let documents = Documents::new(4)
            .integers(&[&[2], &[0], &[1], &[1]])
            .texts(&[&["a", "b"], &[], &["a"], &["c"]])
            .floats(&[&[1.0], &[], &[-1.0], &[2.0, 3.0]]);
        assert_eq!(keep::<Mixed>(&arguments([]), &documents), Ok([true, true, false, true].into()));
    }

    #[test]
    fn other_columns_than_requested_are_an_error() {
        let documents = Documents::new(1).integers(&[&[2]]).floats(&[&[1.0]]).floats(&[&[1.0]]);
        let error = keep::<Mixed>(&arguments([]), &documents).expect_err("texts were requested");
        insta::assert_snapshot!(error, @"the columns are not the requested ones");
    }

    /// Adds the length of the longest text to the score, and counts how often it reads a text.
    struct Longest {
        reads: Cell<u32>,
    }

    impl Scorer for Longest {
        type Columns = Texts;

        fn bind(_: &Arguments) -> Result<Self, Error> {
            Ok(Longest { reads: Cell::new(0) })
        }

        fn columns(&self) -> Texts {
            Texts::of("names")
        }

        fn score(&self, texts: TextsOfDocument<'_>, score: f32) -> f32 {
            score + texts.iter().map(str::len).max().unwrap_or_default() as f32
        }

        fn score_batch(&self, batch: &Batch<'_, Texts>) -> Result<super::Vec<f32>, Error> {
            let lens = batch.columns().map_distinct(|text| {
                self.reads.set(self.reads.get() + 1);
                text.len()
            });
            assert_eq!(self.reads.get() as usize, batch.columns().distinct_len());
            let longest = lens.map_documents(|lens| lens.max().unwrap_or_default());
            let mut longest = longest.into_iter();
            Ok(batch.score_each(|_, score| score + longest.next().unwrap_or_default() as f32))
        }
    }

    #[test]
    fn each_distinct_text_is_read_once() {
        let documents =
            Documents::new(4).scores(&[0.5, 1.0, 2.0, 3.0]).texts(&[&["a", "bcd"], &[], &["bcd"], &["", "a"]]);
        assert_eq!(score::<Longest>(&arguments([]), &documents), Ok([3.5, 1.0, 5.0, 4.0].into()));
    }

    #[test]
    fn inconsistent_columns_are_read_as_empty() {
        let column = ValueColumn::new(3, &[1_u8, 2], &[0, 1, 9]);
        assert_eq!(column.document(0), [1]);
        assert!(column.document(1).is_empty() && column.document(2).is_empty());
        let short = ValueColumn::new(3, &[1_u8, 2], &[]);
        assert!(short.map_documents(<[u8]>::is_empty).iter().all(|empty| *empty));
    }

    #[test]
    fn functions_without_columns_see_every_document() {
        struct Plain;
        impl Scorer for Plain {
            type Columns = ();
            fn bind(arguments: &Arguments) -> Result<Self, Error> {
                arguments.get::<String>("name").map(|_| Plain)
            }
            fn columns(&self) {}
            fn score(&self, (): (), score: f32) -> f32 {
                score * 2.0
            }
        }
        let clause = arguments([("name", "x".into())]);
        assert_eq!(score::<Plain>(&clause, &Documents::new(2).scores(&[1.0, 2.0])), Ok([2.0, 4.0].into()));
        assert_eq!(score::<Plain>(&clause, &Documents::new(2)), Ok([0.0, 0.0].into()));
    }
}
