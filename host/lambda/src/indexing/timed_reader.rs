//! Input that ends with an error when the time is up.

use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::time::Duration;

use quidditch_clock::Clock;

/// Reads from `inner` until the time is up.
pub(super) struct TimedReader<R> {
    inner: R,
    clock: Arc<dyn Clock>,
    /// By the clock.
    end: Duration,
}

impl<R> TimedReader<R> {
    pub(super) fn new(inner: R, clock: &Arc<dyn Clock>, time: Duration) -> Self {
        TimedReader { inner, clock: Arc::clone(clock), end: clock.monotonic().saturating_add(time) }
    }

    fn check(&self) -> io::Result<()> {
        if self.clock.monotonic() < self.end {
            Ok(())
        } else {
            Err(io::Error::new(io::ErrorKind::TimedOut, TIME_IS_UP))
        }
    }
}

impl<R: Read> Read for TimedReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.check()?;
        self.inner.read(buffer)
    }
}

impl<R: BufRead> BufRead for TimedReader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.check()?;
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.inner.consume(amount);
    }
}

pub(super) const TIME_IS_UP: &str = "the time limit of the Lambda function is up: raise it, or upload smaller files";

#[cfg(test)]
mod tests {
    use quidditch_clock::ManualClock;

    use super::*;

    #[test]
    fn reading_fails_when_the_time_is_up() {
        let clock = Arc::new(ManualClock::default());
        let shared: Arc<dyn Clock> = clock.clone();
        let mut reader = TimedReader::new(&b"abc"[..], &shared, Duration::from_millis(10));
        let mut byte = [0];
        clock.advance(Duration::from_millis(9));
        reader.read_exact(&mut byte).expect("there is time");
        assert_eq!(reader.fill_buf().expect("there is time"), b"bc");
        clock.advance(Duration::from_millis(1));
        assert_eq!(reader.fill_buf().expect_err("the time is up").kind(), io::ErrorKind::TimedOut);
        assert_eq!(reader.read(&mut byte).expect_err("the time is up").to_string(), TIME_IS_UP);
    }
}
