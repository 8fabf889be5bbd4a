//! Sandboxes, batches and calls for tests.

use std::sync::Arc;
use std::time::Duration;

use quidditch_function::{
    Argument, Batch, Budget, Code, Column, Function, FunctionError, FunctionId, Loader, OutputLimits, Value, Values,
    error_chain,
};
use quidditch_sandbox::{Sandbox, SandboxLimits};

use quidditch_test_guests::Guest;

pub(crate) fn sandbox() -> Sandbox {
    with_limits(small_limits())
}

pub(crate) fn with_limits(limits: SandboxLimits) -> Sandbox {
    Sandbox::new(limits, None).expect("the sandbox can be set up")
}

/// Limits with few slots, so tests detect slots that are not freed.
pub(crate) fn small_limits() -> SandboxLimits {
    SandboxLimits { instances: 10, memory_bytes: 1 << 20, max_memory_bytes: 2 << 20, ..SandboxLimits::default() }
}

/// The same, with other output limits.
pub(crate) fn with_output(output: OutputLimits) -> SandboxLimits {
    SandboxLimits { output, ..small_limits() }
}

pub(crate) fn load(sandbox: &Sandbox, guest: &Guest) -> Result<Arc<dyn Function>, FunctionError> {
    sandbox.load(FunctionId::new("f", "1.0.0"), Code::Component(&guest.build()))
}

pub(crate) fn budget() -> Arc<Budget> {
    Arc::new(Budget::new(Duration::from_secs(60)))
}

pub(crate) fn minimum(value: f64) -> [Argument; 1] {
    [Argument { name: "minimum".to_owned(), value: Value::Float(value) }]
}

pub(crate) fn populations(values: &[f64]) -> Batch {
    let column = Column { values: Values::Floats(values.to_vec()), starts: Vec::new() };
    Batch { len: values.len(), scores: Vec::new(), columns: vec![column] }
}

/// Which documents a filter keeps.
pub(crate) fn keep(
    function: &dyn Function,
    arguments: &[Argument],
    batch: &Batch,
    budget: &Arc<Budget>,
) -> Result<Vec<u8>, FunctionError> {
    let mut kept = Vec::new();
    function.bind_filter(arguments, budget)?.keep(batch, &mut kept)?;
    Ok(kept)
}

/// The scores that a scorer returns.
pub(crate) fn score(function: &dyn Function, batch: &Batch, budget: &Arc<Budget>) -> Result<Vec<f32>, FunctionError> {
    let mut scores = Vec::new();
    function.bind_scorer(&[], budget)?.score(batch, &mut scores)?;
    Ok(scores)
}

/// The values that a function computes.
pub(crate) fn compute(function: &dyn Function, batch: &Batch) -> Result<Column, FunctionError> {
    let mut bound = function.bind_values(&[], &budget())?;
    let mut values = Column::empty(bound.kind());
    bound.compute(batch, &mut values)?;
    Ok(values)
}

/// Loads a filter, binds it, calls it with three documents, and returns the error.
pub(crate) fn filter_failure(sandbox: &Sandbox, guest: &Guest) -> String {
    let answer = load(sandbox, guest)
        .and_then(|function| keep(function.as_ref(), &minimum(2.0), &populations(&[1.0, 2.0, 3.0]), &budget()));
    let failure = message(&answer.expect_err("the function must fail"));
    still_works(sandbox);
    failure
}

/// The same for a scorer.
pub(crate) fn scorer_failure(sandbox: &Sandbox, guest: &Guest) -> String {
    let answer =
        load(sandbox, guest).and_then(|function| score(function.as_ref(), &populations(&[1.0, 2.0, 3.0]), &budget()));
    let failure = message(&answer.expect_err("the function must fail"));
    still_works(sandbox);
    failure
}

/// The same for values.
pub(crate) fn values_failure(sandbox: &Sandbox, guest: &Guest) -> String {
    let answer = load(sandbox, guest).and_then(|function| compute(function.as_ref(), &populations(&[1.0, 2.0, 3.0])));
    let failure = message(&answer.expect_err("the function must fail"));
    still_works(sandbox);
    failure
}

/// The error with its cause.
pub(crate) fn message(error: &FunctionError) -> String {
    error_chain(error)
}

/// Runs a good function in the same sandbox.
pub(crate) fn still_works(sandbox: &Sandbox) {
    let function = load(sandbox, &Guest::new()).expect("a good function loads");
    let kept = keep(function.as_ref(), &minimum(2.0), &populations(&[1.0, 2.0, 3.0]), &budget());
    assert_eq!(kept.expect("a good function answers"), [0, 1, 1]);
}
