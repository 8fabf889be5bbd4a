//! A column with values of consecutive documents alone.

use std::sync::OnceLock;

use tantivy::DocId;
use tantivy::columnar::ColumnValues;

/// One value for each of some consecutive documents, as bits. Other documents have any of them.
pub(super) struct SpanColumn {
    first: DocId,
    /// At least one.
    values: Vec<u64>,
    max_doc: u32,
    /// The least and the greatest value. Not all readers need them.
    bounds: OnceLock<(u64, u64)>,
}

impl SpanColumn {
    /// Values of the documents from `first` on, in a segment with `max_doc`.
    pub(super) fn new(first: DocId, values: Vec<u64>, max_doc: u32) -> Self {
        SpanColumn { first, values, max_doc, bounds: OnceLock::new() }
    }

    fn bounds(&self) -> (u64, u64) {
        *self.bounds.get_or_init(|| {
            let any = self.any();
            self.values.iter().fold((any, any), |(min, max), value| (min.min(*value), max.max(*value)))
        })
    }

    fn any(&self) -> u64 {
        self.values.first().copied().unwrap_or_default()
    }
}

impl ColumnValues<u64> for SpanColumn {
    fn get_val(&self, doc: u32) -> u64 {
        // Documents before the first are beyond the end when the difference wraps around.
        self.values.get(doc.wrapping_sub(self.first) as usize).copied().unwrap_or_else(|| self.any())
    }

    fn get_range(&self, start: u64, output: &mut [u64]) {
        let start = start as u32;
        let from = start.wrapping_sub(self.first) as usize;
        match from.checked_add(output.len()).and_then(|end| self.values.get(from..end)) {
            Some(values) => output.copy_from_slice(values),
            None => (start..).zip(output).for_each(|(doc, out)| *out = self.get_val(doc)),
        }
    }

    fn min_value(&self) -> u64 {
        self.bounds().0
    }

    fn max_value(&self) -> u64 {
        self.bounds().1
    }

    fn num_vals(&self) -> u32 {
        self.max_doc
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_of_the_span_have_their_values_and_others_any() {
        let column = SpanColumn::new(10, vec![7, 3, 9], 20);
        assert_eq!((column.min_value(), column.max_value(), column.num_vals()), (3, 9, 20));
        let values: Vec<u64> = column.iter().collect();
        assert_eq!((&values[10..13], values.len()), (&[7, 3, 9][..], 20));
        let mut range = [0; 3];
        column.get_range(10, &mut range);
        assert_eq!(range, [7, 3, 9]);
        for start in [0, 9, 11, 17] {
            column.get_range(start, &mut range);
            assert_eq!(range.to_vec(), values[start as usize..start as usize + 3]);
        }
    }
}
