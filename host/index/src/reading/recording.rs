//! Records what opening a segment reads.

use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::directory::OwnedBytes;

use super::current::{Entered, Need, ReadSource, enter};
use crate::split::OpenSplit;

/// A split's data, all in memory, and the ranges of it that were read.
#[derive(Clone)]
pub(crate) struct Recording {
    inner: Arc<Inner>,
}

struct Inner {
    data: OwnedBytes,
    read: Mutex<Vec<Range<u64>>>,
}

impl Recording {
    /// A recording without any reads yet.
    pub(crate) fn new(data: OwnedBytes) -> Self {
        Recording { inner: Arc::new(Inner { data, read: Mutex::default() }) }
    }

    /// Directs the reads of this thread here.
    pub(crate) fn enter(&self) -> Entered {
        enter(Arc::clone(&self.inner) as Arc<dyn ReadSource>)
    }

    /// The ranges that were read since the last call: none contains another, and none is empty.
    pub(crate) fn take(&self) -> Vec<Range<u64>> {
        let mut read = std::mem::take(&mut *self.inner.read.lock().unwrap_or_else(PoisonError::into_inner));
        read.sort_unstable_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
        let mut distinct: Vec<Range<u64>> = Vec::with_capacity(read.len());
        for range in read {
            if distinct.last().is_none_or(|last| range.end > last.end) {
                distinct.push(range);
            }
        }
        distinct
    }
}

impl ReadSource for Inner {
    fn read(&self, _: &Arc<OpenSplit>, range: Range<u64>, _: Need) -> io::Result<OwnedBytes> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).push(range.clone());
        Ok(self.data.slice(range.start as usize..range.end as usize))
    }
}
