//! What one search reads.

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

/// How often a piece of work may be run again for what it missed. Work misses what it reads next only after it has what it
/// read before, so this is the longest chain of such steps; everything that takes more than a handful should be asked for
/// beforehand.
const MAX_ROUNDS: usize = 256;

/// The reads of one search: which bytes it has, and which it misses.
///
/// Searching computes and never waits, so what it needs must be there. [`ReadSession::run`] runs a piece of it over what is there;
/// a read that misses is taken down and fails. Then all that was missed is fetched, in parallel, and the piece is run again,
/// until it misses nothing. What was fetched stays with the search until it ends, whatever becomes of the caches.
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

/// What was missed.
#[derive(Default)]
pub(crate) struct Wanted {
    /// Nothing goes on without these.
    pub(crate) missed: Vec<(Arc<OpenSplit>, Range<u64>)>,
    /// Most likely wanted as soon as those are there.
    pub(crate) likely: Vec<(Arc<OpenSplit>, Range<u64>)>,
}

thread_local! {
    static CURRENT: RefCell<Option<Source>> = const { RefCell::new(None) };
}

/// Where the reads of this thread go.
#[derive(Clone)]
enum Source {
    Search(ReadSession),
    /// For writers: all is there, and what is read is taken down.
    Recording(super::recording::Recording),
}

/// As long as it lives, reads of this thread belong to one search.
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
    /// Nothing read yet. What reading costs is added to `cost`.
    pub fn new(reader: &Arc<SplitReader>, cost: &Arc<Cost>) -> Self {
        let inner = Inner {
            reader: Arc::clone(reader),
            cost: Arc::clone(cost),
            held: Mutex::default(),
            wanted: Mutex::default(),
        };
        ReadSession { inner: Arc::new(inner) }
    }

    /// What reading has cost.
    pub fn cost(&self) -> &Arc<Cost> {
        &self.inner.cost
    }

    /// Makes the reads of this thread belong to this search. [`ReadSession::run`] does so for its own thread; work that goes to
    /// other threads does it there.
    pub fn enter(&self) -> Entered {
        enter(Source::Search(self.clone()))
    }

    /// Runs `work` until it misses nothing, and gives what it returned then. It may fail, or give up early, where something
    /// is missing; the more it tries all the same, the fewer rounds it takes.
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
        let what = format!("a search still misses something after {MAX_ROUNDS} rounds");
        Err(IndexError::Search(TantivyError::InternalError(what)).into())
    }

    /// Holds on to a piece of a split.
    pub(crate) fn hold(&self, split: &OpenSplit, start: u64, bytes: OwnedBytes) {
        let mut held = self.inner.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.entry(Arc::clone(split.object())).or_default().insert(start, bytes);
    }

    pub(crate) fn holds(&self, split: &OpenSplit, range: &Range<u64>) -> Option<OwnedBytes> {
        let held = self.inner.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(split.object())?.get(range)
    }

    fn read(&self, split: &Arc<OpenSplit>, range: Range<u64>, need: Need) -> io::Result<OwnedBytes> {
        if let Some(bytes) = self.holds(split, &range) {
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

/// How much a read is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing goes on without it.
    Now,
    /// Most likely it is the next to be read: worth fetching together with others.
    Likely,
}

/// Reads a range of a split's data that its footer has no copy of.
pub(crate) fn read(split: &Arc<OpenSplit>, range: Range<u64>, need: Need) -> io::Result<OwnedBytes> {
    let source = CURRENT.with_borrow(Clone::clone);
    match source {
        Some(Source::Search(reads)) => reads.read(split, range, need),
        Some(Source::Recording(recording)) => Ok(recording.read(range)),
        None => Err(io::Error::other("something reads an index outside of a search")),
    }
}

/// Makes the reads of this thread go to a recording.
pub(super) fn enter_recording(recording: super::recording::Recording) -> Entered {
    enter(Source::Recording(recording))
}

fn enter(source: Source) -> Entered {
    Entered { before: CURRENT.with_borrow_mut(|current| current.replace(source)) }
}
