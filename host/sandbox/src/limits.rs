//! What a function may use.

use std::time::Duration;

use quidditch_function::AnswerLimits;

/// The limits of a sandbox, for each of its functions alike.
///
/// The time that functions may run is not here: it is a [`quidditch_function::Budget`] of each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a component. 32 MiB: a Python component, interpreter included, has 18 MB.
    pub component_bytes: usize,
    /// Instances at one time, over all requests. 1,000: 100 requests with 5 clauses on 2 workers. An instance that does not
    /// exist costs 4 GiB of reserved addresses and no memory, so a system that restricts addresses needs a lower number.
    pub instances: u32,
    /// Bytes of linear memory of one instance. 64 MiB: interpreters fit, and one request cannot starve a small machine.
    pub memory_bytes: usize,
    /// Core modules instantiated in one component. 32: interpreters are linked from about 20.
    pub core_instances: u32,
    /// Tables of one component. 8: compiled languages need one or two.
    pub tables: u32,
    /// Elements of one table. 20,000: an interpreter has 10,000 functions that can be called indirectly.
    pub table_elements: usize,
    /// Bytes of stack of a call. 512 KiB: a quarter of what worker threads have.
    pub stack_bytes: usize,
    /// How often the clock looks at running functions, so by how much one may overrun its time. 2 ms: far below any request's
    /// budget, and about 0.1 % of a core.
    pub tick: Duration,
    /// Time to start and to give metadata when a function is loaded. 2 s: interpreters start slowly, and it happens once.
    pub load_time: Duration,
    /// Bytes that a function hands over in one go: an answer, metadata, a message before it is cut; an answer for more
    /// documents than fit may be as large as they need. 1 MiB: 256 times a batch's worth of scores.
    pub answer_bytes: usize,
    /// Bytes of an error message or of a line of log; longer ones are cut. 2,000: a panic message with room to spare.
    pub message_bytes: usize,
    /// Lines of log of one instance; then one line says that the rest is dropped. 100: a person reads no more.
    pub log_messages: usize,
    /// Frames of a trap's backtrace. 20: the engine's own default, enough to see where a panic came from.
    pub backtrace_frames: usize,
    /// Columns that a bound function may ask for. 64: each costs the gathering of a batch.
    pub columns: usize,
    /// Bytes of the name of a field. 256: longer than any sensible path in a mapping.
    pub field_name_bytes: usize,
    /// Parameters that a function may declare. 64: more than a person can give.
    pub parameters: usize,
    /// Bytes of the name of a parameter. 64: it is typed by hand.
    pub parameter_name_bytes: usize,
    /// Bytes of a summary, the function's or a parameter's. 1,000: one or two sentences are asked for.
    pub summary_bytes: usize,
}

impl Limits {
    /// Those that are checked wherever functions run.
    pub(crate) fn answers(&self) -> AnswerLimits {
        let Limits { columns, field_name_bytes, message_bytes, .. } = *self;
        AnswerLimits { columns, field_name_bytes, message_bytes }
    }
}

impl Default for Limits {
    fn default() -> Self {
        let AnswerLimits { columns, field_name_bytes, message_bytes } = AnswerLimits::default();
        Limits {
            component_bytes: 32 << 20,
            instances: 1_000,
            memory_bytes: 64 << 20,
            core_instances: 32,
            tables: 8,
            table_elements: 20_000,
            stack_bytes: 512 << 10,
            tick: Duration::from_millis(2),
            load_time: Duration::from_secs(2),
            answer_bytes: 1 << 20,
            message_bytes,
            log_messages: 100,
            backtrace_frames: 20,
            columns,
            field_name_bytes,
            parameters: 64,
            parameter_name_bytes: 64,
            summary_bytes: 1_000,
        }
    }
}
