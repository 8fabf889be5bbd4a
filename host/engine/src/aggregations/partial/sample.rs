//! All values, or how many of them are close to each other.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use tantivy::{f64_to_u64, u64_to_f64};

/// Maximum number of values that are kept as they are, so that percentiles of them are exact.
const MOST_VALUES: usize = 50_000;

/// Bits of a float that are cut off where values are counted: 10 of 52 bits of its fraction are left, so that a value is at most
/// 0.05 % off.
const CUT: u32 = 42;

/// A range and its count, with its share of the map's free places.
const BYTES_OF_COUNT: usize = 24;

/// Values. Which documents they came from, and in which order, changes nothing, so that percentiles do not depend on how
/// documents are cut into splits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Sample {
    /// As bits that order like them.
    Values(Vec<u64>),
    /// For each range of values, how many there are.
    Counts(FxHashMap<u32, u64>),
}

impl Default for Sample {
    fn default() -> Self {
        Sample::Values(Vec::new())
    }
}

impl Sample {
    /// Adds a value, and returns how many bytes of memory that took.
    #[inline]
    pub(crate) fn add(&mut self, value: f64) -> usize {
        let bits = f64_to_u64(value);
        match self {
            Sample::Values(values) if values.len() < MOST_VALUES => {
                values.push(bits);
                size_of::<u64>()
            }
            Sample::Values(_) => {
                self.count_values();
                self.add(value)
            }
            Sample::Counts(counts) => {
                let before = counts.len();
                *counts.entry((bits >> CUT) as u32).or_default() += 1;
                (counts.len() - before) * BYTES_OF_COUNT
            }
        }
    }

    /// The range of values that a value is counted in.
    #[inline]
    pub(crate) fn range_of(value: f64) -> u32 {
        (f64_to_u64(value) >> CUT) as u32
    }

    /// Adds as many values of a range.
    pub(crate) fn add_count(&mut self, range: u32, count: u64) {
        *self.count_values().entry(range).or_default() += count;
    }

    /// About how much memory it uses in addition to its own size.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Sample::Values(values) => size_of_val(&values[..]),
            Sample::Counts(counts) => counts.len() * BYTES_OF_COUNT,
        }
    }

    /// Whether values are only counted.
    pub(crate) fn is_counted(&self) -> bool {
        matches!(self, Sample::Counts(_))
    }

    pub(crate) fn merge(&mut self, other: Sample) {
        match (&mut *self, other) {
            (Sample::Values(values), Sample::Values(other)) if values.len() + other.len() <= MOST_VALUES => {
                values.extend(other);
            }
            (_, Sample::Values(other)) => {
                let counts = self.count_values();
                other.into_iter().for_each(|bits| *counts.entry((bits >> CUT) as u32).or_default() += 1);
            }
            (_, Sample::Counts(other)) => {
                let counts = self.count_values();
                other.into_iter().for_each(|(range, count)| *counts.entry(range).or_default() += count);
            }
        }
    }

    fn count_values(&mut self) -> &mut FxHashMap<u32, u64> {
        if let Sample::Values(values) = self {
            let mut counts = FxHashMap::default();
            values.iter().for_each(|bits| *counts.entry((bits >> CUT) as u32).or_default() += 1);
            *self = Sample::Counts(counts);
        }
        match self {
            Sample::Counts(counts) => counts,
            Sample::Values(_) => unreachable!("they were just counted"),
        }
    }

    pub(crate) fn sorted(&self) -> Sorted {
        let runs: Vec<(u64, u64)> = match self {
            Sample::Values(values) => values.iter().map(|bits| (*bits, 1)).collect(),
            // The middle of each range stands for all values in it.
            Sample::Counts(counts) => {
                counts.iter().map(|(range, count)| ((u64::from(*range) << CUT) | (1 << (CUT - 1)), *count)).collect()
            }
        };
        Sorted::from_runs(runs)
    }
}

/// Sorted values, some of them standing for several.
pub(crate) struct Sorted {
    values: Vec<f64>,
    /// For each value, how many there are up to and including those that it stands for.
    ends: Vec<u64>,
    count: u64,
}

impl Sorted {
    /// Each value mapped to another, and sorted again.
    pub(crate) fn map(&self, map: impl Fn(f64) -> f64) -> Sorted {
        let mut first = 0;
        let run = |(value, end): (&f64, &u64)| {
            let count = end - first;
            first = *end;
            (f64_to_u64(map(*value)), count)
        };
        Self::from_runs(self.values.iter().zip(&self.ends).map(run).collect())
    }

    /// Of values, as bits that order like them, and how often there are.
    fn from_runs(mut runs: Vec<(u64, u64)>) -> Self {
        runs.sort_unstable();
        let mut ends = Vec::with_capacity(runs.len());
        let mut count = 0;
        for (_, run) in &runs {
            count += run;
            ends.push(count);
        }
        Sorted { values: runs.into_iter().map(|(bits, _)| u64_to_f64(bits)).collect(), ends, count }
    }

    /// The value at a position among all values.
    fn value(&self, position: u64) -> f64 {
        self.values[self.ends.partition_point(|end| *end <= position)]
    }

    /// The value at a percentile; `None` without values. Each value is placed in the middle of its share of the percent,
    /// and the values in between are interpolated linearly.
    pub(crate) fn percentile(&self, percent: f64) -> Option<f64> {
        let last = self.count.checked_sub(1)?;
        let position = (percent / 100.0 * self.count as f64 - 0.5).clamp(0.0, last as f64);
        let (lower, upper) = (position.floor(), position.ceil());
        let (low, high) = (self.value(lower as u64), self.value(upper as u64));
        Some(low + (high - low) * (position - lower))
    }

    /// The percentage of values that are less than a value; `None` without values. Each value is spread evenly up to the
    /// midpoints between it and its neighbours. As clients expect, anything above the last midpoint has the rank 100.
    pub(crate) fn rank(&self, value: f64) -> Option<f64> {
        let last = self.count.checked_sub(1)?;
        if last == 0 {
            return Some(if value < self.values[0] { 0.0 } else { 100.0 });
        }
        let mut first = 0;
        for (current, end) in self.values.iter().zip(&self.ends) {
            // Equal values have no room between them: only the first and the last of them matter.
            for position in [first, end - 1] {
                if position == last {
                    return Some(100.0);
                }
                let right = (self.value(position + 1) - current) / 2.0;
                if value < current + right {
                    let left = if position == 0 { right } else { (current - self.value(position - 1)) / 2.0 };
                    let share = (value - (current - left)) / (left + right);
                    return Some(((position as f64 + share) / self.count as f64).max(0.0) * 100.0);
                }
            }
            first = *end;
        }
        Some(100.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample(values: impl IntoIterator<Item = f64>) -> Sample {
        let mut sample = Sample::default();
        values.into_iter().for_each(|value| _ = sample.add(value));
        sample
    }

    #[test]
    fn percentiles_are_those_that_clients_expect() {
        let sorted = sample([9.0, 1.0, 1.0, 2.0, 1.0, 5.0, 9.0, 1.0, 2.0, 9.0]).sorted();
        for (percent, value) in
            [(0.0, 1.0), (35.0, 1.0), (40.0, 1.5), (45.0, 2.0), (60.0, 3.5), (70.0, 7.0), (100.0, 9.0)]
        {
            assert_eq!(sorted.percentile(percent), Some(value), "{percent}");
        }
        for (value, rank) in [
            (0.0, 0.0),
            (1.0, 30.0),
            (1.5, 40.0),
            (2.0, 50.0),
            (3.0, 56.666_666_666_666_664),
            (5.0, 64.285_714_285_714_29),
            (7.0, 70.0),
            (9.0, 100.0),
            (10.0, 100.0),
        ] {
            let found = sorted.rank(value).expect("values");
            assert!((found - rank).abs() < 1e-9, "{value}: {found} instead of {rank}");
        }
        assert_eq!(sample([]).sorted().percentile(50.0), None);
        assert_eq!(sample([3.0]).sorted().rank(3.0), Some(100.0));
        assert_eq!(sample([3.0]).sorted().rank(2.0), Some(0.0));
        assert_eq!(sample([3.0, 7.0]).sorted().rank(3.0), Some(25.0));
        assert_eq!(sample([3.0, 7.0]).sorted().rank(5.0), Some(100.0));
    }

    #[test]
    fn many_values_are_counted() {
        let most = sample((0..MOST_VALUES).map(|value| value as f64));
        assert!(matches!(most, Sample::Values(_)));
        assert_eq!(most.sorted().percentile(50.0), Some(24_999.5));
        let above = sample((0..=MOST_VALUES).map(|value| value as f64));
        assert!(matches!(above, Sample::Counts(_)));
        let median = above.sorted().percentile(50.0).expect("values");
        assert!((median / 25_000.0 - 1.0).abs() < 0.001, "{median}");
    }

    proptest! {
        #[test]
        fn parts_merge_to_the_sample_of_the_whole(values in prop::collection::vec(-1e6..1e6_f64, 0..100), cut in 0..100usize) {
            let (first, second) = values.split_at(cut.min(values.len()));
            let mut merged = sample(second.iter().copied());
            merged.merge(sample(first.iter().copied()));
            let (merged, whole) = (merged.sorted(), sample(values.iter().copied()).sorted());
            for percent in [0.0, 10.0, 50.0, 99.0] {
                prop_assert_eq!(merged.percentile(percent), whole.percentile(percent));
            }
            prop_assert_eq!(merged.rank(7.0), whole.rank(7.0));
        }
    }
}
