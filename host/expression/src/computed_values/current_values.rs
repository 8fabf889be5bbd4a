//! Documents that a script sees once for each value of a field.

use std::borrow::Cow;
use std::ops::Range;

use quidditch_function::{Batch, Column, Dictionary, Values};

/// A batch in which each value of the first column is a document of its own.
pub(super) struct CurrentValues<'a> {
    batch: Cow<'a, Batch>,
    /// Where the values of each document begin; empty if each has one.
    starts: &'a [u32],
}

impl<'a> CurrentValues<'a> {
    pub(super) fn new(batch: &'a Batch) -> Self {
        let starts = batch.columns.first().map_or(&[][..], |column| &column.starts);
        if starts.is_empty() {
            return CurrentValues { batch: Cow::Borrowed(batch), starts };
        }
        // The document of each value.
        let mut documents = Vec::new();
        for (document, pair) in starts.windows(2).enumerate() {
            documents.extend(std::iter::repeat_n(document, (pair[1] - pair[0]) as usize));
        }
        let mut columns = Vec::with_capacity(batch.columns.len());
        for (number, column) in batch.columns.iter().enumerate() {
            columns.push(match number {
                0 => Column { values: column.values.clone(), starts: Vec::new() },
                _ => repeated(column, &documents),
            });
        }
        let score = |document: &usize| batch.scores.get(*document).copied();
        let scores = documents.iter().filter_map(score).collect();
        CurrentValues { batch: Cow::Owned(Batch { len: documents.len(), scores, columns }), starts }
    }

    pub(super) fn batch(&self) -> &Batch {
        &self.batch
    }

    /// Where the values of each document begin, and the end; empty if each has one.
    pub(super) fn starts(&self) -> &[u32] {
        self.starts
    }

    /// The values of a document.
    pub(super) fn values_of(&self, document: usize) -> Range<usize> {
        match self.starts.get(document..document + 2) {
            Some(pair) => pair[0] as usize..pair[1] as usize,
            None => document..document + 1,
        }
    }

    /// The document of a value.
    pub(super) fn document_of(&self, value: usize) -> usize {
        if self.starts.is_empty() {
            return value;
        }
        self.starts.partition_point(|start| *start as usize <= value).saturating_sub(1)
    }
}

/// The values of these documents, one of which may be there several times.
fn repeated(column: &Column, documents: &[usize]) -> Column {
    fn copied<T: Copy>(values: &[T], ranges: impl Iterator<Item = Range<usize>>) -> Vec<T> {
        ranges.flat_map(|range| values[range].iter().copied()).collect()
    }
    let ranges = || documents.iter().map(|document| column.range(*document));
    let values = match &column.values {
        Values::Booleans(values) => Values::Booleans(copied(values, ranges())),
        Values::Integers(values) => Values::Integers(copied(values, ranges())),
        Values::Floats(values) => Values::Floats(copied(values, ranges())),
        Values::Texts(Dictionary { codes, ends, bytes }) => {
            Values::Texts(Dictionary { codes: copied(codes, ranges()), ends: ends.clone(), bytes: bytes.clone() })
        }
    };
    let mut starts = Vec::new();
    if !column.starts.is_empty() {
        starts.push(0);
        let mut end = 0;
        for range in ranges() {
            end += range.len() as u32;
            starts.push(end);
        }
    }
    Column { values, starts }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_has_the_other_values_of_its_document() {
        let current = Column { values: Values::Integers(vec![1, 2, 3]), starts: vec![0, 2, 2, 3] };
        let other = Column { values: Values::Floats(vec![0.5, 1.5, 2.5, 3.5]), starts: vec![0, 2, 3, 4] };
        let plain = Column { values: Values::Booleans(vec![1, 0, 1]), starts: Vec::new() };
        let batch = Batch { len: 3, scores: vec![1.0, 2.0, 3.0], columns: vec![current, other, plain] };
        let values = CurrentValues::new(&batch);
        assert_eq!(values.batch().len, 3);
        assert_eq!(values.batch().scores, [1.0, 1.0, 3.0]);
        assert_eq!(values.batch().columns[1].starts, [0, 2, 4, 5]);
        assert_eq!(values.batch().columns[1].values, Values::Floats(vec![0.5, 1.5, 0.5, 1.5, 3.5]));
        assert_eq!(values.batch().columns[2].values, Values::Booleans(vec![1, 1, 1]));
        assert_eq!([0, 1, 2].map(|document| values.values_of(document)), [0..2, 2..2, 2..3]);
        assert_eq!([0, 1, 2].map(|value| values.document_of(value)), [0, 0, 2]);
    }
}
