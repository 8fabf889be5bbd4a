//! Why a component cannot be loaded.

use quidditch_function::{Cause, FailurePhase, FunctionError, FunctionId};

pub(crate) fn load_error(function: FunctionId, cause: Cause) -> FunctionError {
    FunctionError { function, phase: FailurePhase::Load, cause }
}

#[cfg(feature = "compiler")]
pub(crate) fn rejected(error: wasmtime::Error) -> Cause {
    Cause::rejected("it is rejected by wasmtime", error)
}

pub(crate) fn no_compiler() -> Cause {
    Cause::Unusable(
        "this program cannot compile components; publish the function with ahead-of-time code for this machine"
            .to_owned(),
    )
}
