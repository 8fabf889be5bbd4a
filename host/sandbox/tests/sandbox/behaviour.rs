//! The guarantees for well-behaved functions.

use std::sync::{Arc, Mutex};

use quidditch_function::{
    Argument, Batch, Code, Column, ColumnKind, ColumnRequest, Dictionary, FunctionId, Loader, OutputLimits, Parameter,
    ParameterKind, Role, Target, TrustedCode, Value, Values, error_chain,
};
use quidditch_sandbox::{Level, LogSink, Precompiled, Sandbox};

use crate::documents::{
    budget, filter_failure, keep, load, message, minimum, populations, sandbox, score, small_limits, with_output,
};
use quidditch_test_guests::{Guest, LOG};

#[test]
fn one_instance_of_a_filter_processes_many_batches() {
    let function = load(&sandbox(), &Guest::new()).expect("loads");
    let budget = budget();
    let mut filter = function.bind_filter(&minimum(2.0), &budget).expect("binds");
    assert_eq!(filter.columns(), [ColumnRequest { field: "population".to_owned(), kind: ColumnKind::Floats }]);
    let mut kept = vec![9; 9];
    for _ in 0..100 {
        filter.keep(&populations(&[1.0, 2.0, 3.0]), &mut kept).expect("answers");
        assert_eq!(kept, [0, 1, 1]);
        filter.keep(&populations(&[5.0]), &mut kept).expect("answers");
        assert_eq!(kept, [1]);
    }
    filter.keep(&populations(&[]), &mut kept).expect("answers");
    assert!(kept.is_empty());
    let many: Vec<f64> = (0..1024).map(f64::from).collect();
    filter.keep(&populations(&many), &mut kept).expect("answers");
    assert_eq!(kept.iter().map(|kept| usize::from(*kept)).sum::<usize>(), 1022);
    assert!(budget.left() < budget.total(), "the calls spend time from the budget");
}

#[test]
fn bound_filters_of_one_function_are_independent() {
    let function = load(&sandbox(), &Guest::new()).expect("loads");
    let budget = budget();
    let mut low = function.bind_filter(&minimum(1.0), &budget).expect("binds");
    let mut high = function.bind_filter(&minimum(3.0), &budget).expect("binds");
    let (mut kept_low, mut kept_high) = (Vec::new(), Vec::new());
    low.keep(&populations(&[1.0, 2.0, 3.0]), &mut kept_low).expect("answers");
    high.keep(&populations(&[1.0, 2.0, 3.0]), &mut kept_high).expect("answers");
    assert_eq!((kept_low, kept_high), (vec![1, 1, 1], vec![0, 0, 1]));
}

#[test]
fn a_scorer_returns_scores_and_whether_it_needs_scores() {
    let sandbox = sandbox();
    let function = load(&sandbox, &Guest::new()).expect("loads");
    assert_eq!(score(function.as_ref(), &populations(&[0.0, 2.5]), &budget()).expect("answers"), [0.0, 2.5]);
    assert!(!function.bind_scorer(&[], &budget()).expect("binds").needs_score());
    let echo = Guest::new()
        .with("needs_score", "(i32.const 1)")
        .with("score", "(call $ok_list (local.get $scores) (local.get $scores_len))");
    let echo = load(&sandbox, &echo).expect("loads");
    let mut scorer = echo.bind_scorer(&[], &budget()).expect("binds");
    assert!(scorer.needs_score());
    let mut scores = Vec::new();
    let batch = Batch { scores: vec![7.5, 0.5], ..populations(&[1.0, 2.0]) };
    scorer.score(&batch, &mut scores).expect("answers");
    assert_eq!(scores, [7.5, 0.5]);
}

#[test]
fn texts_are_passed_as_a_dictionary_with_starts() {
    // Keeps documents with a text that starts with `a`.
    let keep_a = r"
        (local $value i32) (local $code i32) (local $start i32) (local $result i32)
        (local.set $kept (call $allocate (i32.const 0) (i32.const 0) (i32.const 1) (local.get $len)))
        (block $done
          (loop $document
            (br_if $done (i32.ge_u (local.get $i) (local.get $len)))
            (local.set $result (i32.const 0))
            (local.set $value
              (i32.load (i32.add (i32.load offset=28 (local.get $columns)) (i32.shl (local.get $i) (i32.const 2)))))
            (block $values_done
              (loop $values_of_document
                (br_if $values_done
                  (i32.ge_u (local.get $value)
                    (i32.load offset=4 (i32.add (i32.load offset=28 (local.get $columns)) (i32.shl (local.get $i) (i32.const 2))))))
                (local.set $code
                  (i32.load (i32.add (i32.load offset=4 (local.get $columns)) (i32.shl (local.get $value) (i32.const 2)))))
                (local.set $start (i32.const 0))
                (if (local.get $code)
                  (then (local.set $start
                    (i32.load (i32.add (i32.load offset=12 (local.get $columns))
                      (i32.shl (i32.sub (local.get $code) (i32.const 1)) (i32.const 2)))))))
                (if (i32.eq (i32.const 97) (i32.load8_u (i32.add (i32.load offset=20 (local.get $columns)) (local.get $start))))
                  (then (local.set $result (i32.const 1))))
                (local.set $value (i32.add (local.get $value) (i32.const 1)))
                (br $values_of_document)))
            (i32.store8 (i32.add (local.get $kept) (local.get $i)) (local.get $result))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br $document)))
        (call $ok_list (local.get $kept) (local.get $len))";
    let function = load(&sandbox(), &Guest::new().with("keep", keep_a)).expect("loads");
    let mut dictionary = Dictionary::default();
    let (berlin, ankara) = (dictionary.push_text("berlin"), dictionary.push_text("ankara"));
    dictionary.codes = vec![berlin, ankara, berlin, ankara];
    let column = Column { values: Values::Texts(dictionary), starts: vec![0, 1, 1, 3, 4] };
    let batch = Batch { len: 4, scores: Vec::new(), columns: vec![column] };
    assert_eq!(keep(function.as_ref(), &[], &batch, &budget()).expect("answers"), [0, 0, 1, 1]);
}

#[test]
fn metadata_is_read_when_the_function_is_loaded() {
    let function = load(&sandbox(), &Guest::new()).expect("loads");
    let metadata = function.metadata();
    assert_eq!(metadata.id, FunctionId::new("f", "1.0.0"));
    assert_eq!(metadata.summary, "keeps large values");
    let parameter = Parameter {
        name: "minimum".to_owned(),
        kind: ParameterKind::Float,
        required: true,
        default: None,
        summary: "at least so!".to_owned(),
    };
    assert_eq!(metadata.parameters, [parameter]);
    assert!(metadata.roles.contains(Role::Filter) && metadata.roles.contains(Role::Scorer));
}

#[test]
fn a_filter_is_not_a_scorer() {
    let function = load(&sandbox(), &Guest::new().for_world("filter-udf")).expect("loads");
    assert!(function.metadata().roles == Role::Filter.into());
    let error = function.bind_scorer(&[], &budget()).err().expect("cannot be bound");
    insta::assert_snapshot!(message(&error), @"function f@1.0.0 failed to bind: the function is not a scorer");
}

#[test]
fn a_function_can_reject_arguments_and_fail() {
    let sandbox = sandbox();
    let reject = "(call $error (i32.const 0)
        (i32.load offset=16 (local.get $arguments)) (i32.load offset=20 (local.get $arguments)))";
    let function = load(&sandbox, &Guest::new().with("bind", reject)).expect("loads");
    let arguments = [Argument { name: "minimum".to_owned(), value: Value::Text("not this ß".to_owned()) }];
    let error = function.bind_filter(&arguments, &budget()).err().expect("is rejected");
    insta::assert_snapshot!(message(&error), @"function f@1.0.0 failed to bind: not this ß");
    let fail = "(call $error (i32.const 1) (i32.const 1200) (i32.const 5))";
    insta::assert_snapshot!(filter_failure(&sandbox, &Guest::new().with("keep", fail)), @"function f@1.0.0 failed to run: keeps");
}

#[test]
fn ahead_of_time_code_runs_like_the_component() {
    let sandbox = sandbox();
    let component = Guest::new().build();
    let id = FunctionId::new("f", "1.0.0");
    for target in [Target::ThisMachine, Target::current()] {
        let code = sandbox.compile(&id, &component, target).expect("compiles");
        assert_eq!(code, sandbox.compile(&id, &component, target).expect("compiles"), "compiling is repeatable");
        // Another sandbox represents another process.
        let other = crate::documents::sandbox();
        assert_eq!(sandbox.compatibility(target), other.compatibility(target));
        let function = other.load(id.clone(), Code::AheadOfTime(TrustedCode::vouch_for(&code))).expect("loads");
        let kept = keep(function.as_ref(), &minimum(2.0), &populations(&[1.0, 2.0]), &budget());
        assert_eq!(kept.expect("answers"), [0, 1]);
    }
}

#[test]
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
fn code_for_another_processor_can_be_compiled_but_not_loaded() {
    let sandbox = sandbox();
    let id = FunctionId::new("f", "1.0.0");
    let other = Target::NAMED.into_iter().find(|target| *target != Target::current()).expect("there are two");
    let code = sandbox.compile(&id, &Guest::new().build(), other).expect("compiles");
    assert_ne!(sandbox.compatibility(other), sandbox.compatibility(Target::current()));
    let error = sandbox.load(id, Code::AheadOfTime(TrustedCode::vouch_for(&code))).err().expect("is rejected");
    let message = message(&error);
    assert!(message.contains("its ahead-of-time code cannot be used here: Module was compiled for "), "{message}");
}

#[test]
fn other_bytes_are_rejected_as_ahead_of_time_code() {
    let component = Guest::new().build();
    let code = Code::AheadOfTime(TrustedCode::vouch_for(&component));
    let error = sandbox().load(FunctionId::new("f", "1.0.0"), code).err().expect("is rejected");
    let message = message(&error);
    assert!(
        message.starts_with("function f@1.0.0 failed to load: its ahead-of-time code cannot be used here"),
        "{message}"
    );
}

#[test]
fn a_precompiled_sandbox_loads_ahead_of_time_code_and_compiles_nothing() {
    let component = Guest::new().build();
    let id = || FunctionId::new("f", "1.0.0");
    let code = sandbox().compile(&id(), &component, Target::current()).expect("compiles");
    let precompiled = Precompiled::new(sandbox());
    assert_eq!((precompiled.target(), precompiled.can_compile()), (Target::current(), false));
    assert_eq!(
        precompiled.compatibility(precompiled.target()),
        sandbox().compatibility(Target::current()),
        "it finds what another sandbox compiled"
    );
    let function = precompiled.load(id(), Code::AheadOfTime(TrustedCode::vouch_for(&code))).expect("loads");
    let kept = keep(function.as_ref(), &minimum(2.0), &populations(&[1.0, 2.0]), &budget());
    assert_eq!(kept.expect("answers"), [0, 1]);

    let not_loaded = precompiled.load(id(), Code::Component(&component)).err().expect("is refused");
    let not_compiled = precompiled.compile(&id(), &component, Target::ThisMachine).expect_err("is refused");
    assert_eq!(message(&not_loaded), message(&not_compiled));
    insta::assert_snapshot!(
        message(&not_loaded),
        @"function f@1.0.0 failed to load: this program cannot compile components; publish the function with ahead-of-time code for this machine"
    );
}

#[test]
fn a_function_outlives_its_sandbox() {
    let function = load(&sandbox(), &Guest::new()).expect("loads");
    let kept = keep(function.as_ref(), &minimum(1.0), &populations(&[1.0]), &budget());
    assert_eq!(kept.expect("answers"), [1]);
}

/// Stores all messages.
#[derive(Default)]
struct StoredLog(Mutex<Vec<String>>);

impl LogSink for StoredLog {
    fn log(&self, function: &FunctionId, level: Level, message: &str) {
        self.0.lock().expect("not poisoned").push(format!("{function} {level:?}: {message}"));
    }
}

#[test]
fn log_lines_are_passed_on_within_the_limits() {
    let kept = Arc::new(StoredLog::default());
    let limits = with_output(OutputLimits { log_messages: 4, message_bytes: 34, ..OutputLimits::default() });
    let sandbox = Sandbox::new(limits, Some(kept.clone())).expect("the sandbox can be set up");
    let line = |level: u32, start: u32, len: u32| {
        format!("(call $log (i32.const {level}) (i32.const {start}) (i32.const {len}))")
    };
    // A short line, one at the limit, one above it, one that is not UTF-8, and more lines than allowed.
    let lines = [line(0, 2000, 4), line(1, 2000, 34), line(3, 2000, 36), line(2, 2100, 1), line(0, 2000, 4)].concat();
    let guest = Guest::new()
        .with("imports", LOG)
        .with("items", r#"(data (i32.const 2000) "1234567890123456789012345678901234ß") (data (i32.const 2100) "\ff")"#)
        .with("needs_score", format!("{lines} (i32.const 0)"));
    load(&sandbox, &guest).expect("loads").bind_scorer(&[], &budget()).expect("binds");
    insta::assert_snapshot!(kept.0.lock().expect("not poisoned").join("\n"), @r"
    f@1.0.0 Debug: 1234
    f@1.0.0 Info: 1234567890123456789012345678901234
    f@1.0.0 Error: 1234567890123456789012345678901234
    f@1.0.0 Warn: (message is not valid UTF-8)
    f@1.0.0 Warn: an instance may log 4 messages; further ones are dropped
    ");
}

#[cfg(feature = "debug-info")]
#[test]
fn code_with_debug_information_runs_only_where_it_is_read() {
    let (plain, reading) = (sandbox(), Sandbox::with_debug_info(small_limits(), None).expect("can be set up"));
    let component = Guest::new().build();
    let id = FunctionId::new("f", "1.0.0");
    let load = |from: &Sandbox, into: &Sandbox| {
        let code = from.compile(&id, &component, Target::ThisMachine).expect("compiles");
        let loaded = into.load(id.clone(), Code::AheadOfTime(TrustedCode::vouch_for(&code)));
        loaded.map_or_else(|error| error_chain(&error), |_| "loaded".to_owned())
    };
    assert_eq!(load(&plain, &plain), "loaded");
    assert_eq!(load(&reading, &reading), "loaded");
    for refused in [load(&reading, &plain), load(&plain, &reading)] {
        assert!(
            refused.starts_with("function f@1.0.0 failed to load: its ahead-of-time code cannot be used here"),
            "{refused}"
        );
    }
}
