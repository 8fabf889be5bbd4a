//! One sorted column.

use std::io;
use std::ops::{Range, RangeInclusive};

use tantivy::HasLen;
use tantivy::directory::{FileSlice, OwnedBytes};
use tantivy_bitpacker::BitUnpacker;

use super::layout::{BLOCK, BLOCK_ENTRY_BYTES, Described, damaged};

/// The entries of a column of numbers, sorted by value. An entry is named by its position in this order.
#[derive(Debug)]
pub struct SortedColumn {
    entries: u32,
    last: u64,
    repeats: bool,
    blocks: Vec<Block>,
    values: FileSlice,
    documents: FileSlice,
    document_bits: u8,
}

#[derive(Debug)]
struct Block {
    first: u64,
    /// Bits of a difference to the first value.
    width: u8,
    /// Where its values begin.
    offset: usize,
}

impl SortedColumn {
    pub(super) fn new(
        file: &FileSlice,
        described: &Described,
        blocks: &[u8],
        document_bits: u8,
    ) -> io::Result<SortedColumn> {
        let entries = described.entries as usize;
        let (mut list, mut offset) = (Vec::with_capacity(blocks.len() / BLOCK_ENTRY_BYTES), 0);
        for (number, block) in blocks.chunks_exact(BLOCK_ENTRY_BYTES).enumerate() {
            let (first, width) = block.split_first_chunk().ok_or_else(|| damaged("a block has no first value"))?;
            let width = width[0];
            if width > 64 || (57..64).contains(&width) {
                return Err(damaged("values of an unknown width"));
            }
            list.push(Block { first: u64::from_le_bytes(*first), width, offset });
            offset += (BLOCK.min(entries - number * BLOCK) * usize::from(width)).div_ceil(8);
        }
        let lengths = || damaged("the lengths of a sorted column do not add up");
        let begin = usize::try_from(described.offset).ok().filter(|begin| *begin <= file.len()).ok_or_else(lengths)?;
        let values = begin + (entries * usize::from(document_bits)).div_ceil(8);
        let end = values + offset;
        if offset as u64 != described.value_bytes || end > file.len() || list.is_empty() {
            return Err(lengths());
        }
        Ok(SortedColumn {
            entries: described.entries,
            last: described.last,
            repeats: described.repeats,
            blocks: list,
            values: file.slice(values..end),
            documents: file.slice(begin..values),
            document_bits,
        })
    }

    /// Whether a document has several values, and so several entries.
    pub fn repeats(&self) -> bool {
        self.repeats
    }

    /// How many entries there are.
    pub fn entries(&self) -> u32 {
        self.entries
    }

    /// The value of an entry. Reads a block of values.
    ///
    /// # Errors
    /// If bytes are not cached, or are damaged.
    ///
    /// # Panics
    /// If there are not as many entries.
    pub fn value(&self, position: u32) -> io::Result<u64> {
        let (number, within) = (position as usize / BLOCK, position as usize % BLOCK);
        let block = &self.blocks[number];
        let bytes = self.block_bytes(number)?;
        Ok(block.first + BitUnpacker::new(block.width).get(within as u32, &bytes))
    }

    /// The values of a block, bit-packed.
    fn block_bytes(&self, number: usize) -> io::Result<OwnedBytes> {
        let block = &self.blocks[number];
        let bytes = (self.block_entries(number) * usize::from(block.width)).div_ceil(8);
        self.values.slice(block.offset..block.offset + bytes).read_bytes()
    }

    fn block_entries(&self, number: usize) -> usize {
        BLOCK.min(self.entries as usize - number * BLOCK)
    }

    /// The positions of the blocks that may have values in a range. Reads nothing.
    pub fn about(&self, values: &RangeInclusive<u64>) -> Range<u32> {
        let (lower, upper) = (*values.start(), *values.end());
        if lower > upper || lower > self.last {
            return 0..0;
        }
        let from = self.blocks.partition_point(|block| block.first < lower).saturating_sub(1);
        let to = self.blocks.partition_point(|block| block.first <= upper).max(from);
        (from * BLOCK) as u32..(to * BLOCK).min(self.entries as usize) as u32
    }

    /// The positions of the entries with values in a range. Reads at most two blocks of values.
    ///
    /// # Errors
    /// If bytes are not cached, or are damaged.
    pub fn positions(&self, values: &RangeInclusive<u64>) -> io::Result<Range<u32>> {
        let (lower, upper) = (*values.start(), *values.end());
        if lower > upper {
            return Ok(0..0);
        }
        // Both are read, so that both are missed at once.
        let start = self.entries_below(lower);
        let end = if upper >= self.last { Ok(self.entries) } else { self.entries_below(upper + 1) };
        let (start, end) = (start?, end?);
        Ok(start..end.max(start))
    }

    /// How many entries have lesser values.
    fn entries_below(&self, value: u64) -> io::Result<u32> {
        if value > self.last {
            return Ok(self.entries);
        }
        let Some(number) = self.blocks.partition_point(|block| block.first < value).checked_sub(1) else {
            return Ok(0);
        };
        let block = &self.blocks[number];
        let length = self.block_entries(number);
        let bytes = self.block_bytes(number)?;
        let unpacker = BitUnpacker::new(block.width);
        let difference = value - block.first;
        let (mut below, mut end) = (0, length);
        while below < end {
            let middle = below + (end - below) / 2;
            if unpacker.get(middle as u32, &bytes) < difference {
                below = middle + 1;
            } else {
                end = middle;
            }
        }
        Ok((number * BLOCK + below) as u32)
    }

    /// Calls back with the documents of entries, in the order of their values, some at a time.
    ///
    /// # Errors
    /// If bytes are not cached, or are damaged.
    pub fn for_each_document(&self, positions: Range<u32>, mut call: impl FnMut(&[u64])) -> io::Result<()> {
        let width = usize::from(self.document_bits);
        // A multiple of 8 begins with a byte.
        let from = positions.start as usize & !7;
        let end = (positions.end as usize).min(self.entries as usize);
        if end <= positions.start as usize {
            return Ok(());
        }
        let bytes = self.documents.slice(from * width / 8..(end * width).div_ceil(8)).read_bytes()?;
        let unpacker = BitUnpacker::new(self.document_bits);
        let mut documents = [0; BLOCK];
        let mut at = positions.start as usize;
        while at < end {
            let length = BLOCK.min(end - at);
            unpacker.get_range((at - from) as u32, &bytes, &mut documents[..length]);
            call(&documents[..length]);
            at += length;
        }
        Ok(())
    }
}
