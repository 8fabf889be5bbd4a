//! Values of a batch of documents.

use tantivy::DocId;
use tantivy::columnar::{Column, ColumnIndex};

/// Values of a batch of documents.
#[derive(Debug)]
pub(super) struct Gathered<T> {
    /// Ascending within a document.
    pub(super) values: Vec<T>,
    /// The position in the batch of the document that each value belongs to; not filled if every document has exactly one.
    positions: Vec<u32>,
    one_each: bool,
}

impl<T> Default for Gathered<T> {
    fn default() -> Self {
        Gathered { values: Vec::new(), positions: Vec::new(), one_each: false }
    }
}

/// What happens to equal values of one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeats {
    Keep,
    Drop,
}

impl<T: Copy + PartialEq> Gathered<T> {
    /// Begins with no values.
    pub(super) fn begin(&mut self) {
        self.values.clear();
        self.positions.clear();
        self.one_each = false;
    }

    /// Adds a value of a document. Documents come in ascending order.
    pub(super) fn push(&mut self, position: usize, value: T) {
        self.positions.push(position as u32);
        self.values.push(value);
    }

    /// Whether every document has exactly one value: then the positions of values are those of the documents.
    pub(super) fn is_one_each(&self) -> bool {
        self.one_each
    }

    /// The values of the document at `position`, if `cursor` is after those of the documents before it.
    pub(super) fn next_values(&self, cursor: &mut usize, position: usize) -> &[T] {
        let start = *cursor;
        if self.one_each {
            *cursor += 1;
        } else {
            let after = self.positions[start..].iter().take_while(|at| **at as usize == position).count();
            *cursor += after;
        }
        &self.values[start..*cursor]
    }

    /// Calls `take` with the position of the document and the value.
    #[inline]
    pub(super) fn for_each(&self, mut take: impl FnMut(usize, T)) {
        if self.one_each {
            for (position, value) in self.values.iter().enumerate() {
                take(position, *value);
            }
        } else {
            for (position, value) in self.positions.iter().zip(&self.values) {
                take(*position as usize, *value);
            }
        }
    }

    /// Replaces this by the values of another, each converted.
    pub(super) fn convert<S: Copy>(&mut self, other: &Gathered<S>, convert: impl Fn(S) -> T) {
        self.values.clear();
        self.values.extend(other.values.iter().map(|value| convert(*value)));
        self.positions.clone_from(&other.positions);
        self.one_each = other.one_each;
    }

    /// Drops a value that the value before it of the same document equals.
    pub(super) fn drop_repeats(&mut self) {
        if self.one_each {
            return;
        }
        let mut kept = 0;
        for index in 0..self.values.len() {
            let is_repeat = kept > 0
                && self.positions[kept - 1] == self.positions[index]
                && self.values[kept - 1] == self.values[index];
            self.values[kept] = self.values[index];
            self.positions[kept] = self.positions[index];
            kept += usize::from(!is_repeat);
        }
        self.values.truncate(kept);
        self.positions.truncate(kept);
    }

    /// Keeps the values for which `keep` holds.
    pub(super) fn retain(&mut self, keep: impl Fn(T) -> bool) {
        if self.one_each {
            self.one_each = false;
            self.positions.clear();
            self.positions.extend(0..self.values.len() as u32);
        }
        let mut kept = 0;
        for index in 0..self.values.len() {
            let value = self.values[index];
            self.values[kept] = value;
            self.positions[kept] = self.positions[index];
            kept += usize::from(keep(value));
        }
        self.values.truncate(kept);
        self.positions.truncate(kept);
    }

    /// Gives `value` to the documents without one.
    pub(super) fn fill(&mut self, docs: usize, value: T) {
        if self.one_each {
            return;
        }
        let (values, positions) = (std::mem::take(&mut self.values), std::mem::take(&mut self.positions));
        let mut present = positions.iter().zip(values).peekable();
        for position in 0..docs as u32 {
            let before = self.values.len();
            while let Some((_, value)) = present.next_if(|(at, _)| **at == position) {
                self.values.push(value);
            }
            if self.values.len() == before {
                self.values.push(value);
            }
            let added = self.values.len() - before;
            self.positions.extend(std::iter::repeat_n(position, added));
        }
    }
}

/// Whether documents, which ascend and may repeat, follow each other without gaps.
fn are_contiguous(docs: &[DocId]) -> bool {
    let (Some(first), Some(last)) = (docs.first(), docs.last()) else { return false };
    // Looking at all of them is faster than stopping at the first that is not in its place.
    let all_in_place = || docs.iter().zip(*first..).fold(true, |all, (doc, place)| all & (*doc == place));
    (last - first) as usize + 1 == docs.len() && all_in_place()
}

/// Replaces `out` by the values of `docs`.
pub(super) fn gather(
    column: Option<&Column<u64>>,
    docs: &[DocId],
    repeats: Repeats,
    rows: &mut Vec<u32>,
    out: &mut Gathered<u64>,
) {
    out.values.clear();
    out.positions.clear();
    out.one_each = false;
    let Some(column) = column else { return };
    match &column.index {
        ColumnIndex::Empty { .. } => {}
        ColumnIndex::Full => {
            out.one_each = true;
            out.values.resize(docs.len(), 0);
            match docs.first() {
                Some(first) if are_contiguous(docs) => column.values.get_range(u64::from(*first), &mut out.values),
                _ => column.values.get_vals(docs, &mut out.values),
            }
        }
        index => {
            rows.clear();
            for (position, doc) in docs.iter().enumerate() {
                let range = index.value_row_ids(*doc);
                out.positions.extend(std::iter::repeat_n(position as u32, range.len()));
                rows.extend(range);
            }
            out.values.resize(rows.len(), 0);
            column.values.get_vals(rows, &mut out.values);
            if matches!(index, ColumnIndex::Multivalued(_)) {
                out.sort_each();
                if repeats == Repeats::Drop {
                    out.drop_repeats();
                }
            }
        }
    }
}

impl Gathered<u64> {
    /// Sorts the values of each document.
    pub(super) fn sort_each(&mut self) {
        let mut first = 0;
        for run in self.positions.chunk_by(|a, b| a == b) {
            let end = first + run.len();
            if run.len() > 1 {
                self.values[first..end].sort_unstable();
            }
            first = end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gathered(pairs: &[(u32, u64)]) -> Gathered<u64> {
        let (positions, values) = pairs.iter().copied().unzip();
        Gathered { values, positions, one_each: false }
    }

    fn pairs(gathered: &Gathered<u64>) -> Vec<(usize, u64)> {
        let mut pairs = Vec::new();
        gathered.for_each(|position, value| pairs.push((position, value)));
        pairs
    }

    #[test]
    fn missing_values_are_filled_in_order() {
        let mut some = gathered(&[(1, 5), (1, 6), (3, 7)]);
        some.fill(5, 9);
        assert_eq!(pairs(&some), [(0, 9), (1, 5), (1, 6), (2, 9), (3, 7), (4, 9)]);
        let mut none = gathered(&[]);
        none.fill(2, 9);
        assert_eq!(pairs(&none), [(0, 9), (1, 9)]);
    }

    #[test]
    fn repeats_within_a_document_are_dropped() {
        let mut some = gathered(&[(0, 5), (0, 5), (0, 6), (1, 6), (2, 6), (2, 6)]);
        some.drop_repeats();
        assert_eq!(pairs(&some), [(0, 5), (0, 6), (1, 6), (2, 6)]);
    }

    #[test]
    fn values_may_be_left_out() {
        let mut some = Gathered { values: vec![1, 2, 3], positions: Vec::new(), one_each: true };
        some.retain(|value| value != 2);
        assert_eq!(pairs(&some), [(0, 1), (2, 3)]);
    }
}
