//! The sandbox: makes functions of components.

use std::sync::Arc;

use quidditch_function::{Cause, Code, FailurePhase, Function, FunctionError, FunctionId, Loader, Target, TrustedCode};
#[cfg(feature = "compiler")]
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::component_function::LinkedComponent;
use crate::host::Host;
use crate::log::LogSink;
use crate::{Limits, SandboxError};

/// Makes functions of components and runs them within its [`Limits`]. Cheap to clone; its functions keep it alive.
///
/// A program has one: functions of different sandboxes do not share a pool of instances.
#[derive(Clone)]
pub struct Sandbox {
    host: Arc<Host>,
}

impl Sandbox {
    /// A sandbox; `log` takes what functions log, `None` drops it before it is even read.
    pub fn new(limits: Limits, log: Option<Arc<dyn LogSink>>) -> Result<Self, SandboxError> {
        Ok(Sandbox { host: Arc::new(Host::new(limits, log)?) })
    }

    /// What its functions may use.
    pub fn limits(&self) -> &Limits {
        &self.host.limits
    }

    /// All that is wrong with a component, and what it says of itself. Runs the component to ask for its metadata.
    #[cfg(feature = "compiler")]
    pub fn check(&self, component: &[u8]) -> crate::Report {
        crate::report::report(&self.host, component)
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
    fn precompile(&self, component: &[u8], target: Target) -> Result<Vec<u8>, Cause> {
        self.checked(component)?;
        if target == Target::ThisMachine {
            return self.host.engine.precompile_component(component).map_err(|error| refused(&error));
        }
        let engine = crate::config::config_for(&self.host.limits, target).and_then(|config| Engine::new(&config));
        let engine =
            engine.map_err(|error| Cause::unavailable(error.context(format!("cannot compile for {target}"))))?;
        engine.precompile_component(component).map_err(|error| refused(&error))
    }

    #[cfg(feature = "compiler")]
    fn compiled(&self, component: &[u8]) -> Result<Component, Cause> {
        self.checked(component)?;
        Component::from_binary(&self.host.engine, component).map_err(|error| refused(&error))
    }

    #[cfg(not(feature = "compiler"))]
    fn precompile(&self, _: &[u8], _: Target) -> Result<Vec<u8>, Cause> {
        Err(no_compiler())
    }

    #[cfg(not(feature = "compiler"))]
    fn compiled(&self, _: &[u8]) -> Result<Component, Cause> {
        Err(no_compiler())
    }

    #[allow(unsafe_code, reason = "see SAFETY")]
    fn ahead_of_time(&self, code: TrustedCode<'_>) -> Result<Component, Cause> {
        // SAFETY: the bytes must be what `precompile_component` gave, unchanged. Whoever made the `TrustedCode` vouched for
        // that; wasmtime itself checks that engine, settings and CPU are the same.
        let component = unsafe { Component::deserialize(&self.host.engine, code.bytes()) };
        component.map_err(|error| Cause::Unusable(format!("its ahead-of-time code cannot be used here: {error:#}")))
    }

    fn load_code(&self, id: FunctionId, code: Code<'_>) -> Result<Arc<dyn Function>, Cause> {
        let component = match code {
            Code::Component(bytes) => self.compiled(bytes)?,
            Code::AheadOfTime(code) => self.ahead_of_time(code)?,
        };
        Ok(Arc::new(LinkedComponent::new(&self.host, id, &component)?.into_function()?))
    }
}

#[cfg(feature = "compiler")]
pub(crate) fn refused(error: &wasmtime::Error) -> Cause {
    Cause::Unusable(format!("it is refused by the engine: {error:#}"))
}

#[cfg(not(feature = "compiler"))]
fn no_compiler() -> Cause {
    Cause::Unusable(
        "this program cannot compile components, publish it with ahead-of-time code for this machine".to_owned(),
    )
}

impl Loader for Sandbox {
    fn target(&self) -> Target {
        if self.can_compile() { Target::ThisMachine } else { Target::of_this_program() }
    }

    fn compatibility(&self, target: Target) -> String {
        crate::config::compatibility(target)
    }

    fn can_compile(&self) -> bool {
        cfg!(feature = "compiler")
    }

    fn compile(&self, id: &FunctionId, component: &[u8], target: Target) -> Result<Vec<u8>, FunctionError> {
        self.precompile(component, target).map_err(|cause| load_error(id.clone(), cause))
    }

    fn load(&self, id: FunctionId, code: Code<'_>) -> Result<Arc<dyn Function>, FunctionError> {
        self.load_code(id.clone(), code).map_err(|cause| load_error(id, cause))
    }
}

fn load_error(function: FunctionId, cause: Cause) -> FunctionError {
    FunctionError { function, phase: FailurePhase::Load, cause }
}
