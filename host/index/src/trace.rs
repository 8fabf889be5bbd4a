//! The traces of searches.

/// The target of the spans of which the trace of a request consists, in all crates. Their level is `DEBUG`, and no log shows them: only who
/// subscribes to this target pays for them.
pub const TRACE_TARGET: &str = "quidditch::trace";
