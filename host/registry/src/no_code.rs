//! Why a function is not loaded from ahead-of-time code.

use quidditch_function::{Cause, FunctionId, Target};

/// Why there is no usable ahead-of-time code. The component can be compiled instead, where there is a compiler.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoCode {
    #[error("its ahead-of-time code is not signed by a trusted key")]
    Untrusted,
    #[error("no ahead-of-time code for {}", .0.description())]
    Missing(Missing),
    #[error("the ahead-of-time code is damaged or of another component (digest mismatch)")]
    Damaged,
    /// The loader rejected it.
    #[error(transparent)]
    Rejected(#[from] Cause),
}

#[derive(Debug)]
pub(crate) struct Missing {
    pub(crate) function: FunctionId,
    pub(crate) target: Target,
    pub(crate) compatibility: String,
}

impl Missing {
    fn description(&self) -> String {
        let Missing { function, target, compatibility } = self;
        match target {
            Target::ThisMachine => format!("this machine [{compatibility}]"),
            named => format!("[{compatibility}] (create it with `quidditch udf compile {function} --target {named}`)"),
        }
    }
}
