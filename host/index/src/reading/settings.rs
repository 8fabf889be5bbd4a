//! Settings of reading.

use std::path::PathBuf;

/// The settings of a [`SplitReader`](crate::SplitReader). Plain values.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadSettings {
    /// Most bytes of splits kept in memory in addition to their footers. 256 MiB: the posting lists and columns of a few hundred
    /// queries, and a fraction of the memory of the smallest machines that serve more than a few searches.
    pub memory_cache_bytes: u64,
    /// The folder of the disk cache, and most bytes in it. By default there is no disk cache.
    pub disk_cache: Option<(PathBuf, u64)>,
    /// Splits of at most this many bytes are read whole when they are opened. By default [`WHOLE_SPLIT_BYTES`].
    pub whole_split_bytes: u64,
    /// Largest gap between two ranges, in bytes, that is read needlessly to save a request. 1 MiB: about what a request costs in
    /// time and money.
    pub max_gap_bytes: u64,
    /// Most bytes that one round of requests reads without need: gaps, and what is likely to be wanted next. 4 MiB: take about
    /// as long as the round trip that they may save.
    pub max_extra_bytes: u64,
    /// The same limit as a fraction of the size of the splits that are read; but at least 1 MiB, if
    /// [`max_extra_bytes`](Self::max_extra_bytes) allows it. 0.01: a search reads a small part of an index, and what it reads
    /// needlessly must not be most of that.
    pub max_extra_fraction: f64,
    /// Most bytes of one request; longer ranges are read over several connections in parallel. 8 MiB: large enough that the round
    /// trip does not matter.
    pub request_bytes: u64,
    /// Most requests at a time. 64: as many as saturate the network of a small machine.
    pub parallel_requests: usize,
}

/// By default, splits of at most this many bytes are read whole when they are opened. 1 MiB: takes 10 ms at 100 MB/s, a third of a
/// round trip.
pub const WHOLE_SPLIT_BYTES: u64 = 1 << 20;

/// Bytes that may be read needlessly however small the splits are. 1 MiB: takes a third of a round trip.
const MIN_EXTRA_BYTES: u64 = 1 << 20;

impl ReadSettings {
    /// Most bytes that one round of requests reads without need, from splits of `bytes` bytes together.
    pub(super) fn extra_bytes(&self, bytes: u64) -> u64 {
        let fraction = (bytes as f64 * self.max_extra_fraction) as u64;
        self.max_extra_bytes.min(fraction.max(MIN_EXTRA_BYTES))
    }
}

impl Default for ReadSettings {
    fn default() -> Self {
        ReadSettings {
            memory_cache_bytes: 256 << 20,
            disk_cache: None,
            whole_split_bytes: WHOLE_SPLIT_BYTES,
            max_gap_bytes: 1 << 20,
            max_extra_bytes: 4 << 20,
            max_extra_fraction: 0.01,
            request_bytes: 8 << 20,
            parallel_requests: 64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extra_bytes_are_a_small_fraction_or_few() {
        let settings = ReadSettings::default();
        assert_eq!(settings.extra_bytes(0), 1 << 20);
        assert_eq!(settings.extra_bytes(100 << 20), 1 << 20);
        assert_eq!(settings.extra_bytes(200 << 20), 2 << 20);
        assert_eq!(settings.extra_bytes(4_000 << 20), 4 << 20);
        assert_eq!(ReadSettings { max_extra_bytes: 5, ..settings }.extra_bytes(0), 5);
    }
}
