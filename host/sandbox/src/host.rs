//! The state that all functions of a sandbox share.

use std::sync::Arc;

use wasmtime::Engine;
use wasmtime::component::Linker;

use crate::debug_info::DebugInfo;
use crate::log::LogSink;
use crate::state::State;
use crate::ticker::Ticker;
use crate::{SandboxError, SandboxLimits};

/// wasmtime's engine with its pool of instances, the ticker, and the imports that functions may use.
pub(crate) struct Host {
    pub(crate) limits: SandboxLimits,
    pub(crate) log: Option<Arc<dyn LogSink>>,
    pub(crate) engine: Engine,
    pub(crate) linker: Linker<State>,
    pub(crate) ticker: Ticker,
    #[cfg_attr(not(feature = "debug-info"), expect(dead_code, reason = "it is always the same"))]
    pub(crate) debug_info: DebugInfo,
}

impl Host {
    pub(crate) fn new(
        limits: SandboxLimits,
        log: Option<Arc<dyn LogSink>>,
        debug_info: DebugInfo,
    ) -> Result<Self, SandboxError> {
        let engine = crate::config::config(&limits, debug_info).and_then(|config| Engine::new(&config));
        let engine = engine.map_err(|error| SandboxError::Engine(error.into_boxed_dyn_error()))?;
        let linker =
            crate::linker::linker(&engine).map_err(|error| SandboxError::Engine(error.into_boxed_dyn_error()))?;
        let ticker = Ticker::start(engine.clone(), limits.tick).map_err(SandboxError::Ticker)?;
        Ok(Host { limits, log, engine, linker, ticker, debug_info })
    }
}
