//! What a function may import: this file is the allow-list.

use wasmtime::component::{Linker, WasmStr};
use wasmtime::{Engine, StoreContextMut};

use crate::contract::{LOG, LogLevel, TYPES};
use crate::state::State;

/// Every interface that a component may import.
#[cfg(feature = "compiler")]
pub(crate) const ALLOWED: [&str; 2] = [LOG, TYPES];

/// Offers `log`, and `types`, which holds no functions. Nothing else: no clock, no randomness, no files, no network.
pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    linker.instance(TYPES)?;
    linker.instance(LOG)?.func_wrap("log", log)?;
    Ok(linker)
}

fn log(mut store: StoreContextMut<'_, State>, (level, message): (LogLevel, WasmStr)) -> wasmtime::Result<()> {
    if !store.data().log.wants(level) {
        return Ok(());
    }
    // A message is for people: one that cannot be read must not cost the function its life.
    let message = match message.to_str(&store) {
        Ok(message) => message.into_owned(),
        Err(_) => "(a message that is not valid text)".to_owned(),
    };
    store.data_mut().log.record(level, &message);
    Ok(())
}
