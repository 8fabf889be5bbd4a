//! The cost of reading.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counts what reading costs. Shared by everything that works for one request.
#[derive(Debug, Default)]
pub struct Cost {
    gets: AtomicU64,
    bytes: AtomicU64,
    round_trips: AtomicU64,
    cache_hits: AtomicU64,
}

/// What reading has cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CostFigures {
    /// Requests for objects or ranges of them, without the store's retries and hedges.
    pub gets: u64,
    /// Bytes that they returned.
    pub bytes: u64,
    /// Length of the chain of requests that waited for earlier ones: requests that are sent together are one round trip.
    pub round_trips: u64,
    /// Ranges that were in a cache, so that no request was needed.
    pub cache_hits: u64,
}

impl Cost {
    /// Counts requests that were sent together.
    pub(crate) fn add_round_trip(&self, gets: u64, bytes: u64) {
        self.gets.fetch_add(gets, Relaxed);
        self.bytes.fetch_add(bytes, Relaxed);
        self.round_trips.fetch_add(1, Relaxed);
    }

    pub(crate) fn add_cache_hit(&self) {
        self.cache_hits.fetch_add(1, Relaxed);
    }

    /// The figures so far.
    pub fn figures(&self) -> CostFigures {
        CostFigures {
            gets: self.gets.load(Relaxed),
            bytes: self.bytes.load(Relaxed),
            round_trips: self.round_trips.load(Relaxed),
            cache_hits: self.cache_hits.load(Relaxed),
        }
    }
}
