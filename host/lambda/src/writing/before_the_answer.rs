//! Work that no commit waits for, but the answer does.

use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures::future::{BoxFuture, Either, join_all, select};
use quidditch_clock::Clock;
use quidditch_writes::Background;

/// Keeps work until it is run before the answer: afterwards, Lambda stops the process until the next event.
#[derive(Default)]
pub(super) struct BeforeTheAnswer {
    work: Mutex<Vec<BoxFuture<'static, ()>>>,
}

impl Background for BeforeTheAnswer {
    fn spawn(&self, work: BoxFuture<'static, ()>) {
        self.work.lock().unwrap_or_else(PoisonError::into_inner).push(work);
    }
}

impl BeforeTheAnswer {
    /// Runs the work, and interrupts it after this time.
    pub(super) async fn run(&self, clock: &dyn Clock, time: Duration) {
        let work = std::mem::take(&mut *self.work.lock().unwrap_or_else(PoisonError::into_inner));
        if work.is_empty() {
            return;
        }
        if let Either::Right(_) = select(pin!(join_all(work)), clock.sleep(time)).await {
            tracing::warn!("merging took longer than {time:?}, and was interrupted: run `quidditch index merge`");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    use futures::executor::block_on;
    use quidditch_clock::ManualClock;

    use super::*;

    #[test]
    fn work_is_run_once_and_interrupted_when_the_time_is_up() {
        let (waiting, done) = (BeforeTheAnswer::default(), Arc::new(AtomicUsize::new(0)));
        let counted = done.clone();
        waiting.spawn(Box::pin(async move {
            counted.fetch_add(1, SeqCst);
        }));
        waiting.spawn(Box::pin(std::future::pending()));
        let clock = ManualClock::default();
        block_on(waiting.run(&clock, Duration::from_millis(10)));
        block_on(waiting.run(&clock, Duration::MAX));
        assert_eq!(done.load(SeqCst), 1);
    }
}
