//! Converts errors of wasmtime to causes that the author of a function understands.

use quidditch_function::{Cause, truncated};
use wasmtime::{FrameInfo, PoolConcurrencyLimitError, Trap, WasmBacktrace};

use crate::SandboxLimits;
use crate::contract;
use crate::frames::{frame_name, place};
use crate::state::{Denied, State};

/// The cause of an error of wasmtime. The order of the checks matters: a function that was stopped or denied memory traps as well.
pub(crate) fn cause(error: &wasmtime::Error, state: &mut State) -> Cause {
    let limits = state.limits;
    if error.is::<PoolConcurrencyLimitError>() {
        return no_instance_free(&limits);
    }
    let trap = error.downcast_ref::<Trap>().copied();
    if trap == Some(Trap::Interrupt) {
        return Cause::TimedOut { limit: state.timer.budget().exceeded() };
    }
    match state.denied {
        Some(Denied::Instance { requested_bytes }) => {
            return Cause::OutOfMemory { limit_bytes: limits.memory_bytes, requested_bytes };
        }
        Some(Denied::Request) => {
            return Cause::OutOfSharedMemory { limit_bytes: state.timer.budget().max_memory_bytes() };
        }
        None => {}
    }
    let Some(trap) = trap else {
        return Cause::InvalidAnswer(contract_violation(error, &limits));
    };
    let message = state.log.take_last_error().unwrap_or_else(|| describe(trap));
    Cause::Trapped { message, frames: frames(error, &limits) }
}

/// Waiting for a free slot could deadlock: a request holds instances of its other clauses while it binds the next one.
fn no_instance_free(limits: &SandboxLimits) -> Cause {
    let instances = limits.instances;
    Cause::unavailable(format!(
        "all {instances} instances are in use; retry later, send fewer concurrent requests, or raise the limit"
    ))
}

/// The message for a result that wasmtime cannot read: too much data, pointers out of bounds, text that is not UTF-8.
fn contract_violation(error: &wasmtime::Error, limits: &SandboxLimits) -> String {
    let reason = error.root_cause().to_string();
    // This error has no type of its own in wasmtime; a test checks the wording.
    if reason.contains("fuel allocated for hostcalls") {
        return format!("the function returned more than {} bytes in one call", limits.result_bytes);
    }
    format!("the function violated the contract: {}", truncated(&reason, limits.output.message_bytes))
}

fn describe(trap: Trap) -> String {
    let description = match trap {
        Trap::StackOverflow => "stack overflow",
        Trap::UnreachableCodeReached => "it aborted: an `unreachable` instruction was executed",
        Trap::MemoryOutOfBounds => "it accessed memory out of bounds",
        Trap::IntegerDivisionByZero => "it divided an integer by zero",
        Trap::IntegerOverflow => "an integer overflowed in a division",
        Trap::BadConversionToInteger => "float-to-integer conversion out of range",
        Trap::TableOutOfBounds | Trap::IndirectCallToNull => "it called a function that does not exist",
        Trap::BadSignature => "it called a function through a pointer of another type",
        other => return other.to_string(),
    };
    description.to_owned()
}

fn frames(error: &wasmtime::Error, limits: &SandboxLimits) -> Vec<String> {
    let Some(backtrace) = error.downcast_ref::<WasmBacktrace>() else { return Vec::new() };
    let with_place = |frame: &FrameInfo| {
        let name = frame_name(frame, limits);
        place(frame, limits).map_or_else(|| name.clone(), |place| format!("{name} ({place})"))
    };
    backtrace.frames().iter().map(with_place).collect()
}

/// The cause for an error that the function returned.
pub(crate) fn reported(error: contract::Error, limits: &SandboxLimits) -> Cause {
    match error {
        contract::Error::InvalidArgument(text) => {
            Cause::InvalidArgument(truncated(&text, limits.output.message_bytes).to_owned())
        }
        contract::Error::Failed(text) => Cause::Failed(truncated(&text, limits.output.message_bytes).to_owned()),
    }
}
