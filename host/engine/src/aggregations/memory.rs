//! How much memory the aggregations of a request use.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::Error;

/// The memory of one request's aggregations, over all segments.
pub(super) struct Memory {
    limit: u64,
    used: AtomicU64,
}

impl Memory {
    pub(super) fn new(limit: u64) -> Arc<Self> {
        Arc::new(Memory { limit, used: AtomicU64::new(0) })
    }

    /// An account of one aggregation in one segment.
    pub(super) fn account(self: &Arc<Self>) -> Account {
        Account { memory: Arc::clone(self), bytes: 0 }
    }
}

/// What one aggregation uses in one segment.
pub(super) struct Account {
    memory: Arc<Memory>,
    bytes: u64,
}

impl Account {
    /// Records that it uses so many bytes by now. They count until the request ends: what it collected becomes a part of the
    /// result.
    pub(super) fn set(&mut self, bytes: usize) -> Result<(), Error> {
        let bytes = bytes as u64;
        if bytes <= self.bytes {
            return Ok(());
        }
        let grown = bytes - self.bytes;
        self.bytes = bytes;
        let used = self.memory.used.fetch_add(grown, Ordering::Relaxed) + grown;
        if used > self.memory.limit {
            return Err(Error::AggregationMemory { max_bytes: self.memory.limit, wanted_bytes: used });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_accounts_together_are_limited() {
        let memory = Memory::new(100);
        let (mut first, mut second) = (memory.account(), memory.account());
        first.set(60).expect("within the limit");
        first.set(50).expect("memory is not given back");
        second.set(40).expect("at the limit");
        let Err(Error::AggregationMemory { max_bytes, wanted_bytes }) = second.set(41) else {
            panic!("over the limit")
        };
        assert_eq!((max_bytes, wanted_bytes), (100, 101));
    }
}
