//! Functions that violate the contract. Each of them fails with an error, and the sandbox still works.

use std::sync::Arc;
use std::time::Duration;

use quidditch_function::{Budget, Cause};

use crate::documents::{
    budget, filter_failure, keep, load, message, minimum, populations, sandbox, scorer_failure, small_limits,
    still_works, with_limits,
};
use quidditch_test_guests::{Guest, LOG};

const LOOP: &str = "(loop $endless (br $endless)) unreachable";

#[test]
fn endless_loops_are_stopped_when_the_budget_is_used_up() {
    let sandbox = sandbox();
    for part in ["bind", "columns", "keep"] {
        let budget = Arc::new(Budget::new(Duration::from_millis(30)));
        let function = load(&sandbox, &Guest::new().with(part, LOOP)).expect("loads");
        let error = keep(function.as_ref(), &minimum(1.0), &populations(&[1.0]), &budget).expect_err("is stopped");
        assert_eq!(error.cause, Cause::TimedOut { limit: Duration::from_millis(30) }, "in {part}");
        assert_eq!(budget.left(), Duration::ZERO);
        let error = function.bind_filter(&[], &budget).err().expect("no time is left for a second call");
        assert_eq!(error.cause, Cause::TimedOut { limit: Duration::from_millis(30) });
        still_works(&sandbox);
    }
    for part in ["bind_scorer", "needs_score", "score"] {
        let budget = Arc::new(Budget::new(Duration::from_millis(30)));
        let function = load(&sandbox, &Guest::new().with(part, LOOP)).expect("loads");
        let mut scores = Vec::new();
        let bound = function.bind_scorer(&[], &budget);
        let error =
            bound.and_then(|mut scorer| scorer.score(&populations(&[1.0]), &mut scores)).expect_err("is stopped");
        assert_eq!(error.cause, Cause::TimedOut { limit: Duration::from_millis(30) }, "in {part}");
        still_works(&sandbox);
    }
}

#[test]
fn endless_loops_are_stopped_at_the_deadline_of_the_request() {
    let sandbox = sandbox();
    let budget = Arc::new(Budget::new(Duration::from_secs(60)).with_deadline(Duration::from_millis(30)));
    let function = load(&sandbox, &Guest::new().with("keep", LOOP)).expect("loads");
    let error = keep(function.as_ref(), &minimum(1.0), &populations(&[1.0]), &budget).expect_err("is stopped");
    assert_eq!(error.cause, Cause::TimedOut { limit: Duration::from_millis(30) });
    assert!(budget.left() > Duration::from_secs(30), "the budget is not used up");
    still_works(&sandbox);
}

#[test]
fn functions_that_share_a_budget_stop_together() {
    let sandbox = sandbox();
    let function = load(&sandbox, &Guest::new().with("keep", LOOP)).expect("loads");
    let budget = Arc::new(Budget::new(Duration::from_millis(50)));
    let start = std::time::Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let stopped = keep(function.as_ref(), &[], &populations(&[1.0]), &budget).expect_err("is stopped");
                assert_eq!(stopped.cause, Cause::TimedOut { limit: Duration::from_millis(50) });
            });
        }
    });
    // Four threads spend one budget: it takes about 13 ms, and always less than four budgets in sequence.
    assert!(start.elapsed() < Duration::from_millis(4 * 50), "took {:?}", start.elapsed());
    still_works(&sandbox);
}

#[test]
fn loading_stops_when_metadata_takes_too_long() {
    let limits = quidditch_sandbox::SandboxLimits { load_time: Duration::from_millis(50), ..small_limits() };
    let sandbox = with_limits(limits);
    for guest in
        [Guest::new().with("summary", LOOP), Guest::new().with("items", "(start $loop) (func $loop (loop $l (br $l)))")]
    {
        insta::allow_duplicates! {
            insta::assert_snapshot!(
                filter_failure(&sandbox, &guest),
                @"function f@1.0.0 failed to load: it did not start and return its metadata within 50 ms"
            );
        }
    }
}

#[test]
fn traps_are_described() {
    let sandbox = sandbox();
    let failure = |code: &str| filter_failure(&sandbox, &Guest::new().with("keep", code));
    insta::assert_snapshot!(failure("unreachable"), @"function f@1.0.0 failed to run: the function trapped: it aborted: an `unreachable` instruction was executed");
    insta::assert_snapshot!(failure("(i32.load (i32.const -4))"), @"function f@1.0.0 failed to run: the function trapped: it accessed memory out of bounds");
    insta::assert_snapshot!(failure("(i32.div_u (i32.const 1) (i32.const 0))"), @"function f@1.0.0 failed to run: the function trapped: it divided an integer by zero");
    insta::assert_snapshot!(failure("(i32.div_s (i32.const 0x80000000) (i32.const -1))"), @"function f@1.0.0 failed to run: the function trapped: an integer overflowed in a division");
    insta::assert_snapshot!(failure("(i32.trunc_f64_s (f64.const nan))"), @"function f@1.0.0 failed to run: the function trapped: float-to-integer conversion out of range");
    let recursion = Guest::new()
        .with("items", "(func $deeper (result i32) (i32.add (call $deeper) (i32.const 1)))")
        .with("keep", "(call $deeper)");
    insta::assert_snapshot!(filter_failure(&sandbox, &recursion), @"function f@1.0.0 failed to run: the function trapped: stack overflow");
    let table = "(table $functions 1 funcref) (type $answer (func (result i32))) (elem (i32.const 0) $free)";
    let indirect = |index: &str| {
        let call = format!("(call_indirect (type $answer) (i32.const {index}))");
        filter_failure(&sandbox, &Guest::new().with("items", table).with("keep", call))
    };
    insta::assert_snapshot!(indirect("0"), @"function f@1.0.0 failed to run: the function trapped: it called a function through a pointer of another type");
    insta::assert_snapshot!(indirect("1"), @"function f@1.0.0 failed to run: the function trapped: it called a function that does not exist");
}

#[test]
fn traps_have_frames_innermost_first() {
    let sandbox = sandbox();
    let mangled = "_ZN6number5range17h0123456789abcdefE";
    let guest = Guest::new()
        .with(
            "items",
            format!("(func ${mangled} (result i32) unreachable) (func $outer (result i32) (call ${mangled}))"),
        )
        .with("keep", "(call $outer)");
    let function = load(&sandbox, &guest).expect("loads");
    let error = keep(function.as_ref(), &[], &populations(&[1.0]), &budget()).expect_err("traps");
    let Cause::Trapped { frames, .. } = error.cause else { panic!("{error:?}") };
    assert_eq!(frames[..2], ["number::range".to_owned(), "outer".to_owned()]);
    assert_eq!(frames.len(), 3);
}

#[test]
fn a_panic_message_is_the_reason_of_the_trap() {
    let log = |code: &str| {
        Guest::new()
            .with("imports", LOG)
            .with("items", r#"(data (i32.const 2000) "panicked at lib.rs:7: no")"#)
            .with("keep", format!("(call $log (i32.const 3) (i32.const 2000) (i32.const 24)) {code}"))
    };
    let sandbox = sandbox();
    insta::assert_snapshot!(
        filter_failure(&sandbox, &log("unreachable")),
        @"function f@1.0.0 failed to run: the function trapped: panicked at lib.rs:7: no"
    );
    // An error that was logged in an earlier call is not the reason.
    let log_before =
        "(call $log (i32.const 3) (i32.const 2000) (i32.const 24)) (call $list (i32.const 1024) (i32.const 1))";
    let guest = log("").with("columns", log_before).with("keep", "unreachable");
    insta::assert_snapshot!(
        filter_failure(&sandbox, &guest),
        @"function f@1.0.0 failed to run: the function trapped: it aborted: an `unreachable` instruction was executed"
    );
}

#[test]
fn a_failed_filter_cannot_be_called_again() {
    let sandbox = sandbox();
    let function = load(&sandbox, &Guest::new().with("keep", "unreachable")).expect("loads");
    let mut filter = function.bind_filter(&[], &budget()).expect("binds");
    let mut kept = Vec::new();
    filter.keep(&populations(&[1.0]), &mut kept).expect_err("traps");
    let error = filter.keep(&populations(&[1.0]), &mut kept).expect_err("failed before");
    insta::assert_snapshot!(message(&error), @"function f@1.0.0 failed to run: it failed before and cannot be called again");
    still_works(&sandbox);
}

#[test]
fn slots_of_failed_instances_are_freed_immediately() {
    let sandbox = sandbox();
    let traps = load(&sandbox, &Guest::new().with("keep", "unreachable")).expect("loads");
    let traps_in_bind = load(&sandbox, &Guest::new().with("bind", "unreachable")).expect("loads");
    let mut failed = Vec::new();
    for _ in 0..500 {
        let mut filter = traps.bind_filter(&[], &budget()).expect("a slot is free");
        let error = filter.keep(&populations(&[1.0]), &mut Vec::new()).expect_err("traps");
        assert!(matches!(error.cause, Cause::Trapped { .. }));
        // Kept alive: the failure must free the slot, not the drop of the filter.
        failed.push(filter);
        let error = traps_in_bind.bind_filter(&[], &budget()).err().expect("traps");
        assert!(matches!(error.cause, Cause::Trapped { .. }));
    }
    still_works(&sandbox);
}

#[test]
fn there_must_be_one_result_per_document() {
    let sandbox = sandbox();
    let results = |len: i32| {
        let answer = format!("(call $ok_list (i32.const 4096) (i32.const {len}))");
        let guest = Guest::new().with("keep", answer.as_str()).with("score", answer);
        (filter_failure(&sandbox, &guest), scorer_failure(&sandbox, &guest))
    };
    let (filter, scorer) = results(2);
    insta::assert_snapshot!(filter, @"function f@1.0.0 failed to run: the function returned 2 results for 3 documents");
    insta::assert_snapshot!(scorer, @"function f@1.0.0 failed to run: the function returned 2 results for 3 documents");
    let (filter, scorer) = results(4);
    insta::assert_snapshot!(filter, @"function f@1.0.0 failed to run: the function returned 4 results for 3 documents");
    insta::assert_snapshot!(scorer, @"function f@1.0.0 failed to run: the function returned 4 results for 3 documents");
    let (filter, scorer) = results(i32::MAX);
    insta::assert_snapshot!(filter, @"function f@1.0.0 failed to run: the function violated the contract: list pointer/length out of bounds of memory");
    insta::assert_snapshot!(scorer, @"function f@1.0.0 failed to run: the function violated the contract: list pointer/length out of bounds of memory");
    let (filter, _) = results(-1);
    insta::assert_snapshot!(filter, @"function f@1.0.0 failed to run: the function violated the contract: list pointer/length out of bounds of memory");
}

#[test]
fn scores_must_be_finite_and_not_negative() {
    let sandbox = sandbox();
    let function = load(&sandbox, &Guest::new()).expect("loads");
    let failure = |score: f64| {
        let answer = crate::documents::score(function.as_ref(), &populations(&[1.0, score]), &budget());
        let failure = message(&answer.expect_err("is rejected"));
        still_works(&sandbox);
        failure
    };
    insta::assert_snapshot!(failure(f64::NAN), @"function f@1.0.0 failed to run: invalid score [NaN] for document 1 of the batch: must be a finite non-negative number");
    insta::assert_snapshot!(failure(-0.5), @"function f@1.0.0 failed to run: invalid score [-0.5] for document 1 of the batch: must be a finite non-negative number");
    insta::assert_snapshot!(failure(f64::INFINITY), @"function f@1.0.0 failed to run: invalid score [inf] for document 1 of the batch: must be a finite non-negative number");
    insta::assert_snapshot!(failure(f64::MAX), @"function f@1.0.0 failed to run: invalid score [inf] for document 1 of the batch: must be a finite non-negative number");
}

#[test]
fn unreadable_results_are_rejected() {
    let sandbox = sandbox();
    let keep = |code: &str| filter_failure(&sandbox, &Guest::new().with("keep", code));
    insta::assert_snapshot!(keep("(i32.const -4)"), @"function f@1.0.0 failed to run: the function violated the contract: pointer out of bounds of memory");
    insta::assert_snapshot!(keep("(i32.const 2)"), @"function f@1.0.0 failed to run: the function violated the contract: return pointer not aligned");
    insta::assert_snapshot!(keep("(i32.store (i32.const 16) (i32.const 7)) (i32.const 16)"), @"function f@1.0.0 failed to run: the function violated the contract: invalid expected discriminant");
    let items = r#"(data (i32.const 2000) "\ff\fe")"#;
    let text =
        Guest::new().with("items", items).with("keep", "(call $error (i32.const 1) (i32.const 2000) (i32.const 2))");
    insta::assert_snapshot!(filter_failure(&sandbox, &text), @"function f@1.0.0 failed to run: the function violated the contract: invalid utf-8 sequence of 1 bytes from index 0");
    let handle = Guest::new().with("bind", "(call $ok_handle (i32.const 77))");
    insta::assert_snapshot!(filter_failure(&sandbox, &handle), @"function f@1.0.0 failed to bind: the function violated the contract: unknown handle index 77");
}

#[test]
fn a_batch_that_cannot_be_passed_fails_the_function() {
    let sandbox = sandbox();
    // After the metadata, the allocator returns addresses outside of the memory.
    let guest = Guest::new()
        .with("columns", "(global.set $next (i32.const -65536)) (call $list (i32.const 1024) (i32.const 1))");
    let failure = filter_failure(&sandbox, &guest);
    assert!(failure.contains("failed to run"), "{failure}");
}

#[test]
fn unlimited_memory_is_denied() {
    let sandbox = sandbox();
    let guest = Guest::new()
        .with("keep", "(loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) unreachable");
    insta::assert_snapshot!(
        filter_failure(&sandbox, &guest),
        @"function f@1.0.0 failed to run: the function ran out of memory: it requested 1114112 bytes; at most 1048576 are allowed"
    );
    let handles_it =
        Guest::new().with("keep", format!("(drop (memory.grow (i32.const 65535))) {}", quidditch_test_guests::KEEP));
    let function = load(&sandbox, &handles_it).expect("loads");
    let kept = keep(function.as_ref(), &minimum(2.0), &populations(&[1.0, 2.0]), &budget());
    assert_eq!(kept.expect("a function may handle the denial"), [0, 1]);
}

#[test]
fn a_flood_of_log_lines_only_uses_up_the_time_of_the_function() {
    let sandbox = sandbox();
    let flood = "(loop $more (call $log (i32.const 3) (i32.const 1200) (i32.const 18)) (br $more)) unreachable";
    let function = load(&sandbox, &Guest::new().with("imports", LOG).with("keep", flood)).expect("loads");
    let budget = Arc::new(Budget::new(Duration::from_millis(30)));
    let error = keep(function.as_ref(), &[], &populations(&[1.0]), &budget).expect_err("is stopped");
    assert_eq!(error.cause, Cause::TimedOut { limit: Duration::from_millis(30) });
    still_works(&sandbox);
}

#[test]
fn large_messages_in_code_without_a_loop_are_stopped_as_well() {
    let sandbox = sandbox();
    let messages = "(call $log (i32.const 3) (i32.const 65536) (i32.const 900000))".repeat(5_000);
    let guest = Guest::new().with("imports", LOG).with("pages", "16").with("keep", format!("{messages} unreachable"));
    let function = load(&sandbox, &guest).expect("loads");
    let budget = Arc::new(Budget::new(Duration::from_millis(30)));
    let error = keep(function.as_ref(), &[], &populations(&[1.0]), &budget).expect_err("is stopped");
    assert_eq!(error.cause, Cause::TimedOut { limit: Duration::from_millis(30) });
    still_works(&sandbox);
}
