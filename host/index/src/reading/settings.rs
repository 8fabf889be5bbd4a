//! How splits are read.

use std::path::PathBuf;

/// The settings of a [`SplitReader`](crate::SplitReader). Plain values.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadSettings {
    /// Most bytes of splits kept in memory beside their footers. 256 MiB: a few hundred queries' worth of posting lists and
    /// columns, and a fraction of the smallest machines that serve more than a trickle.
    pub memory_cache_bytes: u64,
    /// The folder of a cache on disk, and most bytes in it. Without it there is none.
    pub disk_cache: Option<(PathBuf, u64)>,
    /// Splits of at most this many bytes are read whole when they are opened. 1 MiB takes 10 ms at 100 MB/s, a third of a
    /// round trip.
    pub whole_split_bytes: u64,
    /// Widest gap between two ranges, in bytes, that is read in vain to save a request. 1 MiB: what a request costs in time
    /// and money.
    pub max_gap_bytes: u64,
    /// Most bytes that one round of requests reads although nobody asked for them: gaps, and what is likely to be wanted
    /// next. 4 MiB take about as long as the round trip that they may save.
    pub max_extra_bytes: u64,
    /// The same as a part of the splits that are read, 1 for all; but no less than 1 MiB where [`max_extra_bytes`](Self::max_extra_bytes) allows it. 0.01: a
    /// search reads a small part of an index, and what it reads in vain must not be most of that.
    pub max_extra_fraction: f64,
    /// Most bytes of one request; more is read over several connections at once. 8 MiB: large enough that the round trip
    /// does not count.
    pub request_bytes: u64,
    /// Most requests at a time. 64: what the connections of one small machine carry.
    pub parallel_requests: usize,
}

/// Bytes that may be read in vain however small the splits are. 1 MiB takes a third of a round trip.
pub(super) const SPARE_BYTES_OF_SMALL_SPLITS: u64 = 1 << 20;

impl ReadSettings {
    /// Most bytes that one round of requests reads although nobody asked for them, from splits of `bytes` bytes together.
    pub(super) fn spare_bytes_of(&self, bytes: u64) -> u64 {
        let part = (bytes as f64 * self.max_extra_fraction) as u64;
        self.max_extra_bytes.min(part.max(SPARE_BYTES_OF_SMALL_SPLITS))
    }
}

impl Default for ReadSettings {
    fn default() -> Self {
        ReadSettings {
            memory_cache_bytes: 256 << 20,
            disk_cache: None,
            whole_split_bytes: 1 << 20,
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
    fn what_is_read_in_vain_is_a_small_part_or_little() {
        let settings = ReadSettings::default();
        assert_eq!(settings.spare_bytes_of(0), 1 << 20);
        assert_eq!(settings.spare_bytes_of(100 << 20), 1 << 20);
        assert_eq!(settings.spare_bytes_of(200 << 20), 2 << 20);
        assert_eq!(settings.spare_bytes_of(4_000 << 20), 4 << 20);
        assert_eq!(ReadSettings { max_extra_bytes: 5, ..settings }.spare_bytes_of(0), 5);
    }
}
