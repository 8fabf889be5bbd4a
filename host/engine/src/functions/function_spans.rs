//! The function clauses of a request as spans of a trace.

use std::sync::OnceLock;
use std::sync::atomic::Ordering;

use quidditch_index::TRACE_TARGET;
use tracing::field::Empty;
use tracing::{Span, debug_span};

use super::bound_call::BoundCall;
use super::function_call::FunctionCall;

/// The function clauses of the search of an index. Each is one span: batches are too many, and too short.
///
/// The spans begin when the query begins to run, and end with the last call of their functions, which may be later than the query.
/// Each call enters its span, on whichever thread it happens. What the calls cost is recorded when the search is over, however it
/// ends.
#[derive(Default)]
pub(crate) struct FunctionSpans {
    /// The calls that have a span.
    opened: OnceLock<Vec<BoundCall>>,
}

impl FunctionSpans {
    /// Begins the spans, as parts of the step that runs the query. Does nothing if nobody traces that.
    pub(crate) fn open<'a>(&self, calls: impl Iterator<Item = (&'a FunctionCall, &'a BoundCall)>, executing: &Span) {
        if executing.is_disabled() {
            return;
        }
        let mut opened = Vec::new();
        for (call, bound) in calls {
            bound.set_span(begin(call, bound, executing));
            opened.push(bound.clone());
        }
        let is_first = self.opened.set(opened).is_ok();
        debug_assert!(is_first, "a resolved request is executed once");
    }
}

impl Drop for FunctionSpans {
    fn drop(&mut self) {
        self.opened.get().into_iter().flatten().for_each(record_cost);
    }
}

fn begin(call: &FunctionCall, bound: &BoundCall, executing: &Span) -> Span {
    let id = bound.state().0;
    let span = debug_span!(
        target: TRACE_TARGET,
        parent: executing,
        "function",
        otel.name = format!("function {}", id.name),
        otel.status_code = Empty,
        otel.status_description = Empty,
        quidditch.function.name = id.name,
        quidditch.function.version = id.version,
        quidditch.function.role = call.role.name(),
        quidditch.function.clause = call.path,
        quidditch.function.instances = Empty,
        quidditch.function.calls = Empty,
        quidditch.function.documents = Empty,
        quidditch.function.cached_documents = Empty,
        quidditch.function.failed_documents = Empty,
        quidditch.function.time_in_nanos = Empty,
    );
    // So that it ends here if the function is never called.
    span.in_scope(|| ());
    span
}

/// Adds what the calls of a function cost to its span.
fn record_cost(bound: &BoundCall) {
    let Some(span) = bound.span() else { return };
    let (_, usage, tolerated) = bound.state();
    let failed_documents = tolerated.failures().map_or(0, |failures| failures.documents);
    span.record("quidditch.function.instances", usage.instances.load(Ordering::Relaxed));
    span.record("quidditch.function.calls", usage.calls.load(Ordering::Relaxed));
    span.record("quidditch.function.documents", usage.documents.load(Ordering::Relaxed));
    span.record("quidditch.function.cached_documents", usage.cached_documents.load(Ordering::Relaxed));
    span.record("quidditch.function.failed_documents", failed_documents);
    span.record("quidditch.function.time_in_nanos", usage.nanos.load(Ordering::Relaxed));
}
