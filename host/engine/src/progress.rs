//! What the workers of one search share: whether to go on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::Error;
use crate::memory::{Memory, Reservation};
use quidditch_clock::Clock;
use quidditch_function::{Cause, FunctionError};

/// The state of a running search, shared by its segments and by all stages.
///
/// tantivy's `DocSet::advance` cannot return an error: a failing stage records its error here and ends the iteration, and the
/// code that runs the search checks for it before it uses any result.
pub(crate) struct Progress {
    clock: Arc<dyn Clock>,
    deadline: Duration,
    /// How long after it hits may be fetched.
    fetch_timeout: Duration,
    stopped: AtomicBool,
    timed_out: AtomicBool,
    failure: Mutex<Option<Error>>,
    memory: Arc<Memory>,
    /// For what the search has collected in segments that it has finished.
    collected: Mutex<Vec<Reservation>>,
}

impl Progress {
    /// The state of a search that must end at `deadline`, by the clock. Its hits are fetched for at most `fetch_timeout`
    /// more, so that one whose time was up still answers.
    pub(crate) fn new(
        clock: Arc<dyn Clock>,
        deadline: Duration,
        fetch_timeout: Duration,
        memory: Arc<Memory>,
    ) -> Arc<Self> {
        Arc::new(Progress {
            clock,
            deadline,
            fetch_timeout,
            stopped: AtomicBool::new(false),
            timed_out: AtomicBool::new(false),
            failure: Mutex::new(None),
            memory,
            collected: Mutex::default(),
        })
    }

    /// The memory that the workers share.
    pub(crate) fn memory(&self) -> &Arc<Memory> {
        &self.memory
    }

    /// Keeps a reservation until the search ends or is run again.
    pub(crate) fn keep(&self, reservation: Reservation) {
        self.collected.lock().unwrap_or_else(PoisonError::into_inner).push(reservation);
    }

    pub(crate) fn now(&self) -> Duration {
        self.clock.monotonic()
    }

    /// Records the first failure and stops the search.
    pub(crate) fn fail(&self, error: Error) {
        if let Error::Function(error) = &error
            && self.ends_with(error)
        {
            self.must_stop();
            return;
        }
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.get_or_insert(error);
        self.stopped.store(true, Ordering::Release);
    }

    /// Whether a function was stopped with its search, which is not a failure of the function.
    pub(crate) fn ends_with(&self, error: &FunctionError) -> bool {
        matches!(error.cause, Cause::TimedOut { .. }) && self.now() >= self.deadline
    }

    /// Whether to end now: something failed, or the time is up. Reads the clock: call it once a batch, not once a document.
    pub(crate) fn must_stop(&self) -> bool {
        if !self.stopped.load(Ordering::Acquire) && self.now() >= self.deadline {
            self.timed_out.store(true, Ordering::Release);
            self.stopped.store(true, Ordering::Release);
        }
        self.stopped.load(Ordering::Acquire)
    }

    /// Whether there is time left to fetch hits. Reads the clock: call it once for each hit or query.
    ///
    /// # Errors
    /// [`Error::TimedOut`].
    pub(crate) fn check_fetch_time(&self) -> Result<(), Error> {
        match self.now() < self.deadline.saturating_add(self.fetch_timeout) {
            true => Ok(()),
            false => Err(Error::TimedOut(self.fetch_timeout)),
        }
    }

    pub(crate) fn timed_out(&self) -> bool {
        self.timed_out.load(Ordering::Acquire)
    }

    /// Forgets a failure, and what was collected: the search is run again, with what it missed.
    pub(crate) fn restart(&self) {
        self.collected.lock().unwrap_or_else(PoisonError::into_inner).clear();
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.stopped.store(false, Ordering::Release);
    }

    /// Returns the recorded failure, if there is one.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match self.failure.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use quidditch_clock::ManualClock;

    use super::*;
    use crate::memory::MemoryScope;

    #[test]
    fn hits_are_fetched_for_some_time_after_the_search() {
        let clock = Arc::<ManualClock>::default();
        let second = Duration::from_secs(1);
        let memory = Memory::new(MemoryScope::Search, 0);
        let progress = Progress::new(Arc::clone(&clock) as Arc<dyn Clock>, second, 2 * second, memory);
        clock.advance(3 * second - Duration::from_nanos(1));
        assert!(progress.must_stop() && progress.check_fetch_time().is_ok());
        clock.advance(Duration::from_nanos(1));
        assert!(matches!(progress.check_fetch_time(), Err(Error::TimedOut(time)) if time == 2 * second));
    }
}
