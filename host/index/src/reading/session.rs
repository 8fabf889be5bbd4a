//! The reads of one search.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tantivy::TantivyError;
use tantivy::directory::OwnedBytes;

use super::cost::Cost;
use super::range_map::RangeMap;
use super::reader::SplitReader;
use crate::IndexError;
use crate::split::OpenSplit;

/// How often work is run again for what it missed. Work gets to its next miss only when it has what it missed before, so this
/// is the longest chain of such reads. Work that would take more than a handful of rounds should be warmed up instead.
const MAX_ROUNDS: usize = 256;

/// The reads of one search: which bytes it has, and which it has missed.
///
/// A search computes and never waits, so what it reads must be in memory. [`ReadSession::run`] runs a piece of work on the
/// bytes that are; a read of other bytes fails and is recorded. Then all misses are fetched, in parallel, and the work is run
/// again, until nothing is missed. Fetched bytes belong to the session until it ends, even if the caches evict them.
#[derive(Clone)]
pub struct ReadSession {
    inner: Arc<Inner>,
}

struct Inner {
    reader: Arc<SplitReader>,
    cost: Arc<Cost>,
    held: Mutex<HashMap<Arc<str>, RangeMap<OwnedBytes>>>,
    wanted: Mutex<Wanted>,
}

/// Ranges that were missed.
#[derive(Default)]
pub(crate) struct Wanted {
    /// Required to continue.
    pub(crate) missed: Vec<(Arc<OpenSplit>, Range<u64>)>,
    /// Likely to be required next.
    pub(crate) likely: Vec<(Arc<OpenSplit>, Range<u64>)>,
}

thread_local! {
    static CURRENT: RefCell<Option<Source>> = const { RefCell::new(None) };
}

/// The destination of the reads of a thread.
#[derive(Clone)]
enum Source {
    Search(ReadSession),
    /// Of a writer: all bytes are in memory, and reads are recorded.
    Recording(super::recording::Recording),
}

/// Directs the reads of this thread to a session until it is dropped.
#[must_use]
pub struct Entered {
    before: Option<Source>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.with_borrow_mut(|current| *current = self.before.take());
    }
}

impl ReadSession {
    /// A session without any bytes yet. The cost of its reads is added to `cost`.
    pub fn new(reader: &Arc<SplitReader>, cost: &Arc<Cost>) -> Self {
        let inner = Inner {
            reader: Arc::clone(reader),
            cost: Arc::clone(cost),
            held: Mutex::default(),
            wanted: Mutex::default(),
        };
        ReadSession { inner: Arc::new(inner) }
    }

    /// The cost of its reads.
    pub fn cost(&self) -> &Arc<Cost> {
        &self.inner.cost
    }

    /// Directs the reads of this thread to this session. [`ReadSession::run`] does so for its own thread; work that moves to other
    /// threads calls it there.
    pub fn enter(&self) -> Entered {
        enter(Source::Search(self.clone()))
    }

    /// Runs `work` until it misses nothing, and returns its last result. Work may fail or return early at a miss; the further it
    /// continues in spite of misses, the fewer rounds it takes.
    ///
    /// # Errors
    /// Those of `work`, and those of fetching.
    pub async fn run<T, E: From<IndexError>>(&self, mut work: impl FnMut() -> Result<T, E>) -> Result<T, E> {
        for _ in 0..MAX_ROUNDS {
            let result = {
                let _entered = self.enter();
                work()
            };
            let wanted = std::mem::take(&mut *self.wanted());
            if wanted.missed.is_empty() {
                return result;
            }
            self.inner.reader.fetch(wanted, self).await?;
        }
        let reason = format!("still missing data after {MAX_ROUNDS} fetch rounds");
        Err(IndexError::Search(TantivyError::InternalError(reason)).into())
    }

    /// Adds a piece of a split.
    pub(crate) fn hold(&self, split: &OpenSplit, start: u64, bytes: OwnedBytes) {
        let mut held = self.inner.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.entry(Arc::clone(split.object())).or_default().insert(start, bytes);
    }

    /// The bytes of a range, if the session has them.
    pub(crate) fn held(&self, split: &OpenSplit, range: &Range<u64>) -> Option<OwnedBytes> {
        let held = self.inner.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(split.object())?.get(range)
    }

    fn read(&self, split: &Arc<OpenSplit>, range: Range<u64>, need: Need) -> io::Result<OwnedBytes> {
        if let Some(bytes) = self.held(split, &range) {
            return Ok(bytes);
        }
        if let Some((start, bytes)) = self.inner.reader.in_memory(split, &range) {
            self.inner.cost.add_cache_hit();
            self.hold(split, start, bytes.clone());
            return Ok(super::range_map::slice(&bytes, start, &range));
        }
        let mut wanted = self.wanted();
        match need {
            Need::Now => wanted.missed.push((Arc::clone(split), range)),
            Need::Likely => wanted.likely.push((Arc::clone(split), range)),
        }
        Err(io::Error::new(io::ErrorKind::WouldBlock, "not fetched yet"))
    }

    fn wanted(&self) -> MutexGuard<'_, Wanted> {
        self.inner.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How urgent a read is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Required to continue.
    Now,
    /// Likely to be required next: worth fetching together with others.
    Likely,
}

/// Reads a range of a split's data of which its footer has no copy.
pub(crate) fn read(split: &Arc<OpenSplit>, range: Range<u64>, need: Need) -> io::Result<OwnedBytes> {
    let source = CURRENT.with_borrow(Clone::clone);
    match source {
        Some(Source::Search(reads)) => reads.read(split, range, need),
        Some(Source::Recording(recording)) => Ok(recording.read(range)),
        None => Err(io::Error::other("index read outside of a read session")),
    }
}

/// Directs the reads of this thread to a recording.
pub(super) fn enter_recording(recording: super::recording::Recording) -> Entered {
    enter(Source::Recording(recording))
}

fn enter(source: Source) -> Entered {
    Entered { before: CURRENT.with_borrow_mut(|current| current.replace(source)) }
}
