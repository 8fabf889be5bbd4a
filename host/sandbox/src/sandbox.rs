//! The sandbox: compiles, loads and checks components.

use std::sync::Arc;

use quidditch_function::{Cause, Code, Function, FunctionError, FunctionId, Loader, Package, Target, TrustedCode};
#[cfg(feature = "compiler")]
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::component_function::ComponentFunction;
use crate::debug_info::DebugInfo;
use crate::host::Host;
use crate::linked_component::LinkedComponent;
use crate::load_error::load_error;
#[cfg(feature = "compiler")]
use crate::load_error::rejected;
use crate::log::LogSink;
#[cfg(feature = "profiling")]
use crate::profiler::{Profiler, Profiling};
use crate::{SandboxError, SandboxLimits};

/// Loads components as functions and runs them within its [`SandboxLimits`]. Cheap to clone; its functions keep it alive.
///
/// A program should have only one, because sandboxes do not share their pools of instances.
#[derive(Clone)]
pub struct Sandbox {
    host: Arc<Host>,
}

impl Sandbox {
    /// Creates a sandbox. `log` receives the messages of functions; with `None` they are dropped without being read.
    pub fn new(limits: SandboxLimits, log: Option<Arc<dyn LogSink>>) -> Result<Self, SandboxError> {
        Ok(Sandbox { host: Arc::new(Host::new(limits, log, DebugInfo::Ignored)?) })
    }

    /// As [`Sandbox::new`], for the authors of functions: a trap has positions in the source if the component has debug information.
    /// Code that it compiles runs only in such sandboxes.
    #[cfg(feature = "debug-info")]
    pub fn with_debug_info(limits: SandboxLimits, log: Option<Arc<dyn LogSink>>) -> Result<Self, SandboxError> {
        Ok(Sandbox { host: Arc::new(Host::new(limits, log, DebugInfo::Read)?) })
    }

    /// Whether it was made by [`Sandbox::with_debug_info`].
    #[cfg(feature = "debug-info")]
    pub fn reads_debug_info(&self) -> bool {
        self.host.debug_info == DebugInfo::Read
    }

    /// The limits of its functions.
    pub fn limits(&self) -> &SandboxLimits {
        &self.host.limits
    }

    /// Reports the properties and all problems of a component. Runs the component to read its metadata.
    #[cfg(feature = "compiler")]
    pub fn check(&self, component: &[u8]) -> crate::Report {
        crate::report::report(&self.host, component, || {
            Component::from_binary(&self.host.engine, component).map_err(rejected)
        })
    }

    /// Like [`Sandbox::check`], with the component compiled by `compile` instead: by [`Sandbox::precompile`] in another process. It
    /// is called only for a component that is not too large.
    #[cfg(feature = "compiler")]
    pub fn check_compiled_by(
        &self,
        component: &[u8],
        compile: impl FnOnce() -> Result<Vec<u8>, Cause>,
    ) -> crate::Report {
        crate::report::report(&self.host, component, || self.ahead_of_time(TrustedCode::vouch_for(&compile()?)))
    }

    /// Compiles a component, even one that has other problems, so that its author learns about all of them.
    #[cfg(feature = "compiler")]
    pub fn precompile(&self, component: &[u8], target: Target) -> Result<Vec<u8>, Cause> {
        if target == Target::ThisMachine {
            return self.host.engine.precompile_component(component).map_err(rejected);
        }
        let engine = crate::config::config_for(&self.host.limits, target).and_then(|config| Engine::new(&config));
        let engine =
            engine.map_err(|error| Cause::unavailable(error.context(format!("cannot compile for {target}"))))?;
        engine.precompile_component(component).map_err(rejected)
    }

    #[cfg(feature = "compiler")]
    fn checked(&self, component: &[u8]) -> Result<(), Cause> {
        let findings = crate::report::check_outline(component, &self.host.limits);
        if findings.is_empty() {
            return Ok(());
        }
        let problems: Vec<String> = findings.iter().map(ToString::to_string).collect();
        Err(Cause::Unusable(problems.join("; ")))
    }

    #[cfg(feature = "compiler")]
    fn checked_and_precompiled(&self, component: &[u8], target: Target) -> Result<Vec<u8>, Cause> {
        self.checked(component)?;
        self.precompile(component, target)
    }

    #[cfg(feature = "compiler")]
    fn compiled(&self, component: &[u8]) -> Result<Component, Cause> {
        self.checked(component)?;
        Component::from_binary(&self.host.engine, component).map_err(rejected)
    }

    #[cfg(not(feature = "compiler"))]
    fn checked_and_precompiled(&self, _: &[u8], _: Target) -> Result<Vec<u8>, Cause> {
        Err(crate::load_error::no_compiler())
    }

    #[cfg(not(feature = "compiler"))]
    fn compiled(&self, _: &[u8]) -> Result<Component, Cause> {
        Err(crate::load_error::no_compiler())
    }

    #[allow(unsafe_code, reason = "see SAFETY")]
    fn ahead_of_time(&self, code: TrustedCode<'_>) -> Result<Component, Cause> {
        // SAFETY: the bytes must be the unchanged result of `precompile_component`. The code that made the `TrustedCode` declared
        // that they are; wasmtime itself checks that its version, the settings and the CPU match.
        let component = unsafe { Component::deserialize(&self.host.engine, code.bytes()) };
        component.map_err(|error| Cause::rejected("its ahead-of-time code cannot be used here", error))
    }

    /// Loads a function like [`Loader::load`], and samples at each [tick](SandboxLimits::tick) what its instances do, also
    /// while they start. Samples have
    /// the names of its functions if the component contains them.
    ///
    /// # Errors
    /// As [`Loader::load`].
    #[cfg(feature = "profiling")]
    pub fn load_profiled(
        &self,
        id: FunctionId,
        code: Code<'_>,
    ) -> Result<(Arc<dyn Function>, Profiling), FunctionError> {
        self.load_profiled_code(id.clone(), code).map_err(|cause| load_error(id, cause))
    }

    #[cfg(feature = "profiling")]
    fn load_profiled_code(&self, id: FunctionId, code: Code<'_>) -> Result<(Arc<dyn Function>, Profiling), Cause> {
        let component = self.component(code)?;
        let profiler = Arc::new(Profiler::new(&self.host.engine, &self.host.limits, &id.name, &component)?);
        let linked = LinkedComponent::new(&self.host, id, &component)?.with_profiler(Arc::clone(&profiler));
        Ok((Arc::new(ComponentFunction::new(linked)?), Profiling::new(profiler)))
    }

    fn component(&self, code: Code<'_>) -> Result<Component, Cause> {
        match code {
            Code::Component(bytes) => self.compiled(bytes),
            Code::AheadOfTime(code) => self.ahead_of_time(code),
        }
    }

    fn load_code(&self, id: FunctionId, code: Code<'_>) -> Result<Arc<dyn Function>, Cause> {
        let component = self.component(code)?;
        let linked = LinkedComponent::new(&self.host, id, &component)?;
        Ok(Arc::new(ComponentFunction::new(linked)?))
    }
}

impl Loader for Sandbox {
    fn target(&self) -> Target {
        if self.can_compile() { Target::ThisMachine } else { Target::current() }
    }

    fn compatibility(&self, target: Target) -> String {
        crate::config::compatibility(target)
    }

    fn can_compile(&self) -> bool {
        cfg!(feature = "compiler")
    }

    #[cfg(feature = "compiler")]
    fn package(&self, component: &[u8]) -> Package {
        crate::outline::package(component)
    }

    #[cfg(not(feature = "compiler"))]
    fn package(&self, _: &[u8]) -> Package {
        Package::default()
    }

    fn compile(&self, id: &FunctionId, component: &[u8], target: Target) -> Result<Vec<u8>, FunctionError> {
        self.checked_and_precompiled(component, target).map_err(|cause| load_error(id.clone(), cause))
    }

    fn load(&self, id: FunctionId, code: Code<'_>) -> Result<Arc<dyn Function>, FunctionError> {
        self.load_code(id.clone(), code).map_err(|cause| load_error(id, cause))
    }
}
