//! What serves the reads of a thread.

use std::cell::RefCell;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use tantivy::directory::OwnedBytes;

use crate::split::OpenSplit;

/// Serves the reads of a thread: a search, or a recording.
pub(super) trait ReadSource: Send + Sync {
    /// Reads a range of a split's data of which its footer has no copy.
    fn read(&self, split: &Arc<OpenSplit>, range: Range<u64>, need: Need) -> io::Result<OwnedBytes>;
}

/// How urgent a read is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Required to continue.
    Now,
    /// Likely to be required next: worth fetching together with others.
    Likely,
}

thread_local! {
    static CURRENT: RefCell<Option<Arc<dyn ReadSource>>> = const { RefCell::new(None) };
}

/// Directs the reads of this thread to a session until it is dropped.
#[must_use]
pub struct Entered {
    before: Option<Arc<dyn ReadSource>>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.with_borrow_mut(|current| *current = self.before.take());
    }
}

/// Directs the reads of this thread to a source.
pub(super) fn enter(source: Arc<dyn ReadSource>) -> Entered {
    Entered { before: CURRENT.with_borrow_mut(|current| current.replace(source)) }
}

/// Reads a range of a split's data of which its footer has no copy.
pub(crate) fn read(split: &Arc<OpenSplit>, range: Range<u64>, need: Need) -> io::Result<OwnedBytes> {
    // Cloned, since the source may be replaced while it reads.
    match CURRENT.with_borrow(Clone::clone) {
        Some(source) => source.read(split, range, need),
        None => Err(io::Error::other("index read outside of a read session")),
    }
}
