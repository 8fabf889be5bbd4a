//! What a failed call means for the function's author.

use quidditch_function::{Cause, cut};
use wasmtime::{PoolConcurrencyLimitError, Trap, WasmBacktrace};

use crate::Limits;
use crate::contract;
use crate::state::State;

/// The cause behind an error of wasmtime. The order matters: a function that was denied memory or stopped traps as well.
pub(crate) fn cause(error: &wasmtime::Error, state: &mut State) -> Cause {
    let limits = state.limits;
    if error.is::<PoolConcurrencyLimitError>() {
        return no_instance_free(&limits);
    }
    let trap = error.downcast_ref::<Trap>().copied();
    if trap == Some(Trap::Interrupt) {
        return Cause::TimedOut { limit: state.clock.budget().total() };
    }
    if let Some(wanted_bytes) = state.denied_bytes {
        return Cause::OutOfMemory { limit_bytes: limits.memory_bytes, wanted_bytes };
    }
    let Some(trap) = trap else {
        return Cause::InvalidAnswer(broken_contract(error, &limits));
    };
    let message = state.log.take_last_error().unwrap_or_else(|| describe(trap));
    Cause::Trapped { message, frames: frames(error, &limits) }
}

/// Waiting for a slot would be no answer: a request holds instances of its other clauses while it binds the next one, so
/// requests could wait for each other for ever.
fn no_instance_free(limits: &Limits) -> Cause {
    let instances = limits.instances;
    Cause::unavailable(format!(
        "all {instances} instances are in use, try again later, send fewer requests at one time, or raise the limit"
    ))
}

/// An answer that wasmtime refused to read: too much data, pointers out of bounds, text that is not UTF-8.
fn broken_contract(error: &wasmtime::Error, limits: &Limits) -> String {
    let reason = error.root_cause().to_string();
    // wasmtime gives this error no type of its own; a test holds the wording.
    if reason.contains("fuel allocated for hostcalls") {
        return format!("the function handed over more than {} bytes in one go", limits.answer_bytes);
    }
    format!("the function broke its contract: {}", cut(&reason, limits.message_bytes))
}

fn describe(trap: Trap) -> String {
    let description = match trap {
        Trap::StackOverflow => "stack overflow",
        Trap::UnreachableCodeReached => "it aborted: an `unreachable` instruction was executed",
        Trap::MemoryOutOfBounds => "it accessed memory out of bounds",
        Trap::IntegerDivisionByZero => "it divided an integer by zero",
        Trap::IntegerOverflow => "an integer overflowed in a division",
        Trap::BadConversionToInteger => "it converted to an integer a number that does not fit",
        Trap::TableOutOfBounds | Trap::IndirectCallToNull => "it called a function that does not exist",
        Trap::BadSignature => "it called a function through a pointer of another type",
        other => return other.to_string(),
    };
    description.to_owned()
}

fn frames(error: &wasmtime::Error, limits: &Limits) -> Vec<String> {
    let Some(backtrace) = error.downcast_ref::<WasmBacktrace>() else { return Vec::new() };
    let frame_name = |frame: &wasmtime::FrameInfo| match frame.func_name() {
        Some(name) => format!("{:#}", rustc_demangle::demangle(cut(name, limits.message_bytes))),
        None => format!("function {}", frame.func_index()),
    };
    backtrace.frames().iter().map(frame_name).collect()
}

/// What the function itself reported.
pub(crate) fn reported(error: contract::Error, limits: &Limits) -> Cause {
    match error {
        contract::Error::InvalidArgument(text) => Cause::InvalidArgument(cut(&text, limits.message_bytes).to_owned()),
        contract::Error::Failed(text) => Cause::Failed(cut(&text, limits.message_bytes).to_owned()),
    }
}
