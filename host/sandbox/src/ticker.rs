//! The thread that lets functions be stopped. There is one per sandbox; it sleeps while no function runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::{self, Thread};
use std::time::Duration;

use wasmtime::Engine;

/// The number of ticks without a running function after which the thread sleeps until one runs.
const IDLE_TICKS: u32 = 50;

/// Advances the engine's epoch at each tick. Ends its thread when it is dropped.
pub(crate) struct Ticker {
    state: Arc<TickerState>,
    thread: Thread,
}

#[derive(Default)]
struct TickerState {
    running: AtomicU32,
    asleep: AtomicBool,
    ended: AtomicBool,
}

impl Ticker {
    pub(crate) fn start(engine: Engine, tick: Duration) -> std::io::Result<Self> {
        let state = Arc::new(TickerState::default());
        let thread_state = Arc::clone(&state);
        let name = "function-ticker".to_owned();
        let handle = thread::Builder::new().name(name).spawn(move || thread_state.tick_until_ended(&engine, tick))?;
        Ok(Ticker { state, thread: handle.thread().clone() })
    }

    /// Keeps the ticker awake; to be held while a function runs.
    pub(crate) fn running(&self) -> Running<'_> {
        // Both threads write their own flag and then read the other one, in one total order, so at least one of them sees the other.
        self.state.running.fetch_add(1, Ordering::SeqCst);
        if self.state.asleep.load(Ordering::SeqCst) {
            self.thread.unpark();
        }
        Running(&self.state)
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.state.ended.store(true, Ordering::SeqCst);
        self.thread.unpark();
    }
}

impl TickerState {
    fn tick_until_ended(&self, engine: &Engine, tick: Duration) {
        let mut idle = 0;
        while !self.ended.load(Ordering::SeqCst) {
            thread::park_timeout(tick);
            engine.increment_epoch();
            idle = if self.running.load(Ordering::SeqCst) == 0 { idle + 1 } else { 0 };
            if idle >= IDLE_TICKS {
                self.sleep();
                idle = 0;
            }
        }
    }

    fn sleep(&self) {
        self.asleep.store(true, Ordering::SeqCst);
        while self.running.load(Ordering::SeqCst) == 0 && !self.ended.load(Ordering::SeqCst) {
            thread::park();
        }
        self.asleep.store(false, Ordering::SeqCst);
    }
}

/// The epoch advances as long as at least one of these exists.
pub(crate) struct Running<'a>(&'a TickerState);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait_until(mut condition: impl FnMut() -> bool) {
        while !condition() {
            thread::yield_now();
        }
    }

    #[test]
    fn sleeps_while_nothing_runs_and_wakes_for_a_call() {
        let ticker = Ticker::start(Engine::default(), Duration::from_micros(10)).expect("starts");
        for _ in 0..3 {
            wait_until(|| ticker.state.asleep.load(Ordering::SeqCst));
            let running = ticker.running();
            wait_until(|| !ticker.state.asleep.load(Ordering::SeqCst));
            drop(running);
        }
    }

    #[test]
    fn ends_with_its_owner() {
        let ticker = Ticker::start(Engine::default(), Duration::from_micros(10)).expect("starts");
        wait_until(|| ticker.state.asleep.load(Ordering::SeqCst));
        let state = Arc::downgrade(&ticker.state);
        drop(ticker);
        wait_until(|| state.strong_count() == 0);
    }
}
