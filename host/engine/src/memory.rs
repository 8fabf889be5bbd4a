//! Counts the memory that the parts of one search use, up to a limit.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// What a limit on memory is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MemoryScope {
    /// Candidates, columns and hits.
    Search,
    /// The aggregations of a request.
    Aggregations,
}

/// A part of a search needs more memory than is left.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct MemoryExceeded {
    pub(crate) scope: MemoryScope,
    /// The limit.
    pub(crate) max_bytes: u64,
    /// What all parts would use together.
    pub(crate) wanted_bytes: u64,
}

/// Counts the bytes that the workers of one search use together.
#[derive(Debug)]
pub(crate) struct Memory {
    scope: MemoryScope,
    max_bytes: u64,
    used_bytes: AtomicU64,
}

impl Memory {
    pub(crate) fn new(scope: MemoryScope, max_bytes: u64) -> Arc<Self> {
        Arc::new(Memory { scope, max_bytes, used_bytes: AtomicU64::new(0) })
    }

    /// A reservation of no bytes yet.
    pub(crate) fn reservation(self: &Arc<Self>) -> Reservation {
        Reservation { memory: Arc::clone(self), bytes: 0 }
    }
}

/// Bytes that count as used until the reservation is dropped.
#[derive(Debug)]
pub(crate) struct Reservation {
    memory: Arc<Memory>,
    bytes: u64,
}

impl Reservation {
    /// Adds bytes.
    ///
    /// # Errors
    /// If all parts would use more than the limit. Then nothing is added.
    pub(crate) fn add(&mut self, bytes: usize) -> Result<(), MemoryExceeded> {
        let Memory { scope, max_bytes, used_bytes } = &*self.memory;
        let add = |used: u64| used.checked_add(bytes as u64).filter(|used| used <= max_bytes);
        used_bytes.try_update(Relaxed, Relaxed, add).map_err(|used| MemoryExceeded {
            scope: *scope,
            max_bytes: *max_bytes,
            wanted_bytes: used.saturating_add(bytes as u64),
        })?;
        self.bytes += bytes as u64;
        Ok(())
    }

    /// Makes sure that it has at least this many bytes.
    ///
    /// # Errors
    /// As [`Reservation::add`].
    pub(crate) fn reach(&mut self, bytes: usize) -> Result<(), MemoryExceeded> {
        match (bytes as u64).checked_sub(self.bytes) {
            None | Some(0) => Ok(()),
            Some(missing) => self.add(missing as usize),
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.memory.used_bytes.fetch_sub(self.bytes, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reservations_share_a_limit_and_end_when_dropped() {
        let memory = Memory::new(MemoryScope::Search, 100);
        let (mut first, mut second) = (memory.reservation(), memory.reservation());
        first.add(60).expect("within the limit");
        second.reach(40).expect("at the limit");
        second.reach(30).expect("it has more");
        let exceeded = MemoryExceeded { scope: MemoryScope::Search, max_bytes: 100, wanted_bytes: 101 };
        assert_eq!(second.reach(41), Err(exceeded));
        assert!(first.add(1).is_err());
        drop(first);
        second.add(60).expect("the first reservation has ended");
    }
}
