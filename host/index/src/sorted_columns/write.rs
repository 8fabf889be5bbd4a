//! Sorts the columns of a new segment.

use tantivy::columnar::Column;
use tantivy::{DocId, SegmentReader, TantivyError};
use tantivy_bitpacker::{BitPacker, compute_num_bits};

use super::layout::{BLOCK, Described, document_bits};
use crate::{Field, FieldKind, IndexError, Mapping};

/// The number of documents from which a segment has sorted columns. 65,536: reading a column of fewer numbers takes some 50 µs, and
/// half a megabyte from a store.
pub const LEAST_DOCUMENTS: u32 = 1 << 16;

/// The sorted columns of a segment as the bytes of a file; `None` if it has too few documents, or no numbers.
///
/// It takes 16 bytes of memory for each value of a field.
///
/// # Errors
/// [`IndexError::Search`].
pub fn sorted_columns(segment: &SegmentReader, mapping: &Mapping) -> Result<Option<Vec<u8>>, IndexError> {
    if segment.max_doc() < LEAST_DOCUMENTS {
        return Ok(None);
    }
    let mut file = File::new(segment.max_doc());
    for field in mapping.fields() {
        let Some(name) = sorted_column(field) else { continue };
        let Some(handle) = segment.fast_fields().dynamic_column_handles(name)?.into_iter().next() else { continue };
        if let Some(column) = handle.open_u64_lenient().map_err(TantivyError::from)? {
            file.add(name, &Entries::of(&column, segment.max_doc()));
        }
    }
    Ok(file.finish())
}

/// The column of a field that is sorted, if it has one.
fn sorted_column(field: &Field) -> Option<&str> {
    let kind = field.kind();
    let is_sorted =
        kind.is_integer() || kind.is_float() || matches!(kind, FieldKind::Date { .. } | FieldKind::UnsignedLong);
    if is_sorted { field.exact_column().or(field.column_name()) } else { None }
}

/// The entries of a column, sorted by value, then by document.
struct Entries {
    sorted: Vec<(u64, DocId)>,
    /// Whether a document has several of them.
    repeat: bool,
}

impl Entries {
    fn of(column: &Column<u64>, max_doc: DocId) -> Self {
        let (mut sorted, mut repeat) = (Vec::with_capacity(column.values.num_vals() as usize), false);
        for doc in 0..max_doc {
            let before = sorted.len();
            sorted.extend(column.values_for_doc(doc).map(|value| (value, doc)));
            repeat |= sorted.len() - before > 1;
        }
        sorted.sort_unstable();
        Entries { sorted, repeat }
    }
}

/// The file while it is written.
struct File {
    max_doc: u32,
    bytes: Vec<u8>,
    /// What describes the blocks of all columns.
    blocks: Vec<u8>,
    columns: Vec<Described>,
}

impl File {
    fn new(max_doc: u32) -> Self {
        File { max_doc, bytes: Vec::new(), blocks: Vec::new(), columns: Vec::new() }
    }

    fn add(&mut self, name: &str, Entries { sorted: entries, repeat }: &Entries) {
        let Some((last, _)) = entries.last().copied() else { return };
        let offset = self.bytes.len() as u64;
        let mut packer = BitPacker::new();
        let width = document_bits(self.max_doc);
        for (_, doc) in entries {
            packer.write(u64::from(*doc), width, &mut self.bytes).expect("memory");
        }
        packer.close(&mut self.bytes).expect("memory");
        let values = self.bytes.len();
        for block in entries.chunks(BLOCK) {
            let (first, greatest) = (block[0].0, block[block.len() - 1].0);
            // 64 in place of the widths that the unpacker cannot read.
            let width = compute_num_bits(greatest - first);
            let mut packer = BitPacker::new();
            for (value, _) in block {
                packer.write(value - first, width, &mut self.bytes).expect("memory");
            }
            packer.close(&mut self.bytes).expect("memory");
            self.blocks.extend_from_slice(&first.to_le_bytes());
            self.blocks.push(width);
        }
        self.columns.push(Described {
            column: name.to_owned(),
            entries: entries.len() as u32,
            last,
            repeats: *repeat,
            offset,
            value_bytes: (self.bytes.len() - values) as u64,
        });
    }

    fn finish(mut self) -> Option<Vec<u8>> {
        if self.columns.is_empty() {
            return None;
        }
        self.bytes.append(&mut self.blocks);
        let directory = serde_json::to_vec(&self.columns).expect("a directory has only text keys");
        self.bytes.extend_from_slice(&directory);
        self.bytes.extend_from_slice(&(directory.len() as u32).to_le_bytes());
        Some(self.bytes)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The file of a column of these entries, after another column.
    pub(in super::super) fn file(name: &str, max_doc: u32, mut entries: Vec<(u64, DocId)>) -> Option<Vec<u8>> {
        entries.sort_unstable();
        let mut documents: Vec<DocId> = entries.iter().map(|(_, doc)| *doc).collect();
        documents.sort_unstable();
        let repeat = documents.windows(2).any(|pair| pair[0] == pair[1]);
        let mut file = File::new(max_doc);
        file.add("other", &Entries { sorted: vec![(1, 0), (2, 0)], repeat: true });
        file.add(name, &Entries { sorted: entries, repeat });
        file.finish()
    }
}
