//! The time that is left for an event.

use std::time::Duration;

use quidditch_clock::Clock;

/// Time that is kept for what follows the work: writing, compressing and sending the answer, and the log. 1 s: the largest
/// response takes about half of it.
const MARGIN: Duration = Duration::from_secs(1);

/// The time that work for an event may take, so that it ends before Lambda's deadline, in milliseconds since the Unix epoch.
/// Of a short time, a quarter is kept instead of the whole margin.
pub(crate) fn time_left(clock: &dyn Clock, deadline_millis: u64) -> Duration {
    let now = u64::try_from(clock.unix_millis()).unwrap_or_default();
    let left = Duration::from_millis(deadline_millis.saturating_sub(now));
    // In whole milliseconds, since errors name it.
    let margin = MARGIN.min(Duration::from_millis(left.as_millis() as u64 / 4));
    left - margin
}

#[cfg(test)]
mod tests {
    use quidditch_clock::ManualClock;

    use super::*;

    #[test]
    fn a_margin_is_kept() {
        let clock = ManualClock::default();
        clock.advance(Duration::from_millis(10_000));
        let left = |deadline| time_left(&clock, deadline).as_millis();
        assert_eq!([left(25_000), left(14_000), left(12_000), left(10_001)], [14_000, 3_000, 1_500, 1]);
        assert_eq!([left(10_000), left(9_000), left(0)], [0, 0, 0], "the deadline has passed");
    }
}
