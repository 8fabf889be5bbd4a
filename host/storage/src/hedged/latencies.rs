//! The latencies of recent reads, by size.

use std::time::Duration;

/// How many recent reads of a class are kept. 256: enough for the 95th percentile, few enough to scan for every read.
const KEPT: usize = 256;

/// A class of reads of similar size, which take about the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SizeClass(usize);

impl SizeClass {
    /// Whole objects, whose size is unknown beforehand.
    pub(super) const WHOLE: SizeClass = SizeClass(0);

    /// Upper limits of the classes of ranges. Up to 64 KiB, the round trip dominates. Larger reads than 16 MiB are one more class.
    const RANGES: [u64; 5] = [64 * 1024, 256 * 1024, 1024 * 1024, 4 * 1024 * 1024, 16 * 1024 * 1024];

    const COUNT: usize = Self::RANGES.len() + 2;

    /// The class of the read of a range.
    pub(super) fn from_bytes(bytes: u64) -> Self {
        SizeClass(1 + Self::RANGES.iter().filter(|limit| bytes > **limit).count())
    }
}

/// The latencies of recent reads.
#[derive(Debug, Default)]
pub(super) struct Latencies {
    classes: [Recent; SizeClass::COUNT],
}

#[derive(Debug, Default)]
struct Recent {
    times: Vec<Duration>,
    /// Index of the time that is replaced next.
    oldest: usize,
}

impl Latencies {
    pub(super) fn add(&mut self, SizeClass(class): SizeClass, time: Duration) {
        let Recent { times, oldest } = &mut self.classes[class];
        if times.len() < KEPT {
            times.push(time);
        } else {
            times[*oldest] = time;
            *oldest = (*oldest + 1) % KEPT;
        }
    }

    /// The quantile `quantile` of the recent latencies of a class; `None` for fewer than `min_samples`.
    pub(super) fn quantile(&self, SizeClass(class): SizeClass, quantile: f64, min_samples: usize) -> Option<Duration> {
        let mut times = self.classes[class].times.clone();
        // There are never more samples than are kept.
        if times.is_empty() || times.len() < min_samples.min(KEPT) {
            return None;
        }
        let rank = ((times.len() as f64 * quantile).ceil() as usize).clamp(1, times.len());
        let (_, time, _) = times.select_nth_unstable(rank - 1);
        Some(*time)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CLASS: SizeClass = SizeClass::WHOLE;

    #[test]
    fn sizes_belong_to_classes() {
        let class = |bytes| SizeClass::from_bytes(bytes).0;
        assert_eq!([class(0), class(64 * 1024), class(64 * 1024 + 1), class(256 * 1024)], [1, 1, 2, 2]);
        assert_eq!([class(16 * 1024 * 1024), class(16 * 1024 * 1024 + 1), class(u64::MAX)], [5, 6, 6]);
        assert_eq!(SizeClass::COUNT, 7);
    }

    #[test]
    fn a_minimum_number_of_samples_is_needed() {
        let mut latencies = Latencies::default();
        for _ in 0..9 {
            latencies.add(CLASS, Duration::from_millis(1));
        }
        assert_eq!(latencies.quantile(CLASS, 0.95, 10), None);
        latencies.add(CLASS, Duration::from_millis(1));
        assert_eq!(latencies.quantile(CLASS, 0.95, 10), Some(Duration::from_millis(1)));
        assert_eq!(latencies.quantile(SizeClass::from_bytes(1), 0.95, 0), None);
    }

    proptest! {
        /// Compares with sorting all recent times.
        #[test]
        fn the_quantile_is_that_of_the_recent_times(
            times in prop::collection::vec(0_u64..1000, 1..600),
            quantile in 0.0_f64..=1.0,
        ) {
            let mut latencies = Latencies::default();
            for time in &times {
                latencies.add(CLASS, Duration::from_millis(*time));
            }
            let mut recent = times[times.len().saturating_sub(KEPT)..].to_vec();
            recent.sort_unstable();
            let within = |limit: u64| recent.iter().filter(|time| **time <= limit).count() as f64;
            let needed = recent.len() as f64 * quantile;
            let expected = recent.iter().find(|time| within(**time) >= needed).expect("all are within the last");
            prop_assert_eq!(latencies.quantile(CLASS, quantile, 1), Some(Duration::from_millis(*expected)));
        }
    }
}
