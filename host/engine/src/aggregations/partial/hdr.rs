//! Values by their leading digits, as high dynamic range histograms (G. Tene) have them.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use tantivy::{f64_to_u64, u64_to_f64};

/// Bits of the fraction of a float.
const FRACTION: u32 = 52;

/// How many bits of a value's fraction are kept, so that it keeps this many significant decimal digits.
pub(crate) fn kept_bits(digits: u32) -> u32 {
    // Half of the numbers below the next power of two of 2 x 10^digits.
    (2 * 10_u32.pow(digits)).next_power_of_two().ilog2() - 1
}

/// A value and its count, with its share of the map's free places.
const BYTES_OF_COUNT: usize = 28;

/// How often there are values, cut off after some bits. None is negative.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Hdr(FxHashMap<u64, u64>);

impl Hdr {
    /// Adds a value, and returns how many bytes of memory that took.
    #[inline]
    pub(crate) fn add(&mut self, value: f64, kept_bits: u32) -> usize {
        let before = self.0.len();
        *self.0.entry(cut_off(value, kept_bits)).or_default() += 1;
        (self.0.len() - before) * BYTES_OF_COUNT
    }

    /// About how much memory they use in addition to their own size.
    pub(crate) fn bytes(&self) -> usize {
        self.0.len() * BYTES_OF_COUNT
    }

    pub(crate) fn merge(&mut self, other: Hdr) {
        for (bits, count) in other.0 {
            *self.0.entry(bits).or_default() += count;
        }
    }

    pub(crate) fn sorted(&self, kept_bits: u32) -> SortedHdr {
        let mut runs: Vec<(u64, u64)> = self.0.iter().map(|(bits, count)| (*bits, *count)).collect();
        runs.sort_unstable();
        let mut count = 0;
        let mut ends = Vec::with_capacity(runs.len());
        for (_, run) in &runs {
            count += run;
            ends.push(count);
        }
        let smallest = runs.iter().map(|(bits, _)| u64_to_f64(*bits)).find(|value| *value > 0.0);
        let values = runs.into_iter().map(|(bits, _)| bits).collect();
        SortedHdr { values, ends, count, unit: smallest.map_or(0.0, |value| step(value, kept_bits)), kept_bits }
    }
}

fn cut_off(value: f64, kept_bits: u32) -> u64 {
    f64_to_u64(value) >> (FRACTION - kept_bits) << (FRACTION - kept_bits)
}

/// The distance between values of the size of this one.
fn step(value: f64, kept_bits: u32) -> f64 {
    2.0_f64.powi(value.log2().floor() as i32 - kept_bits as i32)
}

/// Sorted values, some of them standing for several.
pub(crate) struct SortedHdr {
    /// Bits that order like them.
    values: Vec<u64>,
    /// For each value, how many there are up to and including those that it stands for.
    ends: Vec<u64>,
    count: u64,
    /// The distance between the smallest values.
    unit: f64,
    kept_bits: u32,
}

impl SortedHdr {
    /// The largest value that counts the same as the one at a percentile; `None` without values.
    pub(crate) fn percentile(&self, percent: f64) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        // Less by the smallest step, so that rounding does not lead to the next value.
        let percent = percent.next_down().clamp(0.0, 100.0);
        let wanted = ((percent * self.count as f64 / 100.0).ceil() as u64).max(1);
        let value = u64_to_f64(*self.values.get(self.ends.partition_point(|end| *end < wanted))?);
        if value == 0.0 || percent == 0.0 {
            return Some(value);
        }
        Some(value + step(value, self.kept_bits) - self.unit)
    }

    /// The percentage of values that are not greater; `None` without values.
    pub(crate) fn rank(&self, value: f64) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        let bits = cut_off(value, self.kept_bits);
        let below = self.values.partition_point(|other| *other <= bits);
        let count = below.checked_sub(1).map_or(0, |last| self.ends[last]);
        Some(100.0 * count as f64 / self.count as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(values: &[f64], digits: u32) -> SortedHdr {
        let mut hdr = Hdr::default();
        values.iter().for_each(|value| _ = hdr.add(*value, kept_bits(digits)));
        hdr.sorted(kept_bits(digits))
    }

    #[test]
    fn percentiles_are_those_that_clients_expect() {
        let pages = [96.0, 140.0, 150.0, 180.0, 200.0, 210.0, 256.0, 275.0, 320.0, 410.0, 512.0];
        for (percent, value) in
            [(1.0, 96.0), (25.0, 150.062_5), (50.0, 210.062_5), (75.0, 320.187_5), (99.0, 512.437_5)]
        {
            assert_eq!(sorted(&pages, 3).percentile(percent), Some(value), "{percent}");
        }
        let prices = [9.99, 10.0, 11.5, 12.0, 13.75, 14.5, 16.0, 18.0, 22.0, 25.0, 30.25];
        assert_eq!(sorted(&prices, 1).percentile(75.0), Some(22.5));
        assert_eq!(sorted(&prices, 0).percentile(75.0), Some(24.0));
        assert_eq!(sorted(&prices, 3).rank(10.0), Some(100.0 * 2.0 / 11.0));
        assert_eq!(sorted(&prices, 3).rank(1e9), Some(100.0));
        assert_eq!(sorted(&[], 3).percentile(50.0), None);
        assert_eq!(sorted(&[0.0, 0.0, 3.0], 3).percentile(50.0), Some(0.0));
    }
}
