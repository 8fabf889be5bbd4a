//! The boundary between whoever keeps published components and whoever runs them.

use std::fmt;
use std::sync::Arc;

use crate::{Function, FunctionError, FunctionId, Target};

/// Makes functions of components.
pub trait Loader: Send + Sync {
    /// The target whose code this loader runs: [`Target::ThisMachine`] for one that can compile it where it is missing, else
    /// the named target that code is published for.
    fn target(&self) -> Target;

    /// Names the ahead-of-time code for a target: equal texts, interchangeable code. It differs between versions of the
    /// engine, settings and targets, and for [`Target::ThisMachine`] between sets of CPU features. Fit for a file name.
    fn compatibility(&self, target: Target) -> String;

    /// Whether [`Loader::compile`] and [`Code::Component`] work; a loader without a compiler takes ahead-of-time code only.
    fn can_compile(&self) -> bool;

    /// Checks a component and gives its ahead-of-time code.
    fn compile(&self, id: &FunctionId, component: &[u8], target: Target) -> Result<Vec<u8>, FunctionError>;

    /// Makes a function that can be bound. Reads its metadata, so the function's own code runs.
    fn load(&self, id: FunctionId, code: Code<'_>) -> Result<Arc<dyn Function>, FunctionError>;
}

/// What a function is made of.
#[derive(Debug, Clone, Copy)]
pub enum Code<'a> {
    /// A component as it was published. Nothing is assumed about it.
    Component(&'a [u8]),
    /// What [`Loader::compile`] gave for [`Loader::target`], from a trusted place.
    AheadOfTime(TrustedCode<'a>),
}

/// Ahead-of-time code that somebody vouches for.
///
/// It is native code: no check can tell harmless from harmful, and running it equals running any program. So vouch only
/// for bytes that this program or one like it compiled, and that nobody else could have changed since.
#[derive(Clone, Copy)]
pub struct TrustedCode<'a>(&'a [u8]);

impl<'a> TrustedCode<'a> {
    /// Vouches for the bytes.
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
