//! Figures of some values.

use serde::{Deserialize, Serialize};

use super::super::bits;
use super::super::sum::Sum;

/// Figures of some values. Which of them are shown depends on the aggregation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Stats {
    pub(crate) count: u64,
    pub(in super::super) sum: Sum,
    /// Infinity if no values were collected.
    #[serde(with = "bits")]
    pub(crate) min: f64,
    #[serde(with = "bits")]
    pub(crate) max: f64,
    pub(in super::super) sum_of_squares: Sum,
}

impl Default for Stats {
    fn default() -> Self {
        let (min, max) = (f64::INFINITY, f64::NEG_INFINITY);
        Stats { count: 0, sum: Sum::default(), min, max, sum_of_squares: Sum::default() }
    }
}

impl Stats {
    #[inline]
    pub(crate) fn add(&mut self, value: f64) {
        self.count += 1;
        self.sum.add(value);
        self.min = self.min.min(value);
        self.max = self.max.max(value);
    }

    /// The same with its square, for the variance.
    #[inline]
    pub(crate) fn add_squared(&mut self, value: f64) {
        self.add(value);
        self.sum_of_squares.add(value * value);
    }

    /// Adds values.
    pub(crate) fn add_all(&mut self, values: &[f64]) {
        self.count += values.len() as u64;
        self.sum.add_all(values, |value| value);
        self.min = best(values, self.min, |value, min| value < min);
        self.max = best(values, self.max, |value, max| value > max);
    }

    /// The same with their squares.
    pub(crate) fn add_all_squared(&mut self, values: &[f64]) {
        self.add_all(values);
        self.sum_of_squares.add_all(values, |value| value * value);
    }

    pub(crate) fn merge(&mut self, other: &Stats) {
        self.count += other.count;
        self.sum.merge(&other.sum);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.sum_of_squares.merge(&other.sum_of_squares);
    }

    pub(crate) fn average(&self) -> f64 {
        self.sum.value() / self.count as f64
    }

    fn variance(&self, divisor: u64) -> f64 {
        let sum = self.sum.value();
        let variance = (self.sum_of_squares.value() - sum * sum / self.count as f64) / divisor as f64;
        if variance < 0.0 { 0.0 } else { variance }
    }

    pub(crate) fn population_variance(&self) -> f64 {
        self.variance(self.count)
    }

    pub(crate) fn sampling_variance(&self) -> f64 {
        self.variance(self.count.saturating_sub(1))
    }
}

/// The best of some values and `best`. Every eighth of them is compared on its own, so that comparisons do not wait for each other.
fn best(values: &[f64], best: f64, is_better: impl Fn(f64, f64) -> bool) -> f64 {
    let better = |best: f64, value: f64| if is_better(value, best) { value } else { best };
    let (chunks, rest) = values.as_chunks::<8>();
    let mut of_chunks = [best; 8];
    for chunk in chunks {
        for (best, value) in of_chunks.iter_mut().zip(chunk) {
            *best = better(*best, *value);
        }
    }
    of_chunks.into_iter().chain(rest.iter().copied()).fold(best, better)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn values_added_at_once_count_as_each(values in prop::collection::vec(-9..9_i32, 0..40)) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let (mut at_once, mut each) = (Stats::default(), Stats::default());
            at_once.add_all(&values);
            values.iter().for_each(|value| each.add(*value));
            prop_assert_eq!(at_once, each);
        }
    }
}
