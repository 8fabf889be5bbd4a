//! A histogram of times.

use std::time::Duration;

use hdrhistogram::Histogram;

use crate::statistics::TimeStatistics;

/// Digits to which times are distinguished. 2: within 1 %, in about 15 KB for each role of a function in use.
const DIGITS: u8 = 2;

/// Longer times count as this one. 1 h: no call takes as long.
const LONGEST: Duration = Duration::from_secs(3_600);

/// Times of calls, in nanoseconds.
pub(crate) struct Times {
    histogram: Histogram<u64>,
    total_nanos: u64,
}

impl Times {
    pub(crate) fn new() -> Self {
        let histogram = Histogram::new(DIGITS).expect("this number of digits is supported");
        Times { histogram, total_nanos: 0 }
    }

    pub(crate) fn add(&mut self, nanos: u64) {
        let nanos = nanos.min(LONGEST.as_nanos() as u64);
        self.histogram.record(nanos).expect("the histogram grows up to the longest time");
        self.total_nanos = self.total_nanos.saturating_add(nanos);
    }

    pub(crate) fn statistics(&self) -> TimeStatistics {
        let at = |quantile: f64| self.histogram.value_at_quantile(quantile);
        TimeStatistics {
            total_nanos: self.total_nanos,
            p50_nanos: at(0.5),
            p90_nanos: at(0.9),
            p99_nanos: at(0.99),
            max_nanos: self.histogram.max(),
            counts: self.histogram.iter_recorded().map(|at| (at.value_iterated_to(), at.count_at_value())).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_within_one_percent() {
        let mut times = Times::new();
        (1..=1_000).for_each(|micros| times.add(micros * 1_000));
        let statistics = times.statistics();
        let is_near = |nanos: u64, expected: f64| (nanos as f64 - expected).abs() <= 0.01 * expected;
        assert!(is_near(statistics.p50_nanos, 500e3) && is_near(statistics.p90_nanos, 900e3), "{statistics:?}");
        assert!(is_near(statistics.p99_nanos, 990e3) && is_near(statistics.max_nanos, 1e6), "{statistics:?}");
        assert_eq!(statistics.total_nanos, 500_500_000);
        assert_eq!(statistics.counts.iter().map(|(_, count)| count).sum::<u64>(), 1_000);
    }

    #[test]
    fn any_time_is_counted() {
        let mut times = Times::new();
        times.add(0);
        times.add(u64::MAX);
        assert_eq!(times.statistics().total_nanos, LONGEST.as_nanos() as u64);
        assert_eq!(times.statistics().counts.len(), 2);
    }
}
