//! The interface between the registry, which stores components, and the sandbox, which runs them.

use std::fmt;
use std::sync::Arc;

use crate::{Function, FunctionError, FunctionId, Package, Target};

/// Compiles and loads components.
pub trait Loader: Send + Sync {
    /// The target of the code that this loader runs: [`Target::ThisMachine`] if it can compile missing code itself, otherwise
    /// the named target for which code is published.
    fn target(&self) -> Target;

    /// Identifies compatible ahead-of-time code for a target: code with equal identifiers is interchangeable. The identifier
    /// depends on the version and the settings of wasmtime and on the target, and for [`Target::ThisMachine`] also on the CPU's
    /// features. It can be used in a file name.
    fn compatibility(&self, target: Target) -> String;

    /// Whether [`Loader::compile`] and [`Code::Component`] work. A loader without a compiler loads only ahead-of-time code.
    fn can_compile(&self) -> bool;

    /// What the standard sections of a component say; nothing without a compiler, or if it is no component.
    fn package(&self, component: &[u8]) -> Package;

    /// Checks a component and compiles it to ahead-of-time code.
    fn compile(&self, id: &FunctionId, component: &[u8], target: Target) -> Result<Vec<u8>, FunctionError>;

    /// Loads a function so that it can be bound. Reads its metadata, which runs the function's code.
    fn load(&self, id: FunctionId, code: Code<'_>) -> Result<Arc<dyn Function>, FunctionError>;
}

/// The code of a function.
#[derive(Debug, Clone, Copy)]
pub enum Code<'a> {
    /// A component as it was published. It is untrusted.
    Component(&'a [u8]),
    /// The result of [`Loader::compile`] for [`Loader::target`], from a trusted location.
    AheadOfTime(TrustedCode<'a>),
}

/// Ahead-of-time code that the caller trusts.
///
/// It is native code: no check can tell whether it is harmful, and running it is as dangerous as running any program. Trust
/// only bytes that this program or another build of it compiled, and that nobody else can have changed since.
#[derive(Clone, Copy)]
pub struct TrustedCode<'a>(&'a [u8]);

impl<'a> TrustedCode<'a> {
    /// Declares that the bytes are trusted.
    pub fn vouch_for(bytes: &'a [u8]) -> Self {
        TrustedCode(bytes)
    }

    /// The bytes.
    pub fn bytes(self) -> &'a [u8] {
        self.0
    }
}

impl fmt::Debug for TrustedCode<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "TrustedCode({} bytes)", self.0.len())
    }
}
