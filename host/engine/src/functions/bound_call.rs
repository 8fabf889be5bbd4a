//! A function call of a request, bound.

use std::sync::{Arc, OnceLock};

use quidditch_function::{FunctionId, Role};
use tracing::Span;

use super::bound_function::{BoundFunction, FilterFunction, ScorerFunction, Shared, Usage, ValuesFunction};
use super::function_call::FunctionCall;
use super::tolerated::Tolerated;
use super::unavailable::UnavailableFunction;

/// A function call of the request, bound. Clones share everything.
#[derive(Clone)]
pub(crate) enum BoundCall {
    Filter(Arc<FilterFunction>),
    Scorer(Arc<ScorerFunction>),
    Values(Arc<ValuesFunction>),
}

impl BoundCall {
    /// A call of a function that cannot be called.
    pub(crate) fn unavailable(function: UnavailableFunction, call: &FunctionCall, shared: &Shared) -> Self {
        let on_error = call.on_error;
        match call.role {
            Role::Filter => BoundCall::Filter(Arc::new(BoundFunction::unavailable(function, shared, on_error))),
            Role::Scorer => BoundCall::Scorer(Arc::new(BoundFunction::unavailable(function, shared, on_error))),
            Role::Values => BoundCall::Values(Arc::new(BoundFunction::unavailable(function, shared, on_error))),
        }
    }

    /// The function, what it cost so far, and its failures that were tolerated.
    pub(crate) fn state(&self) -> (&FunctionId, &Usage, &Tolerated) {
        match self {
            BoundCall::Filter(filter) => (filter.id(), &filter.usage, &filter.tolerated),
            BoundCall::Scorer(scorer) => (scorer.id(), &scorer.usage, &scorer.tolerated),
            BoundCall::Values(values) => (values.id(), &values.usage, &values.tolerated),
        }
    }

    /// Makes this the span of the calls of the function, unless they have one.
    pub(super) fn set_span(&self, span: Span) {
        self.span_slot().get_or_init(|| span);
    }

    /// The span of the calls of the function; `None` if nobody traces them.
    pub(super) fn span(&self) -> Option<&Span> {
        self.span_slot().get()
    }

    fn span_slot(&self) -> &OnceLock<Span> {
        match self {
            BoundCall::Filter(filter) => &filter.span,
            BoundCall::Scorer(scorer) => &scorer.span,
            BoundCall::Values(values) => &values.span,
        }
    }

    /// The columns that the function reads.
    pub(crate) fn columns(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            BoundCall::Filter(filter) => Box::new(filter.columns()),
            BoundCall::Scorer(scorer) => Box::new(scorer.columns()),
            BoundCall::Values(values) => Box::new(values.columns()),
        }
    }

    /// The values of a call that was parsed as one.
    pub(crate) fn values(&self) -> &Arc<ValuesFunction> {
        match self {
            BoundCall::Values(values) => values,
            BoundCall::Filter(_) | BoundCall::Scorer(_) => unreachable!("a call is bound as it was parsed"),
        }
    }
}
