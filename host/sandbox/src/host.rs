//! What all functions of a sandbox share.

use std::sync::Arc;

use wasmtime::Engine;
use wasmtime::component::Linker;

use crate::log::LogSink;
use crate::state::State;
use crate::ticker::Ticker;
use crate::{Limits, SandboxError};

/// The engine with its pool of instances, its clock, and what it offers to functions.
pub(crate) struct Host {
    pub(crate) limits: Limits,
    pub(crate) log: Option<Arc<dyn LogSink>>,
    pub(crate) engine: Engine,
    pub(crate) linker: Linker<State>,
    pub(crate) ticker: Ticker,
}

impl Host {
    pub(crate) fn new(limits: Limits, log: Option<Arc<dyn LogSink>>) -> Result<Self, SandboxError> {
        let engine = crate::config::config(&limits).and_then(|config| Engine::new(&config));
        let engine = engine.map_err(|error| SandboxError::Engine(error.into_boxed_dyn_error()))?;
        let linker =
            crate::linker::linker(&engine).map_err(|error| SandboxError::Engine(error.into_boxed_dyn_error()))?;
        let ticker = Ticker::start(engine.clone(), limits.tick).map_err(SandboxError::Clock)?;
        Ok(Host { limits, log, engine, linker, ticker })
    }
}
