//! What bound filters, bound scorers and bound values have in common.

use std::sync::Arc;

use quidditch_function::{
    Argument, BoundFilter, BoundScorer, BoundValues, Budget, ColumnKind, ColumnRange, ColumnRequest, Function,
    FunctionError,
};

/// What bound filters, bound scorers and bound values have in common.
pub(crate) trait Instance {
    fn bind(function: &dyn Function, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<Self>, FunctionError>;
    fn columns(&self) -> &[ColumnRequest];
    fn needs_score(&self) -> bool;

    /// What it announces that it can only match in.
    fn ranges(&self) -> &[ColumnRange] {
        &[]
    }

    /// The type of its results, if they are values.
    fn kind(&self) -> Option<ColumnKind> {
        None
    }
}

impl Instance for dyn BoundFilter {
    fn bind(function: &dyn Function, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<Self>, FunctionError> {
        function.bind_filter(arguments, budget)
    }

    fn columns(&self) -> &[ColumnRequest] {
        BoundFilter::columns(self)
    }

    fn needs_score(&self) -> bool {
        false
    }

    fn ranges(&self) -> &[ColumnRange] {
        BoundFilter::ranges(self)
    }
}

impl Instance for dyn BoundValues {
    fn bind(function: &dyn Function, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<Self>, FunctionError> {
        function.bind_values(arguments, budget)
    }

    fn columns(&self) -> &[ColumnRequest] {
        BoundValues::columns(self)
    }

    fn needs_score(&self) -> bool {
        BoundValues::needs_score(self)
    }

    fn kind(&self) -> Option<ColumnKind> {
        Some(BoundValues::kind(self))
    }
}

impl Instance for dyn BoundScorer {
    fn bind(function: &dyn Function, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<Self>, FunctionError> {
        function.bind_scorer(arguments, budget)
    }

    fn columns(&self) -> &[ColumnRequest] {
        BoundScorer::columns(self)
    }

    fn needs_score(&self) -> bool {
        BoundScorer::needs_score(self)
    }
}
