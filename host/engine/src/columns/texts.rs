//! Texts of a segment's documents, batch by batch.
//!
//! A column holds ordinals into a sorted, compressed dictionary. A few texts are cheapest looked up where they lie; but each
//! look-up walks a block of the dictionary, so a search that asks for many is better off with the whole of it decoded once.

use std::sync::Arc;

use quidditch_function::Dictionary;
use quidditch_index::ip_text;
use tantivy::columnar::StrColumn;
use tantivy::{DocId, TantivyError};

use super::gather::{VALUE_BYTES, gather_sorted};
use crate::Error;
use crate::memory::{Memory, Reservation};

/// The whole dictionary is decoded before more than this part of it is looked up: a look-up costs about as much as this many texts
/// of a decoding from end to end.
const LOOK_UPS_WORTH_A_TABLE: usize = 16;

/// Most bytes of a decoded dictionary: what a search may take for one column of one segment. Larger ones are always looked up.
const TABLE_BYTES: usize = 64 << 20;

/// A text column at work on one segment.
pub(super) struct TextReader {
    column: StrColumn,
    form: TextForm,
    ordinals: Vec<u64>,
    distinct: Vec<u64>,
    /// Texts that were looked up, or would be.
    looked_up: usize,
    table: Table,
    memory: Arc<Memory>,
}

/// What the texts of a column are read as. The order of the values is that of the column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextForm {
    Plain,
    /// The usual form of the addresses that they stand for.
    Address,
}

impl TextForm {
    /// Adds a text of a column in this form.
    fn append(self, text: &[u8], bytes: &mut Vec<u8>) {
        match self {
            TextForm::Plain => bytes.extend_from_slice(text),
            TextForm::Address => bytes.extend_from_slice(ip_text(&String::from_utf8_lossy(text)).as_bytes()),
        }
    }
}

enum Table {
    NotYet,
    TooLarge,
    Decoded(Decoded),
}

impl TextReader {
    pub(super) fn new(column: StrColumn, form: TextForm, memory: &Arc<Memory>) -> Self {
        TextReader {
            column,
            form,
            ordinals: Vec::new(),
            distinct: Vec::new(),
            looked_up: 0,
            table: Table::NotYet,
            memory: Arc::clone(memory),
        }
    }

    /// Fills an empty dictionary and empty `starts` with the texts of `docs`, which ascend. They are counted in `gathered`.
    pub(super) fn gather(
        &mut self,
        docs: &[DocId],
        dictionary: &mut Dictionary,
        starts: &mut Vec<u32>,
        gathered: &mut Reservation,
    ) -> Result<(), Error> {
        gather_sorted(Some(self.column.ords()), docs, &mut self.ordinals, starts, gathered, u64::cmp)?;
        if !matches!(self.table, Table::Decoded(_)) {
            self.distinct.clone_from(&self.ordinals);
            self.distinct.sort_unstable();
            self.distinct.dedup();
            self.looked_up += self.distinct.len();
        }
        let texts = self.column.num_terms();
        if matches!(self.table, Table::NotYet) && self.looked_up * LOOK_UPS_WORTH_A_TABLE >= texts {
            self.table =
                Decoded::from_column(&self.column, self.form, &self.memory)?.map_or(Table::TooLarge, Table::Decoded);
        }
        let counted = self.ordinals.len() * VALUE_BYTES;
        match &mut self.table {
            Table::Decoded(decoded) => decoded.fill(&self.ordinals, dictionary, gathered, counted),
            Table::NotYet | Table::TooLarge => self.look_up(dictionary, gathered, counted),
        }
    }

    fn look_up(
        &mut self,
        dictionary: &mut Dictionary,
        gathered: &mut Reservation,
        counted: usize,
    ) -> Result<(), Error> {
        let code = |ordinal: &u64| self.distinct.partition_point(|other| other < ordinal) as u32;
        dictionary.codes.extend(self.ordinals.iter().map(code));
        let form = self.form;
        let mut room = Ok(());
        let push = |text: &[u8]| {
            if room.is_ok() {
                room = gathered.reach(counted + dictionary.bytes.len() + text.len());
            }
            // tantivy's iteration cannot be ended.
            if room.is_ok() {
                form.append(text, &mut dictionary.bytes);
                dictionary.ends.push(dictionary.bytes.len() as u32);
            }
        };
        self.column.dictionary().sorted_ords_to_term_cb(&self.distinct, push).map_err(TantivyError::from)?;
        Ok(room?)
    }
}

/// A whole dictionary, in the open.
struct Decoded {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    /// For each text, the last batch that had it, and its code there.
    seen: Vec<(u32, u32)>,
    batch: u32,
    _memory: Reservation,
}

impl Decoded {
    /// `None` if it would be too large.
    fn from_column(column: &StrColumn, form: TextForm, memory: &Arc<Memory>) -> Result<Option<Self>, Error> {
        let texts = column.num_terms();
        let numbers = texts * (size_of::<u32>() + size_of::<(u32, u32)>());
        let mut reservation = memory.reservation();
        if reservation.add(numbers).is_err() {
            return Ok(None);
        }
        let (mut bytes, mut ends) = (Vec::new(), Vec::with_capacity(texts));
        let mut stream = column.dictionary().stream().map_err(TantivyError::from)?;
        while stream.advance() {
            form.append(stream.key(), &mut bytes);
            ends.push(bytes.len() as u32);
            if bytes.len() > TABLE_BYTES || reservation.reach(numbers + bytes.len()).is_err() {
                return Ok(None);
            }
        }
        Ok(Some(Decoded { bytes, ends, seen: vec![(0, 0); texts], batch: 0, _memory: reservation }))
    }

    fn fill(
        &mut self,
        ordinals: &[u64],
        dictionary: &mut Dictionary,
        gathered: &mut Reservation,
        counted: usize,
    ) -> Result<(), Error> {
        self.batch += 1;
        for ordinal in ordinals {
            let index = *ordinal as usize;
            if self.seen[index].0 != self.batch {
                self.seen[index] = (self.batch, dictionary.ends.len() as u32);
                let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
                let text = &self.bytes[start..self.ends[index] as usize];
                gathered.reach(counted + dictionary.bytes.len() + text.len())?;
                dictionary.bytes.extend_from_slice(text);
                dictionary.ends.push(dictionary.bytes.len() as u32);
            }
            dictionary.codes.push(self.seen[index].1);
        }
        Ok(())
    }
}
