//! One instance of a component, with its store.

use std::sync::Arc;

use quidditch_function::Cause;
use wasmtime::component::{Instance, InstancePre};
use wasmtime::{Store, UpdateDeadline};

use crate::failure;
use crate::host::Host;
use crate::state::State;

/// A running instance. It must be dropped after an error, which frees its memory.
pub(crate) struct Guest {
    host: Arc<Host>,
    store: Store<State>,
    instance: Instance,
}

impl Guest {
    /// Starts an instance; its start functions spend time from the budget.
    pub(crate) fn start(host: &Arc<Host>, linked: &InstancePre<State>, state: State) -> Result<Self, Cause> {
        let result_bytes = state.limits.result_bytes;
        let mut store = Store::new(&host.engine, state);
        store.limiter(|state| state);
        store.set_hostcall_fuel(result_bytes);
        store.epoch_deadline_callback(|mut store| {
            if let Some(profiler) = store.data().profiler.clone() {
                profiler.sample(&store);
            }
            let time_left = store.data_mut().timer.lap();
            Ok(if time_left { UpdateDeadline::Continue(1) } else { UpdateDeadline::Interrupt })
        });
        let instance = timed(host, &mut store, |store| linked.instantiate(store))?;
        Ok(Guest { host: Arc::clone(host), store, instance })
    }

    /// The size of its memory.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.store.data().memory_bytes()
    }

    /// Calls the function's code within the limits.
    pub(crate) fn call<R>(
        &mut self,
        work: impl FnOnce(&mut Store<State>, &Instance) -> wasmtime::Result<R>,
    ) -> Result<R, Cause> {
        let instance = self.instance;
        timed(&self.host, &mut self.store, |store| work(store, &instance))
    }
}

/// Runs `work` with the timer running: each tick spends time from the budget, and the function is stopped when the budget is
/// used up. So all clauses and threads that share a budget are stopped.
fn timed<R>(
    host: &Host,
    store: &mut Store<State>,
    work: impl FnOnce(&mut Store<State>) -> wasmtime::Result<R>,
) -> Result<R, Cause> {
    let state = store.data_mut();
    state.log.start_call();
    if !state.timer.start() {
        return Err(Cause::TimedOut { limit: state.timer.budget().exceeded() });
    }
    let running = host.ticker.running();
    store.set_epoch_deadline(1);
    let result = work(store);
    drop(running);
    store.data_mut().timer.lap();
    result.map_err(|error| failure::cause(&error, store.data_mut()))
}
