//! Tests each limit: a function at the limit works, and one above it fails.

use std::sync::Arc;
use std::time::Duration;

use quidditch_function::{Budget, Function, Loader, OutputLimits, Target};
use quidditch_sandbox::SandboxLimits;

use crate::documents::{
    budget, filter_failure, keep, load, message, minimum, populations, sandbox, small_limits, still_works, with_limits,
    with_output,
};
use quidditch_test_guests::{Guest, KEEP};

/// Asserts that the function can be loaded, bound and called.
fn works(limits: SandboxLimits, guest: &Guest) {
    let function = load(&with_limits(limits), guest).expect("loads");
    let kept = keep(function.as_ref(), &minimum(2.0), &populations(&[1.0, 2.0, 3.0]), &budget());
    assert_eq!(kept.expect("answers"), [0, 1, 1]);
}

#[test]
fn component_bytes() {
    let component = Guest::new().build();
    works(SandboxLimits { component_bytes: component.len(), ..small_limits() }, &Guest::new());
    let sandbox = with_limits(SandboxLimits { component_bytes: component.len() - 1, ..small_limits() });
    let error = load(&sandbox, &Guest::new()).err().expect("is too large");
    let bytes = component.len();
    let expected = format!(
        "function f@1.0.0 failed to load: it has {bytes} bytes; at most {} are allowed (build it optimised for size and \
         without debug information)",
        bytes - 1
    );
    assert_eq!(message(&error), expected);
}

#[test]
fn instances() {
    let sandbox = sandbox();
    let function = load(&sandbox, &Guest::new()).expect("loads");
    let bind = || function.bind_filter(&[], &budget());
    let bound: Vec<_> = (0..10).map(|_| bind().expect("a slot is free")).collect();
    let error = bind().err().expect("no slot is free");
    insta::assert_snapshot!(message(&error), @"function f@1.0.0 failed to bind: all 10 instances are in use; retry later, send fewer concurrent requests, or raise the limit");
    drop(bound);
    still_works(&sandbox);
}

#[test]
fn memory_bytes() {
    // The limit of these sandboxes is 16 pages.
    works(small_limits(), &Guest::new().with("pages", "16"));
    insta::assert_snapshot!(
        filter_failure(&sandbox(), &Guest::new().with("pages", "17")),
        @"function f@1.0.0 failed to load: the function ran out of memory: it requested 1114112 bytes; at most 1048576 are allowed"
    );
    let grown = |pages: u32| {
        let grow = format!("(if (i32.eq (memory.grow (i32.const {pages})) (i32.const -1)) (then unreachable))");
        Guest::new().with("keep", format!("{grow} {}", quidditch_test_guests::KEEP))
    };
    works(small_limits(), &grown(15));
    insta::assert_snapshot!(
        filter_failure(&sandbox(), &grown(16)),
        @"function f@1.0.0 failed to run: the function ran out of memory: it requested 1114112 bytes; at most 1048576 are allowed"
    );
}

#[test]
fn memory_that_a_function_asks_for() {
    // The default of these sandboxes is 16 pages, and they grant up to 32.
    let asks = |mib: u32, pages: u32| {
        Guest::new().with("memory_mib", format!("(i32.const {mib})")).with("pages", pages.to_string())
    };
    works(small_limits(), &asks(2, 32));
    let failure = |guest: &Guest| filter_failure(&sandbox(), guest);
    insta::assert_snapshot!(failure(&asks(2, 33)), @"function f@1.0.0 failed to load: the function ran out of memory: it requested 2162688 bytes; at most 2097152 are allowed");
    insta::assert_snapshot!(failure(&asks(1, 17)), @"function f@1.0.0 failed to load: the function ran out of memory: it requested 1114112 bytes; at most 1048576 are allowed");
    insta::assert_snapshot!(failure(&asks(3, 1)), @"function f@1.0.0 failed to load: it requests 3 MiB of memory; at most 2 are allowed");
    let grows = |pages: u32| {
        let grow = format!("(if (i32.eq (memory.grow (i32.const {pages})) (i32.const -1)) (then unreachable))");
        asks(2, 1).with("keep", format!("{grow} {KEEP}"))
    };
    works(small_limits(), &grows(31));
    insta::assert_snapshot!(failure(&grows(32)), @"function f@1.0.0 failed to run: the function ran out of memory: it requested 2162688 bytes; at most 2097152 are allowed");
}

#[test]
fn memory_of_all_instances_of_a_request() {
    // Each instance has ten pages.
    let sandbox = sandbox();
    let function = load(&sandbox, &Guest::new().with("pages", "10")).expect("loads");
    let budget = |bytes: u64| Arc::new(Budget::new(Duration::from_secs(60)).with_max_memory(bytes));
    let bind = |budget: &Arc<Budget>| function.bind_filter(&minimum(2.0), budget);

    let enough = budget(20 << 16);
    let bound = (bind(&enough).expect("the first"), bind(&enough).expect("the second, at the limit"));
    assert!(bind(&enough).is_err(), "the third");
    drop(bound);
    assert!(bind(&enough).is_ok(), "instances that have ended return their memory");

    let too_little = budget((20 << 16) - 1);
    let _first = bind(&too_little).expect("the first");
    insta::assert_snapshot!(
        message(&bind(&too_little).err().expect("the second")),
        @"function f@1.0.0 failed to bind: the function ran out of memory: the functions of one request may use 1310719 bytes together"
    );

    let grow = format!("(if (i32.eq (memory.grow (i32.const 1)) (i32.const -1)) (then unreachable)) {KEEP}");
    let growing = load(&sandbox, &Guest::new().with("pages", "10").with("keep", grow)).expect("loads");
    let keep = |bytes: u64| keep(growing.as_ref(), &minimum(2.0), &populations(&[3.0]), &budget(bytes));
    assert_eq!(keep(11 << 16).expect("at the limit"), [1]);
    insta::assert_snapshot!(
        message(&keep((11 << 16) - 1).expect_err("one byte over the limit")),
        @"function f@1.0.0 failed to run: the function ran out of memory: the functions of one request may use 720895 bytes together"
    );
    still_works(&sandbox);
}

#[test]
fn tables_and_their_elements() {
    let limits = SandboxLimits { tables: 2, table_elements: 100, ..small_limits() };
    works(limits, &Guest::new().with("items", "(table 100 funcref) (table 1 funcref)"));
    let failure = |items: &str| {
        let error = load(&with_limits(limits), &Guest::new().with("items", items)).err().expect("is rejected");
        message(&error)
    };
    insta::assert_snapshot!(failure("(table 101 funcref)"), @"function f@1.0.0 failed to load: it is rejected by wasmtime: module table does not fit in pooling allocator requirements: table index 0 has a minimum element size of 101 which exceeds the limit of 100");
    insta::assert_snapshot!(failure("(table 1 funcref) (table 1 funcref) (table 1 funcref)"), @"function f@1.0.0 failed to load: it is rejected by wasmtime: module table does not fit in pooling allocator requirements: defined tables count of 3 exceeds the per-instance limit of 2");
    let grown = |elements: u32| {
        let grow = format!(
            "(if (i32.eq (table.grow $t (ref.null func) (i32.const {elements})) (i32.const -1)) (then unreachable))"
        );
        Guest::new()
            .with("items", "(table $t 1 funcref)")
            .with("keep", format!("{grow} {}", quidditch_test_guests::KEEP))
    };
    works(limits, &grown(99));
    let failure = filter_failure(&with_limits(limits), &grown(100));
    insta::assert_snapshot!(failure, @"function f@1.0.0 failed to run: the function trapped: it aborted: an `unreachable` instruction was executed");
}

#[test]
fn core_instances() {
    // A function without imports is one module, and wit-component adds none.
    let count = (1..8).find(|count| {
        load(&with_limits(SandboxLimits { core_instances: *count, ..small_limits() }), &Guest::new()).is_ok()
    });
    let count = count.expect("a small function has few modules");
    works(SandboxLimits { core_instances: count, ..small_limits() }, &Guest::new());
    let limits = SandboxLimits { core_instances: count - 1, ..small_limits() };
    let error = load(&with_limits(limits), &Guest::new()).err().expect("is rejected");
    assert!(message(&error).contains("core module instances, which exceeds"), "{}", message(&error));
}

#[test]
fn stack_bytes() {
    let depth = |calls: u32| {
        let items = "(func $deeper (param i32) (result i32)
            (if (result i32) (local.get 0)
              (then (i32.add (call $deeper (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))
              (else (i32.const 0))))";
        let call = format!("(drop (call $deeper (i32.const {calls}))) {}", quidditch_test_guests::KEEP);
        Guest::new().with("items", items).with("keep", call)
    };
    // Each call takes at least a return address and a frame pointer.
    let limits = SandboxLimits { stack_bytes: 64 << 10, ..small_limits() };
    works(limits, &depth(100));
    insta::assert_snapshot!(
        filter_failure(&with_limits(limits), &depth(64 << 6)),
        @"function f@1.0.0 failed to run: the function trapped: stack overflow"
    );
}

#[test]
fn result_bytes() {
    let limits = SandboxLimits { result_bytes: 4_000, ..small_limits() };
    let returns = |len: usize| {
        let guest = Guest::new().with("keep", format!("(call $ok_list (i32.const 4096) (i32.const {len}))"));
        filter_failure(&with_limits(limits), &guest)
    };
    insta::assert_snapshot!(returns(4_000), @"function f@1.0.0 failed to run: the function returned 4000 results for 3 documents");
    insta::assert_snapshot!(returns(4_001), @"function f@1.0.0 failed to run: the function returned more than 4000 bytes in one call");
    // One result per document is always allowed.
    let function = load(&with_limits(limits), &Guest::new()).expect("loads");
    let kept = keep(function.as_ref(), &minimum(0.0), &populations(&vec![1.0; 4_001]), &budget());
    assert_eq!(kept.expect("answers").len(), 4_001);
    // The limit also applies to metadata.
    let summary = |len: usize| Guest::new().with("summary", format!("(call $list (i32.const 4096) (i32.const {len}))"));
    insta::assert_snapshot!(filter_failure(&with_limits(limits), &summary(4_000)), @"function f@1.0.0 failed to load: its summary has 4000 bytes; at most 1000 are allowed");
    insta::assert_snapshot!(filter_failure(&with_limits(limits), &summary(4_001)), @"function f@1.0.0 failed to load: the function returned more than 4000 bytes in one call");
}

#[test]
fn message_bytes() {
    let limits = with_output(OutputLimits { message_bytes: 6, ..OutputLimits::default() });
    let fails = |len: u32| {
        let guest = Guest::new()
            .with("items", r#"(data (i32.const 2000) "12345ß")"#)
            .with("keep", format!("(call $error (i32.const 1) (i32.const 2000) (i32.const {len}))"));
        filter_failure(&with_limits(limits), &guest)
    };
    insta::assert_snapshot!(fails(5), @"function f@1.0.0 failed to run: 12345");
    insta::assert_snapshot!(fails(7), @"function f@1.0.0 failed to run: 12345");
    let limits = with_output(OutputLimits { message_bytes: 7, ..OutputLimits::default() });
    let guest = Guest::new()
        .with("items", r#"(data (i32.const 2000) "12345ß")"#)
        .with("bind", "(call $error (i32.const 0) (i32.const 2000) (i32.const 7))");
    insta::assert_snapshot!(filter_failure(&with_limits(limits), &guest), @"function f@1.0.0 failed to bind: 12345ß");
}

#[test]
fn columns() {
    let requests = |count: u32| {
        // Repeats the one request.
        let columns = format!(
            "(local $i i32)
             (loop $more
               (memory.copy (i32.add (i32.const 2048) (i32.mul (local.get $i) (i32.const 12))) (i32.const 1024) (i32.const 12))
               (local.set $i (i32.add (local.get $i) (i32.const 1)))
               (br_if $more (i32.lt_u (local.get $i) (i32.const {count}))))
             (call $list (i32.const 2048) (i32.const {count}))"
        );
        Guest::new().with("columns", columns)
    };
    let sandbox = with_limits(with_output(OutputLimits { columns: 5, ..OutputLimits::default() }));
    let function = load(&sandbox, &requests(5)).expect("loads");
    assert_eq!(function.bind_filter(&[], &budget()).expect("binds").columns().len(), 5);
    insta::assert_snapshot!(filter_failure(&sandbox, &requests(6)), @"function f@1.0.0 failed to bind: the function requested 6 columns; at most 5 are allowed");
}

#[test]
fn field_name_bytes() {
    let limits = |field_name_bytes| with_output(OutputLimits { field_name_bytes, ..OutputLimits::default() });
    works(limits("population".len()), &Guest::new());
    let sandbox = with_limits(limits("population".len() - 1));
    let function: std::sync::Arc<dyn Function> = load(&sandbox, &Guest::new()).expect("loads");
    let error = function.bind_filter(&[], &budget()).err().expect("is rejected");
    insta::assert_snapshot!(message(&error), @"function f@1.0.0 failed to bind: the function requested a field whose name has 10 bytes; at most 9 are allowed");
}

#[test]
fn backtrace_frames() {
    let guest = Guest::new()
        .with("items", "(func $a (result i32) unreachable) (func $b (result i32) (call $a))")
        .with("keep", "(call $b)");
    for (limit, expected) in [(3, 3), (2, 2), (0, 0)] {
        let sandbox = with_limits(SandboxLimits { backtrace_frames: limit, ..small_limits() });
        let function = load(&sandbox, &guest).expect("loads");
        let error = keep(function.as_ref(), &[], &populations(&[1.0]), &budget()).expect_err("traps");
        let quidditch_function::Cause::Trapped { frames, .. } = error.cause else { panic!("{error:?}") };
        assert_eq!(frames.len(), expected);
    }
}

#[test]
fn ahead_of_time_code_does_not_depend_on_limits() {
    let id = quidditch_function::FunctionId::new("f", "1.0.0");
    let code = |limits| with_limits(limits).compile(&id, &Guest::new().build(), Target::ThisMachine).expect("compiles");
    let other =
        SandboxLimits { instances: 3, memory_bytes: 1 << 16, table_elements: 7_000, ..SandboxLimits::default() };
    assert_eq!(code(small_limits()), code(other));
}
