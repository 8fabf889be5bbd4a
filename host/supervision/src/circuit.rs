//! A circuit breaker: whether a version of a function is called.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use quidditch_function::NotCalled;

use crate::settings::CircuitSettings;

/// How long a call is to wait for the end of a trial that another one makes. 1 s: the order of magnitude of a search.
const TRIAL: Duration = Duration::from_secs(1);

/// The circuit breaker of a version.
pub(crate) struct Circuit {
    settings: CircuitSettings,
    inner: Mutex<Inner>,
}

struct Inner {
    position: Position,
    failures_in_a_row: u32,
    last_failure: String,
    times_opened: u64,
}

enum Position {
    /// It is called.
    Closed,
    /// It is not called before this time, by the clock.
    Open { until: Duration },
    /// One call tries whether it works again.
    Trial,
}

/// The state of a circuit breaker, for statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CircuitState {
    /// The function is called.
    Closed,
    /// It is not called.
    Open,
    /// It is called once, to see whether it works again.
    HalfOpen,
}

impl CircuitState {
    /// All states.
    pub const ALL: [CircuitState; 3] = [CircuitState::Closed, CircuitState::Open, CircuitState::HalfOpen];

    /// The name, as in responses and metrics.
    pub fn name(self) -> &'static str {
        match self {
            CircuitState::Closed => "closed",
            CircuitState::Open => "open",
            CircuitState::HalfOpen => "half_open",
        }
    }
}

/// How a call may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    Normal,
    /// What comes of it decides whether the circuit closes.
    Trial,
}

/// What came of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict<'a> {
    Succeeded,
    /// For this reason.
    Failed(&'a str),
    /// The function was not called, or failed in a way that says nothing about others of its calls.
    Unknown,
}

impl Circuit {
    pub(crate) fn new(settings: CircuitSettings) -> Self {
        let inner =
            Inner { position: Position::Closed, failures_in_a_row: 0, last_failure: String::new(), times_opened: 0 };
        Circuit { settings, inner: Mutex::new(inner) }
    }

    /// Whether the function may be called at this time.
    pub(crate) fn admit(&self, now: Duration) -> Result<Admission, NotCalled> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        match inner.position {
            Position::Closed => Ok(Admission::Normal),
            Position::Open { until } if now >= until => {
                inner.position = Position::Trial;
                Ok(Admission::Trial)
            }
            Position::Open { until } => Err(inner.refusal(until - now)),
            Position::Trial => Err(inner.refusal(TRIAL)),
        }
    }

    /// Records what came of a call.
    pub(crate) fn record(&self, admission: Admission, verdict: Verdict<'_>, now: Duration) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        match (admission, verdict) {
            (Admission::Normal, Verdict::Unknown) => {}
            // Another call makes the trial.
            (Admission::Trial, Verdict::Unknown) => inner.position = Position::Open { until: now },
            (Admission::Trial, Verdict::Succeeded) => inner.close(),
            // One that began before the circuit opened does not close it.
            (Admission::Normal, Verdict::Succeeded) => {
                if matches!(inner.position, Position::Closed) {
                    inner.close();
                }
            }
            (_, Verdict::Failed(reason)) => {
                inner.failures_in_a_row = inner.failures_in_a_row.saturating_add(1);
                reason.clone_into(&mut inner.last_failure);
                let is_over = self.settings.max_failures.is_some_and(|max| inner.failures_in_a_row >= max.get());
                let may_open = admission == Admission::Trial || matches!(inner.position, Position::Closed);
                if is_over && may_open {
                    inner.position = Position::Open { until: now.saturating_add(self.settings.pause) };
                    inner.times_opened += 1;
                }
            }
        }
    }

    pub(crate) fn state(&self) -> CircuitState {
        match self.inner.lock().unwrap_or_else(PoisonError::into_inner).position {
            Position::Closed => CircuitState::Closed,
            Position::Open { .. } => CircuitState::Open,
            Position::Trial => CircuitState::HalfOpen,
        }
    }

    /// How often the circuit has opened.
    pub(crate) fn times_opened(&self) -> u64 {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).times_opened
    }
}

impl Inner {
    fn close(&mut self) {
        self.position = Position::Closed;
        self.failures_in_a_row = 0;
    }

    fn refusal(&self, retry_after: Duration) -> NotCalled {
        let (failures, last) = (self.failures_in_a_row, self.last_failure.clone());
        NotCalled::CircuitOpen { failures, last, retry_after }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    const PAUSE: Duration = Duration::from_secs(30);
    const FAILED: Verdict<'static> = Verdict::Failed("the function trapped");

    fn circuit(max_failures: u32) -> Circuit {
        Circuit::new(CircuitSettings { max_failures: NonZeroU32::new(max_failures), pause: PAUSE })
    }

    fn fail(circuit: &Circuit, times: u32) {
        for _ in 0..times {
            circuit.record(Admission::Normal, FAILED, Duration::ZERO);
        }
    }

    fn refusal(millis: u64) -> Result<Admission, NotCalled> {
        let last = "the function trapped".to_owned();
        Err(NotCalled::CircuitOpen { failures: 3, last, retry_after: Duration::from_millis(millis) })
    }

    #[test]
    fn it_opens_at_the_last_of_the_failures() {
        let circuit = circuit(3);
        fail(&circuit, 2);
        assert_eq!((circuit.admit(Duration::ZERO), circuit.state()), (Ok(Admission::Normal), CircuitState::Closed));
        fail(&circuit, 1);
        assert_eq!((circuit.admit(Duration::ZERO), circuit.state()), (refusal(30_000), CircuitState::Open));
        assert_eq!(circuit.times_opened(), 1);
    }

    #[test]
    fn failures_that_are_not_in_a_row_do_not_open_it() {
        let circuit = circuit(3);
        for _ in 0..3 {
            fail(&circuit, 2);
            circuit.record(Admission::Normal, Verdict::Succeeded, Duration::ZERO);
        }
        assert_eq!(circuit.state(), CircuitState::Closed);
        fail(&circuit, 2);
        circuit.record(Admission::Normal, Verdict::Unknown, Duration::ZERO);
        fail(&circuit, 1);
        assert_eq!(circuit.state(), CircuitState::Open, "what says nothing does not end a row");
    }

    #[test]
    fn one_call_is_a_trial_after_the_pause() {
        let circuit = circuit(3);
        fail(&circuit, 3);
        assert_eq!(circuit.admit(PAUSE - Duration::from_millis(1)), refusal(1));
        assert_eq!((circuit.admit(PAUSE), circuit.state()), (Ok(Admission::Trial), CircuitState::HalfOpen));
        assert_eq!(circuit.admit(PAUSE), refusal(1_000), "one at a time");
        circuit.record(Admission::Trial, Verdict::Succeeded, PAUSE);
        assert_eq!((circuit.admit(PAUSE), circuit.state()), (Ok(Admission::Normal), CircuitState::Closed));
        fail(&circuit, 2);
        assert_eq!(circuit.state(), CircuitState::Closed, "failures are counted from 0 again");
    }

    #[test]
    fn a_trial_that_fails_opens_it_again() {
        let circuit = circuit(3);
        fail(&circuit, 3);
        assert_eq!(circuit.admit(PAUSE), Ok(Admission::Trial));
        circuit.record(Admission::Trial, FAILED, PAUSE);
        let Err(NotCalled::CircuitOpen { failures, retry_after, .. }) = circuit.admit(PAUSE) else {
            panic!("the circuit is open");
        };
        assert_eq!((failures, retry_after, circuit.times_opened()), (4, PAUSE, 2));
        assert_eq!(circuit.admit(2 * PAUSE), Ok(Admission::Trial));
    }

    #[test]
    fn a_trial_that_calls_nothing_leaves_it_to_the_next_one() {
        let circuit = circuit(3);
        fail(&circuit, 3);
        assert_eq!(circuit.admit(PAUSE), Ok(Admission::Trial));
        circuit.record(Admission::Trial, Verdict::Unknown, PAUSE);
        assert_eq!(circuit.admit(PAUSE), Ok(Admission::Trial));
    }

    #[test]
    fn calls_from_before_neither_close_nor_extend_it() {
        let circuit = circuit(3);
        fail(&circuit, 3);
        circuit.record(Admission::Normal, Verdict::Succeeded, Duration::from_secs(1));
        circuit.record(Admission::Normal, FAILED, Duration::from_secs(1));
        assert_eq!((circuit.state(), circuit.times_opened()), (CircuitState::Open, 1));
        assert_eq!(circuit.admit(PAUSE), Ok(Admission::Trial));
    }

    #[test]
    fn it_need_not_open_at_all() {
        let circuit = circuit(0);
        fail(&circuit, 1_000);
        assert_eq!(circuit.admit(Duration::ZERO), Ok(Admission::Normal));
    }
}
