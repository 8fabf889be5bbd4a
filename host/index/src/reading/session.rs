//! The reads of one search.

use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tantivy::TantivyError;
use tantivy::directory::OwnedBytes;

use super::cost::Cost;
use super::current::{Entered, Need, ReadSource, enter};
use super::held_bytes::HeldBytes;
use super::reader::{SplitReader, Wanted};
use crate::IndexError;
use crate::range_map::slice;
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
    held: HeldBytes,
    wanted: Mutex<Wanted>,
}

impl ReadSession {
    /// A session without any bytes yet, which may hold any number of them. The cost of its reads is added to `cost`.
    pub fn new(reader: &Arc<SplitReader>, cost: &Arc<Cost>) -> Self {
        Self::with_max_bytes(reader, cost, u64::MAX)
    }

    /// A session that may hold `max_bytes`.
    pub fn with_max_bytes(reader: &Arc<SplitReader>, cost: &Arc<Cost>, max_bytes: u64) -> Self {
        let held = HeldBytes::new(cost, max_bytes);
        let inner = Inner { reader: Arc::clone(reader), held, wanted: Mutex::default() };
        ReadSession { inner: Arc::new(inner) }
    }

    /// The cost of its reads.
    pub fn cost(&self) -> &Arc<Cost> {
        self.inner.held.cost()
    }

    /// Directs the reads of this thread to this session. [`ReadSession::run`] does so for its own thread; work that moves to other
    /// threads calls it there.
    pub fn enter(&self) -> Entered {
        enter(Arc::clone(&self.inner) as Arc<dyn ReadSource>)
    }

    /// Runs `work` until it misses nothing, and returns its last result. Work may fail or return early at a miss; the further it
    /// continues in spite of misses, the fewer rounds it takes.
    ///
    /// # Errors
    /// Those of `work`, those of fetching, and [`IndexError::TooLarge`].
    pub async fn run<T, E: From<IndexError>>(&self, mut work: impl FnMut() -> Result<T, E>) -> Result<T, E> {
        for _ in 0..MAX_ROUNDS {
            let result = {
                let _entered = self.enter();
                work()
            };
            let wanted = std::mem::take(&mut *self.inner.wanted());
            // What the caches had is held now, too: whether a request is too large does not depend on what they have.
            self.inner.held.check_room(0)?;
            if wanted.missed.is_empty() {
                return result;
            }
            self.inner.reader.fetch(wanted, &self.inner.held).await?;
        }
        let reason = format!("still missing data after {MAX_ROUNDS} fetch rounds");
        Err(IndexError::Search(TantivyError::InternalError(reason)).into())
    }
}

impl Inner {
    fn wanted(&self) -> MutexGuard<'_, Wanted> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ReadSource for Inner {
    fn read(&self, split: &Arc<OpenSplit>, range: Range<u64>, need: Need) -> io::Result<OwnedBytes> {
        if let Some(bytes) = self.held.get(split, &range) {
            return Ok(bytes);
        }
        if let Some((start, bytes)) = self.reader.in_memory(split, &range) {
            self.held.cost().add_cache_hit();
            self.held.add(split, start, bytes.clone());
            return Ok(slice(&bytes, start, &range));
        }
        let mut wanted = self.wanted();
        match need {
            Need::Now => wanted.missed.push((Arc::clone(split), range)),
            Need::Likely => wanted.likely.push((Arc::clone(split), range)),
        }
        Err(io::Error::new(io::ErrorKind::WouldBlock, "not fetched yet"))
    }
}
