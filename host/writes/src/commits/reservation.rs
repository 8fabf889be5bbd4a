//! Counts the bytes of operations that wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Counts bytes up to a limit.
#[derive(Debug, Clone)]
pub(super) struct Room {
    used: Arc<AtomicUsize>,
    limit: usize,
}

/// Bytes that are counted until this is dropped.
#[derive(Debug)]
pub(super) struct Reservation {
    used: Arc<AtomicUsize>,
    bytes: usize,
}

impl Room {
    pub(super) fn new(limit: usize) -> Self {
        Room { used: Arc::default(), limit }
    }

    /// Reserves bytes; `None` if there are not as many.
    pub(super) fn reserve(&self, bytes: usize) -> Option<Reservation> {
        let add = |used: usize| used.checked_add(bytes).filter(|used| *used <= self.limit);
        self.used.fetch_update(Relaxed, Relaxed, add).ok()?;
        Some(Reservation { used: Arc::clone(&self.used), bytes })
    }

    pub(super) fn used(&self) -> usize {
        self.used.load(Relaxed)
    }

    pub(super) fn limit(&self) -> usize {
        self.limit
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.used.fetch_sub(self.bytes, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_limited_and_returned() {
        let room = Room::new(10);
        let all = room.reserve(10).expect("at the limit");
        assert!(room.reserve(1).is_none());
        drop(all);
        assert!(room.reserve(11).is_none(), "over it");
        assert_eq!(room.used(), 0);
    }
}
