//! The limits of a sandbox.

use std::time::Duration;

use quidditch_function::OutputLimits;

/// The limits of a sandbox. They apply to each of its functions.
///
/// The time that functions may run is not among them: it is the [`quidditch_function::Budget`] of each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SandboxLimits {
    /// Bytes of a component. 32 MiB: a Python component with its interpreter is 18 MB.
    pub component_bytes: usize,
    /// Concurrent instances of all requests. 1,000: 100 requests with 5 clauses on 2 threads. A free slot reserves 4 GiB of
    /// addresses but no memory, so systems that restrict addresses need a lower number.
    pub instances: u32,
    /// Bytes of linear memory of one instance of a function that does not ask for more. 64 MiB: enough for interpreters, and one
    /// request cannot exhaust a small machine.
    pub memory_bytes: usize,
    /// Bytes of linear memory of one instance of a function that asks for more in its metadata. 512 MiB: half of what the
    /// functions of one request share by default.
    pub max_memory_bytes: usize,
    /// Core modules instantiated in one component. 64: Python is linked from 38.
    pub core_instances: u32,
    /// Tables of one component. 8: compiled languages need one or two.
    pub tables: u32,
    /// Elements of one table. 20,000: an interpreter has 10,000 functions that can be called indirectly.
    pub table_elements: usize,
    /// Bytes of stack of a call. 512 KiB: a quarter of the stack of a thread.
    pub stack_bytes: usize,
    /// The interval at which running functions are checked, so a function may overrun its time by this much. 2 ms: far less than
    /// any budget, and about 0.1 % of a core.
    pub tick: Duration,
    /// Time to start and to return the metadata when a function is loaded. 2 s: interpreters start slowly, and it happens once.
    pub load_time: Duration,
    /// Bytes that a function returns in one call: results, metadata, or a message before it is truncated. The results for a large
    /// batch may have as many bytes as they need. 1 MiB: 64 times the scores of a batch of 4,096 documents.
    pub result_bytes: usize,
    /// Frames of a trap's backtrace. 20: wasmtime's own default, enough to find the origin of a panic.
    pub backtrace_frames: usize,
    /// Parameters that a function may declare. 64: more than anyone sets.
    pub parameters: usize,
    /// Bytes of the name of a parameter. 64: it is typed by hand.
    pub parameter_name_bytes: usize,
    /// Bytes of the summary of a function or a parameter. 1,000: the contract asks for one or two sentences.
    pub summary_bytes: usize,
    /// The limits that also apply outside of the sandbox.
    pub output: OutputLimits,
}

impl Default for SandboxLimits {
    fn default() -> Self {
        SandboxLimits {
            component_bytes: 32 << 20,
            instances: 1_000,
            memory_bytes: 64 << 20,
            max_memory_bytes: 512 << 20,
            core_instances: 64,
            tables: 8,
            table_elements: 20_000,
            stack_bytes: 512 << 10,
            tick: Duration::from_millis(2),
            load_time: Duration::from_secs(2),
            result_bytes: 1 << 20,
            backtrace_frames: 20,
            parameters: 64,
            parameter_name_bytes: 64,
            summary_bytes: 1_000,
            output: OutputLimits::default(),
        }
    }
}
