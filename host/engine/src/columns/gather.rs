//! Values of a column for the documents of a batch.

use std::ops::Range;

use tantivy::DocId;
use tantivy::columnar::{Column, ColumnIndex};

use crate::Error;
use crate::memory::Reservation;

/// Bytes of memory that are counted for one value: it may be copied once.
pub(super) const VALUE_BYTES: usize = 16;

/// Replaces `out` by the values of `docs` and `starts` by where each document's begin; `starts` stays empty where every
/// document has exactly one. The values are counted in `gathered`.
pub(super) fn gather_sorted<T: Copy + Default + PartialOrd + std::fmt::Debug + Send + Sync + 'static>(
    column: Option<&Column<T>>,
    docs: &[DocId],
    out: &mut Vec<T>,
    starts: &mut Vec<u32>,
    gathered: &mut Reservation,
    compare: impl Fn(&T, &T) -> std::cmp::Ordering,
) -> Result<(), Error> {
    out.clear();
    let Some(column) = column else {
        starts.resize(docs.len() + 1, 0);
        return Ok(());
    };
    gathered.reach(docs.len() * VALUE_BYTES)?;
    if matches!(column.index, ColumnIndex::Full) {
        out.resize(docs.len(), T::default());
        gather_full(column, docs, out);
        return Ok(());
    }
    starts.push(0);
    let mut one_each = true;
    for &doc in docs {
        let first = out.len();
        let rows = column.index.value_row_ids(doc);
        one_each &= rows.len() == 1;
        gathered.reach((out.len() + rows.len()) * VALUE_BYTES)?;
        out.extend(rows.map(|row| column.values.get_val(row)));
        if out.len() - first > 1 {
            out[first..].sort_by(&compare);
        }
        starts.push(out.len() as u32);
    }
    if one_each {
        starts.clear();
    }
    Ok(())
}

/// The values of `docs`, which ascend, in a column that has one for each document.
pub(crate) fn gather_full<T: Copy + PartialOrd + std::fmt::Debug + Send + Sync + 'static>(
    column: &Column<T>,
    docs: &[DocId],
    out: &mut [T],
) {
    match consecutive(docs) {
        Some(range) => column.values.get_range(range.start as u64, out),
        None => column.values.get_vals(docs, out),
    }
}

/// The range that documents, which ascend, are all of; `None` if it has others.
pub(super) fn consecutive(docs: &[DocId]) -> Option<Range<usize>> {
    let range = *docs.first()? as usize..*docs.last()? as usize + 1;
    (range.len() == docs.len()).then_some(range)
}
