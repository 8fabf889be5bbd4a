//! What reading cost.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// What reading cost, so far. Shared by all that work for one request.
#[derive(Debug, Default)]
pub struct Cost {
    gets: AtomicU64,
    bytes: AtomicU64,
    round_trips: AtomicU64,
    cache_hits: AtomicU64,
}

/// What reading cost, at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CostFigures {
    /// Reads of objects and of ranges of them. Retries and hedges of the store are not seen here.
    pub gets: u64,
    /// Bytes that they returned.
    pub bytes: u64,
    /// How often reads had to wait for earlier ones: reads that go out together are one round trip.
    pub round_trips: u64,
    /// Ranges that were in a cache of this process or machine, where a read would have been needed.
    pub cache_hits: u64,
}

impl Cost {
    /// Counts reads that went out together.
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
