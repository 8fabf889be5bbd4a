//! The memory that one search uses while it runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::Error;

/// Counts the bytes that the workers of one search use together, up to a limit.
#[derive(Debug)]
pub(crate) struct Memory {
    max_bytes: u64,
    used_bytes: AtomicU64,
}

impl Memory {
    pub(crate) fn new(max_bytes: u64) -> Arc<Self> {
        Arc::new(Memory { max_bytes, used_bytes: AtomicU64::new(0) })
    }

    /// A reservation of no bytes yet.
    pub(crate) fn reservation(self: &Arc<Self>) -> Reservation {
        Reservation { memory: Arc::clone(self), bytes: 0 }
    }
}

/// Bytes that a part of a search may use. They are free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Reservation {
    memory: Arc<Memory>,
    bytes: u64,
}

impl Reservation {
    /// Adds bytes.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] if the search would use more than it may. Then nothing is added.
    pub(crate) fn add(&mut self, bytes: usize) -> Result<(), Error> {
        let Memory { max_bytes, used_bytes } = &*self.memory;
        let add = |used: u64| used.checked_add(bytes as u64).filter(|used| used <= max_bytes);
        used_bytes.try_update(Relaxed, Relaxed, add).map_err(|_| Error::OutOfMemory { max_bytes: *max_bytes })?;
        self.bytes += bytes as u64;
        Ok(())
    }

    /// Makes sure that it has at least this many bytes.
    ///
    /// # Errors
    /// As [`Reservation::add`].
    pub(crate) fn reach(&mut self, bytes: usize) -> Result<(), Error> {
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
        let memory = Memory::new(100);
        let (mut first, mut second) = (memory.reservation(), memory.reservation());
        first.add(60).expect("within the limit");
        second.reach(40).expect("at the limit");
        second.reach(30).expect("it has more");
        assert!(matches!(second.reach(41), Err(Error::OutOfMemory { max_bytes: 100 })));
        assert!(first.add(1).is_err());
        drop(first);
        second.add(60).expect("the first reservation has ended");
    }
}
