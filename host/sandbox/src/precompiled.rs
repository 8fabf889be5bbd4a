//! A sandbox that compiles nothing.

use std::sync::Arc;

use quidditch_function::{Code, Function, FunctionError, FunctionId, Loader, Package, Target};

use crate::Sandbox;
use crate::load_error::{load_error, no_compiler};

/// A sandbox that loads ahead-of-time code only, for programs that must not compile.
///
/// The feature `compiler` alone does not say this: cargo switches it on for all programs of a build when one of them needs
/// it.
#[derive(Clone)]
pub struct Precompiled(Sandbox);

impl Precompiled {
    /// Takes the compiler away from a sandbox.
    pub fn new(sandbox: Sandbox) -> Self {
        Precompiled(sandbox)
    }
}

impl Loader for Precompiled {
    fn target(&self) -> Target {
        Target::current()
    }

    fn compatibility(&self, target: Target) -> String {
        self.0.compatibility(target)
    }

    fn can_compile(&self) -> bool {
        false
    }

    fn package(&self, component: &[u8]) -> Package {
        self.0.package(component)
    }

    fn compile(&self, id: &FunctionId, _: &[u8], _: Target) -> Result<Vec<u8>, FunctionError> {
        Err(load_error(id.clone(), no_compiler()))
    }

    fn load(&self, id: FunctionId, code: Code<'_>) -> Result<Arc<dyn Function>, FunctionError> {
        match code {
            Code::Component(_) => Err(load_error(id, no_compiler())),
            Code::AheadOfTime(_) => self.0.load(id, code),
        }
    }
}
