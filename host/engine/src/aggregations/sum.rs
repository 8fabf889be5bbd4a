//! Sums of floats.

use serde::{Deserialize, Serialize};

use super::bits;

/// A sum with twice the precision of a float: what rounding loses is kept and added at the end. So the sum of the parts is the
/// sum of the whole, whichever way the documents are cut into splits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Sum {
    #[serde(with = "bits")]
    high: f64,
    #[serde(with = "bits")]
    low: f64,
}

impl Sum {
    #[inline]
    pub(super) fn add(&mut self, value: f64) {
        let sum = self.high + value;
        let added = sum - self.high;
        self.low += (self.high - (sum - added)) + (value - added);
        self.high = sum;
    }

    /// Adds values, each mapped to another. Every fourth of them is added to a sum of its own, so that additions do not wait for
    /// each other.
    pub(super) fn add_all(&mut self, values: &[f64], map: impl Fn(f64) -> f64) {
        let (chunks, rest) = values.as_chunks::<4>();
        let mut sums = [Sum::default(); 4];
        for chunk in chunks {
            for (sum, value) in sums.iter_mut().zip(chunk) {
                sum.add(map(*value));
            }
        }
        if !chunks.is_empty() {
            sums.iter().for_each(|sum| self.merge(sum));
        }
        rest.iter().for_each(|value| self.add(map(*value)));
    }

    pub(super) fn merge(&mut self, other: &Sum) {
        self.add(other.high);
        self.low += other.low;
    }

    pub(super) fn value(&self) -> f64 {
        // Once the sum is infinite, what was lost is not a number.
        if self.low.is_finite() { self.high + self.low } else { self.high }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sum(values: &[f64]) -> Sum {
        let mut sum = Sum::default();
        values.iter().for_each(|value| sum.add(*value));
        sum
    }

    proptest! {
        #[test]
        fn sums_of_parts_are_the_sum_of_the_whole(values in prop::collection::vec(-1e9..1e9_f64, 0..60), cut in 0..60usize) {
            let (first, second) = values.split_at(cut.min(values.len()));
            let mut merged = sum(second);
            merged.merge(&sum(first));
            prop_assert_eq!(merged.value(), sum(&values).value());
        }
    }

    proptest! {
        #[test]
        fn many_values_at_once_are_the_same_sum(values in prop::collection::vec(-1e9..1e9_f64, 0..60)) {
            let mut at_once = Sum::default();
            at_once.add_all(&values, |value| value);
            prop_assert_eq!(at_once.value(), sum(&values).value());
        }
    }

    #[test]
    fn small_values_are_not_lost() {
        assert_eq!(sum(&[1e16, 1.0, 1.0, -1e16]).value(), 2.0);
        assert_eq!(sum(&[f64::MAX, f64::MAX]).value(), f64::INFINITY);
        assert_eq!(sum(&[]).value(), 0.0);
    }
}
