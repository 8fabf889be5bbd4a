//! Values of a computed column that are computed when they are asked for, each once.

use std::sync::{Arc, Mutex, PoisonError};

use quidditch_function::{Column as BatchColumn, ColumnKind, Values};
use rustc_hash::FxHashMap;
use tantivy::{DocId, SegmentReader, f64_to_u64, i64_to_u64};

use super::computed_column::{ComputedColumn, SegmentComputedColumn};
use crate::Error;
use crate::memory::Reservation;
use crate::progress::Progress;

/// Documents whose values are kept together.
const BLOCK: usize = 1_024;

/// Most documents whose values are computed together.
const BATCH: usize = 4_096;

/// Bytes of one of several values of a document.
const SEVERAL_BYTES: usize = 3 * size_of::<u64>();

/// The numbers, dates or booleans of a computed column in one segment. They are computed for the documents that somebody asks for, and
/// kept for the next one who does. A function that computes them is in use as long as this is there.
pub(crate) struct LazySegment {
    kind: ColumnKind,
    column: Mutex<LazyColumn>,
    progress: Arc<Progress>,
}

impl LazySegment {
    pub(super) fn open(
        column: &dyn ComputedColumn,
        segment: &SegmentReader,
        progress: &Arc<Progress>,
    ) -> Result<Self, Error> {
        let lazy = LazyColumn::open(column, segment, progress.memory().reservation())?;
        Ok(LazySegment { kind: column.kind(), column: Mutex::new(lazy), progress: Arc::clone(progress) })
    }

    /// The type of the values.
    pub(crate) fn kind(&self) -> ColumnKind {
        self.kind
    }

    /// Computes the values of documents, which ascend and may repeat, and hands them to `read`. If that fails, the search ends with the
    /// failure, and the documents have no values.
    pub(crate) fn with<R>(&self, docs: &[DocId], read: impl FnOnce(&LazyColumn) -> R) -> R {
        let mut column = self.column.lock().unwrap_or_else(PoisonError::into_inner);
        if !column.has_failed
            && let Err(error) = column.prepare(docs)
        {
            column.has_failed = true;
            self.progress.fail(error);
        }
        read(&column)
    }
}

/// The values as the bits of a stored column: they order like the values.
pub(crate) struct LazyColumn {
    column: Box<dyn SegmentComputedColumn>,
    blocks: Vec<Option<Box<Block>>>,
    /// Of documents with several values.
    several: FxHashMap<DocId, Vec<u64>>,
    missing: Vec<DocId>,
    computed: BatchColumn,
    kept: Reservation,
    /// A function that has failed must not be called again.
    has_failed: bool,
}

/// Values of documents one after another.
struct Block {
    states: [State; BLOCK],
    values: [u64; BLOCK],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Unknown,
    NoValue,
    OneValue,
    Several,
}

impl LazyColumn {
    fn open(column: &dyn ComputedColumn, segment: &SegmentReader, kept: Reservation) -> Result<Self, Error> {
        let blocks = (segment.max_doc() as usize).div_ceil(BLOCK);
        Ok(LazyColumn {
            column: column.open(segment)?,
            blocks: (0..blocks).map(|_| None).collect(),
            several: FxHashMap::default(),
            missing: Vec::new(),
            computed: BatchColumn::empty(column.kind()),
            kept,
            has_failed: false,
        })
    }

    /// Computes the values of documents, which ascend and may repeat, unless that has been done.
    fn prepare(&mut self, docs: &[DocId]) -> Result<(), Error> {
        self.missing.clear();
        for doc in docs {
            if self.state(*doc) == State::Unknown && self.missing.last() != Some(doc) {
                self.missing.push(*doc);
            }
        }
        let missing = std::mem::take(&mut self.missing);
        for batch in missing.chunks(BATCH) {
            self.compute(batch)?;
        }
        self.missing = missing;
        Ok(())
    }

    /// The values of a document that was prepared, ascending.
    pub(crate) fn values(&self, doc: DocId) -> &[u64] {
        let (block, place) = place(doc);
        let Some(block) = &self.blocks[block] else { return &[] };
        match block.states[place] {
            State::Unknown | State::NoValue => &[],
            State::OneValue => std::slice::from_ref(&block.values[place]),
            State::Several => self.several.get(&doc).map_or(&[], Vec::as_slice),
        }
    }

    fn state(&self, doc: DocId) -> State {
        let (block, place) = place(doc);
        self.blocks[block].as_ref().map_or(State::Unknown, |block| block.states[place])
    }

    fn compute(&mut self, docs: &[DocId]) -> Result<(), Error> {
        self.column.gather(docs, &mut self.computed)?;
        for (position, doc) in docs.iter().enumerate() {
            let (number, place) = place(*doc);
            if self.blocks[number].is_none() {
                self.kept.add(size_of::<Block>())?;
            }
            let block = self.blocks[number]
                .get_or_insert_with(|| Box::new(Block { states: [State::Unknown; BLOCK], values: [0; BLOCK] }));
            let range = self.computed.range(position);
            block.states[place] = match range.len() {
                0 => State::NoValue,
                1 => {
                    block.values[place] = bits(&self.computed.values, range.start);
                    State::OneValue
                }
                count => {
                    self.kept.add(count * SEVERAL_BYTES)?;
                    let values = range.map(|index| bits(&self.computed.values, index)).collect();
                    self.several.insert(*doc, values);
                    State::Several
                }
            };
        }
        Ok(())
    }
}

/// The block of a document, and its place there.
fn place(doc: DocId) -> (usize, usize) {
    (doc as usize / BLOCK, doc as usize % BLOCK)
}

fn bits(values: &Values, index: usize) -> u64 {
    match values {
        Values::Booleans(values) => u64::from(values[index] != 0),
        Values::Integers(values) => i64_to_u64(values[index]),
        Values::Floats(values) => f64_to_u64(values[index] + 0.0),
        Values::Texts(_) => unreachable!("texts have no bits"),
    }
}
