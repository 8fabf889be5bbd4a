//! The imports that functions may use: this file is the allow-list.

use quidditch_function::{LOG_INTERFACE, TYPES_INTERFACE};
use wasmtime::component::{Linker, WasmStr};
use wasmtime::{Engine, StoreContextMut, Trap};

use crate::contract::LogLevel;
use crate::state::State;

/// The interfaces that a component may import.
#[cfg(feature = "compiler")]
pub(crate) const ALLOWED: [&str; 2] = [LOG_INTERFACE, TYPES_INTERFACE];

/// A linker with only `log`, and `types`, which has no functions: no clock, no randomness, no files, no network.
pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    linker.instance(TYPES_INTERFACE)?;
    linker.instance(LOG_INTERFACE)?.func_wrap("log", log)?;
    Ok(linker)
}

fn log(mut store: StoreContextMut<'_, State>, (level, message): (LogLevel, WasmStr)) -> wasmtime::Result<()> {
    if !store.data().log.wants(level) {
        return Ok(());
    }
    // Only loops and calls of the function's own code are interrupted. A sequence of large messages is neither.
    if !store.data_mut().timer.lap() {
        return Err(Trap::Interrupt.into());
    }
    // A message for humans: an invalid one must not fail the function.
    let message = match message.to_str(&store) {
        Ok(message) => message.into_owned(),
        Err(_) => "(message is not valid UTF-8)".to_owned(),
    };
    store.data_mut().log.record(level, &message);
    Ok(())
}
