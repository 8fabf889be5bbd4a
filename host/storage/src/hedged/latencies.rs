//! How long reads took lately, by their size.

use std::time::Duration;

/// How many of the latest reads of a class are remembered. 256: enough to tell one in twenty, few enough to look through for
/// every read.
const REMEMBERED: usize = 256;

/// Reads of like size, of which one takes about as long as another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SizeClass(usize);

impl SizeClass {
    /// Whole objects, of whose size nothing is known beforehand.
    pub(super) const WHOLE: SizeClass = SizeClass(0);

    /// Up to 64 KiB, in which the bytes do not matter beside the way there and back; then up to 4 times as many, and so on;
    /// the last holds all above 16 MiB.
    const RANGES: [u64; 5] = [64 * 1024, 256 * 1024, 1024 * 1024, 4 * 1024 * 1024, 16 * 1024 * 1024];

    const COUNT: usize = Self::RANGES.len() + 2;

    /// The class of a read of so many bytes.
    pub(super) fn of(bytes: u64) -> Self {
        SizeClass(1 + Self::RANGES.iter().filter(|most| bytes > **most).count())
    }
}

/// How long the latest reads took.
#[derive(Debug, Default)]
pub(super) struct Latencies {
    classes: [Latest; SizeClass::COUNT],
}

#[derive(Debug, Default)]
struct Latest {
    times: Vec<Duration>,
    /// Which one is replaced next.
    oldest: usize,
}

impl Latencies {
    pub(super) fn add(&mut self, SizeClass(class): SizeClass, time: Duration) {
        let Latest { times, oldest } = &mut self.classes[class];
        if times.len() < REMEMBERED {
            times.push(time);
        } else {
            times[*oldest] = time;
            *oldest = (*oldest + 1) % REMEMBERED;
        }
    }

    /// The time within which this part of the latest reads were answered, if there were enough of them.
    pub(super) fn percentile(&self, SizeClass(class): SizeClass, part: f64, enough: usize) -> Option<Duration> {
        let mut times = self.classes[class].times.clone();
        // More than are remembered can never be seen.
        if times.is_empty() || times.len() < enough.min(REMEMBERED) {
            return None;
        }
        let rank = ((times.len() as f64 * part).ceil() as usize).clamp(1, times.len());
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
    fn sizes_fall_into_classes() {
        let class = |bytes| SizeClass::of(bytes).0;
        assert_eq!([class(0), class(64 * 1024), class(64 * 1024 + 1), class(256 * 1024)], [1, 1, 2, 2]);
        assert_eq!([class(16 * 1024 * 1024), class(16 * 1024 * 1024 + 1), class(u64::MAX)], [5, 6, 6]);
        assert_eq!(SizeClass::COUNT, 7);
    }

    #[test]
    fn too_few_tell_nothing() {
        let mut latencies = Latencies::default();
        for _ in 0..9 {
            latencies.add(CLASS, Duration::from_millis(1));
        }
        assert_eq!(latencies.percentile(CLASS, 0.95, 10), None);
        latencies.add(CLASS, Duration::from_millis(1));
        assert_eq!(latencies.percentile(CLASS, 0.95, 10), Some(Duration::from_millis(1)));
        assert_eq!(latencies.percentile(SizeClass::of(1), 0.95, 0), None);
    }

    proptest! {
        /// Against sorting all of the latest.
        #[test]
        fn the_percentile_is_the_one_of_the_latest(
            times in prop::collection::vec(0_u64..1000, 1..600),
            part in 0.0_f64..=1.0,
        ) {
            let mut latencies = Latencies::default();
            for time in &times {
                latencies.add(CLASS, Duration::from_millis(*time));
            }
            let mut latest = times[times.len().saturating_sub(REMEMBERED)..].to_vec();
            latest.sort_unstable();
            let within = |limit: u64| latest.iter().filter(|time| **time <= limit).count() as f64;
            let enough = latest.len() as f64 * part;
            let expected = latest.iter().find(|time| within(**time) >= enough).expect("the last is enough");
            prop_assert_eq!(latencies.percentile(CLASS, part, 1), Some(Duration::from_millis(*expected)));
        }
    }
}
