//! Runs limited functions in a sandbox.

use std::sync::Arc;
use std::time::Duration;

use quidditch_function::{
    Argument, Batch, Budget, Code, Column, Function, FunctionError, FunctionId, Loader, Value, Values,
};
use quidditch_sandbox::{Sandbox, SandboxLimits};
use quidditch_test_guests::{Guest, KEEP};
use wasmparser::{Operator, Payload};

use super::*;

/// Loads the component with a limit.
fn load(component: &[u8], steps_per_call: u32) -> Arc<dyn Function> {
    let sandbox = Sandbox::new(SandboxLimits { instances: 10, ..SandboxLimits::default() }, None).expect("it starts");
    let limited = limited(component, StepLimit { steps_per_call }).expect("its steps can be counted");
    sandbox.load(FunctionId::new("f", "1.0.0"), Code::Component(&limited)).expect("it loads")
}

fn budget() -> Arc<Budget> {
    Arc::new(Budget::new(Duration::from_secs(60)))
}

fn documents(count: usize) -> Batch {
    let column = Column { values: Values::Floats(vec![1.0; count]), starts: Vec::new() };
    Batch { len: count, scores: vec![2.0; count], columns: vec![column] }
}

fn argument(name: &str, value: Value) -> Argument {
    Argument { name: name.to_owned(), value }
}

/// Binds a filter with a limit, and calls it several times.
fn keep(guest: &Guest, steps_per_call: u32, count: usize) -> Result<(), FunctionError> {
    let function = load(&guest.build(), steps_per_call);
    let mut filter = function.bind_filter(&[argument("minimum", Value::Float(1.0))], &budget())?;
    for _ in 0..3 {
        filter.keep(&documents(count), &mut Vec::new())?;
    }
    Ok(())
}

/// Asserts that a call makes exactly this many steps.
fn assert_steps(guest: &Guest, steps: u32) {
    keep(guest, steps, 1).expect("it works at the limit");
    let error = keep(guest, steps - 1, 1).expect_err("it exceeds the limit");
    let cause = std::error::Error::source(&error).expect("the cause").to_string();
    assert_eq!(cause, "the function trapped: it aborted: an `unreachable` instruction was executed");
}

/// Ends `keep`, without further steps.
const ANSWER: &str = "(call $ok_list (i32.const 4096) (local.get $len))";

#[test]
fn calls_are_steps() {
    let recursive = "(func $deeper (param $n i32) (if (local.get $n) (then (call $deeper (i32.sub (local.get $n) (i32.const 1))))))";
    let guest = Guest::new()
        .with("items", recursive)
        .with("keep", format!("(call $deeper (i32.const 10)) (call $deeper (i32.const 20)) {ANSWER}"));
    // `keep` itself, and 11 and 21 calls of `$deeper`. What does not call anything is free.
    assert_steps(&guest, 1 + 11 + 21);
}

#[test]
fn copied_and_filled_bytes_are_steps() {
    let guest = Guest::new().with(
        "keep",
        format!(
            "(memory.fill (i32.const 4096) (i32.const 1) (i32.const 6400))
             (memory.copy (i32.const 8192) (i32.const 4096) (i32.const 64)) {ANSWER}"
        ),
    );
    assert_steps(&guest, 1 + 100 + 1);
}

#[test]
fn iterations_are_charged_in_groups() {
    keep(&Guest::new(), 4_096 + 65, 4_096).expect("it works at the limit");
    keep(&Guest::new(), 4_096 - 64, 4_096).expect_err("it exceeds the limit");
}

#[test]
fn short_loops_are_charged_on_average_once_for_each_iteration() {
    let short = "(func $short (local $n i32)
        (loop $next (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 10)))))";
    let keep_calling = format!(
        "(loop $next (call $short)
            (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 1000)))) {ANSWER}"
    );
    let guest = Guest::new().with("items", short).with("keep", keep_calling);
    // 1,000 iterations, 1,000 calls, and 10 iterations in each of them.
    keep(&guest, 12_200, 1).expect("it works at the limit");
    keep(&guest, 11_800, 1).expect_err("it exceeds the limit");
}

#[test]
fn what_never_returns_traps() {
    let endless = "(loop $for_ever (br $for_ever)) unreachable";
    let limit = 1_000_000;
    keep(&Guest::new().with("keep", endless), limit, 1).expect_err("it traps");
    keep(&Guest::new().with("bind", endless), limit, 1).expect_err("it traps");
    let scorer = load(&Guest::new().with("score", endless).build(), limit);
    let mut scorer = scorer.bind_scorer(&[], &budget()).expect("it can be bound");
    scorer.score(&documents(1), &mut Vec::new()).expect_err("it traps");
    // Allocating and freeing the arguments are not calls of the function, and do not reset the counter.
    let allocating =
        "(loop $next (br_if $next (call $allocate (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0))))";
    keep(&Guest::new().with("keep", format!("{allocating} {KEEP}")), limit, 1).expect_err("it traps");
}

/// A component of two modules, in which the one calls the other.
#[test]
fn the_modules_of_a_component_share_their_steps() {
    let component = wat::parse_str(include_str!("../../../../udfs/examples/custom_score/custom_score.wat"));
    let component = component.expect("the example is valid");
    let arguments = [
        argument("field", Value::Text("population".to_owned())),
        argument("boost", Value::Float(10.0)),
        argument("factor", Value::Float(1.0)),
        argument("missing", Value::Float(0.0)),
    ];
    let score = |steps: u32| {
        let mut scores = Vec::new();
        load(&component, steps).bind_scorer(&arguments, &budget())?.score(&documents(1_000), &mut scores)?;
        Ok::<_, FunctionError>(scores)
    };
    assert_eq!(score(1_065).expect("it works at the limit"), [21.0; 1_000]);
    score(936).expect_err("it exceeds the limit");
}

#[test]
fn modules_keep_their_globals_and_imports() {
    // A module that imports a global, defines another one, exports it and initialises with it; and one without code.
    let component = wat::parse_str(
        r#"(component
            (core module $Values (global (export "ten") i32 (i32.const 10)) (memory (export "memory") 1))
            (core module $Main
                (import "values" "ten" (global $ten i32))
                (import "values" "memory" (memory 1))
                (global $twenty (export "twenty") (mut i32) (i32.const 20))
                (data (offset (global.get $ten)) "\07")
                (func (export "sum") (result i32)
                    (i32.add (i32.load8_u (i32.const 10)) (i32.add (global.get $ten) (global.get $twenty)))))
            (core instance $values (instantiate $Values))
            (core instance $main (instantiate $Main (with "values" (instance $values))))
            (alias core export $main "twenty" (core global $twenty))
            (func (export "sum") (result u32) (canon lift (core func $main "sum"))))"#,
    );
    let component = component.expect("valid text");
    let limited = limited(&component, StepLimit::default()).expect("its steps can be counted");
    wasmparser::validate(&limited).expect("it is valid");
    // The counter takes the index after that of the imported global.
    assert_eq!(globals_read(&limited), [0, 2]);
}

/// The indices of the globals that the code reads.
fn globals_read(component: &[u8]) -> Vec<u32> {
    let mut read = Vec::new();
    for payload in Parser::new(0).parse_all(component) {
        if let Payload::CodeSectionEntry(body) = payload.expect("it is valid") {
            for operator in body.get_operators_reader().expect("it is valid") {
                if let Operator::GlobalGet { global_index } = operator.expect("it is valid") {
                    read.push(global_index);
                }
            }
        }
    }
    read
}

#[test]
fn a_64_bit_memory_is_an_error() {
    let component = wat::parse_str("(component (core module (memory i64 1)))").expect("valid text");
    let error = limited(&component, StepLimit::default()).expect_err("it cannot be limited");
    insta::assert_snapshot!(error, @"its steps cannot be counted: it has a 64-bit memory");
}
