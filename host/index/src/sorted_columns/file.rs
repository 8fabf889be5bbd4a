//! The sorted columns of a segment.

use std::io;

use tantivy::directory::error::OpenReadError;
use tantivy::directory::{FileSlice, OwnedBytes};
use tantivy::{Directory, HasLen, SegmentReader};

use super::column::SortedColumn;
use super::layout::{BLOCK_ENTRY_BYTES, Described, damaged, document_bits, sorted_columns_path};

/// The sorted columns of a segment.
#[derive(Debug)]
pub struct SortedColumns {
    file: FileSlice,
    columns: Vec<Described>,
    /// Where the blocks of the first column are described.
    descriptions: usize,
    max_doc: u32,
}

impl SortedColumns {
    /// Those of a segment; `None` if it has none.
    ///
    /// # Errors
    /// If bytes are not cached (see [`ReadSession::run`](crate::ReadSession::run)), or are damaged.
    pub fn open(segment: &SegmentReader) -> tantivy::Result<Option<Self>> {
        let file = match segment.index().directory().open_read(&sorted_columns_path(segment.segment_id())) {
            Ok(file) => file,
            Err(OpenReadError::FileDoesNotExist(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        Ok(Some(Self::read(file, segment.max_doc())?))
    }

    fn read(file: FileSlice, max_doc: u32) -> io::Result<Self> {
        let (rest, length) = file.clone().split_from_end(size_of::<u32>());
        let length = length.read_bytes()?;
        let length = length.as_ref().try_into().map(u32::from_le_bytes).map_err(|_| damaged("no length"))? as usize;
        if length > rest.len() {
            return Err(damaged("the directory is longer than the file"));
        }
        let (rest, directory) = rest.split_from_end(length);
        let columns: Vec<Described> = serde_json::from_slice(&directory.read_bytes()?).map_err(damaged)?;
        let described: usize = columns.iter().map(|column| column.blocks() * BLOCK_ENTRY_BYTES).sum();
        let descriptions = rest.len().checked_sub(described).ok_or_else(|| damaged("too short for its blocks"))?;
        Ok(SortedColumns { file, columns, descriptions, max_doc })
    }

    /// A column by its name, with what describes its blocks.
    ///
    /// # Errors
    /// As [`SortedColumns::open`].
    pub fn column(&self, name: &str) -> io::Result<Option<SortedColumn>> {
        let mut at = self.descriptions;
        for column in &self.columns {
            let end = at + column.blocks() * BLOCK_ENTRY_BYTES;
            if column.column == name {
                let blocks: OwnedBytes = self.file.slice(at..end).read_bytes()?;
                return SortedColumn::new(&self.file, column, &blocks, document_bits(self.max_doc)).map(Some);
            }
            at = end;
        }
        Ok(None)
    }

    /// Reads what describes the blocks of all columns.
    pub(crate) fn read_descriptions(&self) -> io::Result<()> {
        self.file.slice_from(self.descriptions).read_bytes().map(drop)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;
    use tantivy::DocId;
    use tantivy::directory::OwnedBytes;

    use super::super::write::tests::file;
    use super::*;

    const MAX_DOC: u32 = 70_000;

    fn columns(entries: Vec<(u64, DocId)>) -> SortedColumns {
        let bytes = file("n", MAX_DOC, entries).expect("a file");
        SortedColumns::read(FileSlice::new(Arc::new(OwnedBytes::new(bytes))), MAX_DOC).expect("a directory")
    }

    /// Few or many entries, of values that are close to each other or anywhere.
    fn entries() -> impl Strategy<Value = Vec<(u64, DocId)>> {
        let values = prop_oneof![Just(0_u32), 1..20_u32, 50..64_u32];
        (values, 1..4_000_usize, any::<u64>()).prop_map(|(bits, count, seed)| {
            let mut random = seed | 1;
            let mut next = move || {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                random.rotate_right(23)
            };
            let mask = if bits == 0 { 0 } else { u64::MAX >> (64 - bits) };
            (0..count).map(|_| (next() & mask, (next() % u64::from(MAX_DOC)) as DocId)).collect()
        })
    }

    proptest! {
        #[test]
        fn ranges_have_the_entries_of_a_scan(mut entries in entries(), bounds in any::<(u64, u64)>(), shift in 0..64_u32, at in any::<prop::sample::Index>()) {
            let columns = columns(entries.clone());
            let column = columns.column("n").expect("readable").expect("a column");
            entries.sort_unstable();
            prop_assert_eq!(column.entries() as usize, entries.len());
            let some = at.index(entries.len());
            prop_assert_eq!(column.value(some as u32).expect("readable"), entries[some].0);
            // Bounds anywhere, and at values that there are.
            let known = entries[at.index(entries.len())].0;
            let (a, b) = (bounds.0 >> shift, bounds.1 >> shift);
            for (lower, upper) in [(a, b), (b, a), (known, known), (known, u64::MAX), (0, known), (0, u64::MAX)] {
                let range = lower..=upper;
                let expected: Vec<u64> =
                    entries.iter().filter(|(value, _)| range.contains(value)).map(|(_, doc)| u64::from(*doc)).collect();
                let positions = column.positions(&range).expect("readable");
                prop_assert_eq!(positions.len(), expected.len());
                let about = column.about(&range);
                prop_assert!(positions.is_empty() || (about.start <= positions.start && positions.end <= about.end));
                let mut found = Vec::new();
                column.for_each_document(positions, |documents| found.extend_from_slice(documents)).expect("readable");
                prop_assert_eq!(found, expected);
            }
        }

        #[test]
        fn other_bytes_are_errors(bytes in prop::collection::vec(any::<u8>(), 4..200)) {
            let file = FileSlice::new(Arc::new(OwnedBytes::new(bytes)));
            if let Ok(columns) = SortedColumns::read(file, MAX_DOC) {
                let _ = columns.column("n");
            }
        }
    }

    #[test]
    fn a_column_that_is_not_there_is_none() {
        assert!(columns(vec![(1, 1)]).column("m").expect("readable").is_none());
    }
}
