//! What counts steps: how many a function may make, and the counter.

use wasm_encoder::{GlobalType, ValType};

/// How many steps a function may make in one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepLimit {
    /// Steps in one call of a function, which is given up to 4,096 documents. 1,000,000,000: the fastest loops take about half a
    /// second, and a function has 240,000 steps for each document of a full batch.
    pub steps_per_call: u32,
}

impl Default for StepLimit {
    fn default() -> Self {
        StepLimit { steps_per_call: 1_000_000_000 }
    }
}

/// Why the steps of a component cannot be counted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unlimitable {
    #[error("its steps cannot be counted: it has a 64-bit memory")]
    Memory64,
    #[error("its steps cannot be counted: it exports a core function that none of its modules defines")]
    Unresolved,
}

/// The module and the name under which core modules import the counter.
pub(super) const COUNTER: (&str, &str) = ("quidditch:steps", "left");

/// The counter: the steps that are left in this call. Negative means used up.
pub(super) const COUNTER_TYPE: GlobalType = GlobalType { val_type: ValType::I64, mutable: true, shared: false };
