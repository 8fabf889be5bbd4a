//! The report for authors.

use std::sync::Arc;

use quidditch_function::{FunctionId, Loader, Target};
use quidditch_sandbox::{Level, LogSink, Report, Sandbox, SandboxLimits};

use crate::documents::{load, message, sandbox, small_limits, still_works, with_limits};
use quidditch_test_guests::{Guest, KEEP, LOG};

fn findings(report: &Report) -> String {
    report.findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn check(component: &[u8]) -> String {
    let sandbox = sandbox();
    let report = sandbox.check(component);
    let error = sandbox.compile(&FunctionId::new("f", "1.0.0"), component, Target::ThisMachine).err();
    assert_eq!(report.findings.is_empty(), error.is_none(), "a component that cannot be compiled has findings");
    findings(&report)
}

#[test]
fn a_good_function_has_no_findings() {
    let mut component = Guest::new().with("imports", LOG).build();
    for (name, text) in [("version", "1.2.3"), ("authors", "A, B"), ("licenses", "Apache-2.0")] {
        append_section(&mut component, name, text.as_bytes());
    }
    let report = sandbox().check(&component);
    assert_eq!(findings(&report), "");
    assert_eq!(report.size, component.len());
    assert_eq!(report.imports, ["quidditch:udf/log@0.2.0", "quidditch:udf/types@0.2.0"]);
    assert_eq!(report.exports.len(), 3);
    assert_eq!(report.package.version.as_deref(), Some("1.2.3"));
    assert_eq!(report.package.about.authors.as_deref(), Some("A, B"));
    assert_eq!(report.package.about.licence.as_deref(), Some("Apache-2.0"));
    let metadata = report.metadata.expect("the metadata was read");
    assert_eq!((metadata.summary.as_str(), metadata.parameters.len()), ("keeps large values", 1));
}

/// A custom section: id 0, size, name, data; all shorter than 128 bytes.
fn append_section(component: &mut Vec<u8>, name: &str, data: &[u8]) {
    component.extend([0, (1 + name.len() + data.len()) as u8, name.len() as u8]);
    component.extend(name.as_bytes());
    component.extend(data);
}

#[test]
fn a_core_module_must_be_converted_to_a_component() {
    insta::assert_snapshot!(check(&Guest::new().module()), @"it is a core module, not a component (convert it with `wasm-tools component new MODULE.wasm -o FUNCTION.wasm`)");
}

#[test]
fn bytes_that_are_not_a_component() {
    insta::assert_snapshot!(check(b"garbage!"), @"it is not WebAssembly (a WebAssembly file begins with the bytes 00 61 73 6d)");
    insta::assert_snapshot!(check(b""), @"it is not WebAssembly (a WebAssembly file begins with the bytes 00 61 73 6d)");
    let component = Guest::new().build();
    for end in [9, component.len() / 2, component.len() - 1] {
        let findings = check(&component[..end]);
        assert!(findings.starts_with("it is not a valid component: "), "cut at {end}: {findings}");
    }
}

#[test]
fn a_component_with_an_invalid_module() {
    let component = wat::parse_str(
        r#"(component
            (core module $m (func (export "f") (result i32)))
            (import "wasi:clocks/wall-clock@0.2.0" (instance)))"#,
    );
    insta::assert_snapshot!(check(&component.expect("is text")), @r"
    it imports `wasi:clocks/wall-clock@0.2.0`, which is not available to functions (Rust: build for wasm32-unknown-unknown; Python, JavaScript: componentize with --stub-wasi)
    it does not export `quidditch:udf/metadata@0.2.0` (build it against one of the worlds of the package quidditch:udf)
    it exports none of `quidditch:udf/filter@0.2.0`, `quidditch:udf/scorer@0.2.0` and `quidditch:udf/values@0.2.0` (build it against one of the worlds of the package quidditch:udf)
    it is rejected by wasmtime: failed to compile: wasm[0]::function[0]: WebAssembly translation error: Invalid input WebAssembly code at offset 41: type mismatch: expected i32 but nothing on stack
    ");
}

#[test]
fn all_findings_are_reported_together() {
    let component = wat::parse_str(
        r#"(component
            (import "wasi:clocks/wall-clock@0.2.0" (instance))
            (import "wasi:io/poll@0.2.0" (instance))
            (import "quidditch:udf/log@0.1.0" (instance))
            (import "my:own/things" (instance)))"#,
    );
    let component = component.expect("is valid");
    insta::assert_snapshot!(check(&component), @r"
    it imports `wasi:clocks/wall-clock@0.2.0`, which is not available to functions (Rust: build for wasm32-unknown-unknown; Python, JavaScript: componentize with --stub-wasi)
    it imports `wasi:io/poll@0.2.0`, which is not available to functions (Rust: build for wasm32-unknown-unknown; Python, JavaScript: componentize with --stub-wasi)
    it imports `quidditch:udf/log@0.1.0`, which is not available to functions (rebuild it against quidditch:udf@0.2.0)
    it imports `my:own/things`, which is not available to functions (a function may import only `quidditch:udf/log@0.2.0` and `quidditch:udf/types@0.2.0`)
    it does not export `quidditch:udf/metadata@0.2.0` (build it against one of the worlds of the package quidditch:udf)
    it exports none of `quidditch:udf/filter@0.2.0`, `quidditch:udf/scorer@0.2.0` and `quidditch:udf/values@0.2.0` (build it against one of the worlds of the package quidditch:udf)
    ");
    let error =
        sandbox().compile(&FunctionId::new("f", "1.0.0"), &component, Target::ThisMachine).expect_err("is rejected");
    assert_eq!(message(&error).matches("it imports").count(), 4);
}

#[test]
fn a_function_for_another_version_of_the_contract() {
    insta::assert_snapshot!(check(&Guest::new().with_contract("udf@0.2.0", "udf@0.1.0").build()), @r"
    it imports `quidditch:udf/types@0.1.0`, which is not available to functions (rebuild it against quidditch:udf@0.2.0)
    it does not export `quidditch:udf/metadata@0.2.0` (it exports `quidditch:udf/metadata@0.1.0`: rebuild it against quidditch:udf@0.2.0)
    it exports none of `quidditch:udf/filter@0.2.0`, `quidditch:udf/scorer@0.2.0` and `quidditch:udf/values@0.2.0` (it exports `quidditch:udf/filter@0.1.0`: rebuild it against quidditch:udf@0.2.0)
    ");
}

#[test]
fn a_function_with_other_types() {
    let component = Guest::new().with_contract("needs-score: func() -> bool", "needs-score: func() -> u32").build();
    let report = sandbox().check(&component);
    insta::assert_snapshot!(findings(&report), @"its exports do not have the types of the contract: failed to convert function to given type: type mismatch with results: expected `bool` found `u32`");
    let component = Guest::new().with_contract("codes: list<u32>", "codes: list<s32>").build();
    let report = sandbox().check(&component);
    insta::assert_snapshot!(findings(&report), @"its exports do not have the types of the contract: failed to convert function to given type: type mismatch with parameters: type mismatch for field columns: type mismatch for field values: type mismatch for case texts: type mismatch for field codes: expected `u32` found `s32`");
}

#[test]
fn metadata_that_fails_or_exceeds_limits() {
    let sandbox = sandbox();
    let findings = |guest: &Guest| findings(&sandbox.check(&guest.build()));
    insta::assert_snapshot!(findings(&Guest::new().with("summary", "unreachable")), @"the function trapped: it aborted: an `unreachable` instruction was executed");
    let guest = Guest::new().with("summary", "(call $list (i32.const 4096) (i32.const 1001))").with(
        "parameters",
        "(i32.store offset=4 (i32.const 1248) (i32.const 65)) (call $list (i32.const 1248) (i32.const 1))",
    );
    insta::assert_snapshot!(findings(&guest), @r"
    its summary has 1001 bytes; at most 1000 are allowed
    the name of parameter 0 has 65 bytes; at most 64 are allowed
    ");
}

#[test]
fn a_component_that_is_too_large_is_not_compiled() {
    let component = Guest::new().build();
    let sandbox = with_limits(SandboxLimits { component_bytes: 100, ..small_limits() });
    let report = sandbox.check(&component);
    assert_eq!(report.findings.len(), 1);
    assert!(report.metadata.is_none());
    assert_eq!(report.exports.len(), 3, "what can be read without compiling is told");
}

/// A filter that stores its argument where every bound filter finds it.
fn filter_with_a_global() -> Guest {
    let keep = KEEP.replace("(f64.load (local.get $self))", "(global.get $minimum)");
    Guest::new()
        .with("items", "(global $minimum (mut f64) (f64.const 0))")
        .with(
            "bind",
            "(global.set $minimum (f64.load offset=16 (local.get $arguments)))
             (call $ok_handle (call $new_filter (i32.const 1)))",
        )
        .with("keep", keep)
}

#[test]
fn a_filter_that_keeps_its_arguments_in_a_global_is_rejected() {
    let component = filter_with_a_global().build();
    let sandbox = sandbox();
    insta::assert_snapshot!(findings(&sandbox.check(&component)), @"binding it twice in one instance changes its results (keep all state of a bound function in its resource, and none in globals)");
    // Functions that are already published can still be loaded.
    let function = load(&sandbox, &filter_with_a_global()).expect("loads");
    let error = function.check_independence().expect_err("is rejected");
    insta::assert_snapshot!(message(&error), @"function f@1.0.0 failed to load: binding it twice in one instance changes its results (keep all state of a bound function in its resource, and none in globals)");
    still_works(&sandbox);
}

#[test]
fn a_function_that_can_be_bound_only_once_is_rejected() {
    let items = "(global $bound (mut i32) (i32.const 0))";
    let second = |code: &str| format!("(if (global.get $bound) (then {code})) (global.set $bound (i32.const 1))");
    let rejection = |code: &str| {
        let bind_scorer = format!("{} (call $ok_handle (call $new_scorer (i32.const 1)))", second(code));
        findings(&sandbox().check(&Guest::new().with("items", items).with("bind_scorer", bind_scorer).build()))
    };
    let error = "(return (call $error (i32.const 1) (i32.const 1200) (i32.const 5)))";
    insta::assert_snapshot!(rejection(error), @"binding it twice in one instance fails: keeps (keep all state of a bound function in its resource, and none in globals)");
    insta::assert_snapshot!(rejection("unreachable"), @"binding it twice in one instance fails: the function trapped: it aborted: an `unreachable` instruction was executed (keep all state of a bound function in its resource, and none in globals)");
}

#[test]
fn a_filter_and_a_scorer_that_share_a_global_are_rejected() {
    // The scores are the number of bound filters.
    let count = "(global.set $count (i32.add (global.get $count) (i32.const 1)))";
    let bind_filter = format!("{count} (call $ok_handle (call $new_filter (i32.const 3072)))");
    let score = "
        (local.set $given (call $allocate (i32.const 0) (i32.const 0) (i32.const 4) (i32.shl (local.get $len) (i32.const 2))))
        (block $done
          (loop $next
            (br_if $done (i32.ge_u (local.get $i) (local.get $len)))
            (f32.store
              (i32.add (local.get $given) (i32.shl (local.get $i) (i32.const 2)))
              (f32.convert_i32_u (global.get $count)))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br $next)))
        (call $ok_list (local.get $given) (local.get $len))";
    let guest = Guest::new()
        .with("items", "(global $count (mut i32) (i32.const 0))")
        .with("bind", bind_filter)
        .with("score", score);
    insta::assert_snapshot!(findings(&sandbox().check(&guest.build())), @"binding it twice in one instance changes its results (keep all state of a bound function in its resource, and none in globals)");
}

#[test]
fn a_resource_must_survive_the_drop_of_another_one() {
    // Every drop overwrites the minimum of the last bound filter.
    let items = r#"(func (export "quidditch:udf/filter@0.2.0#[dtor]bound-filter") (param i32)
        (f64.store (global.get $last) (f64.const 1000)))"#;
    insta::assert_snapshot!(findings(&sandbox().check(&Guest::new().with("items", items).build())), @"binding it twice in one instance changes its results (keep all state of a bound function in its resource, and none in globals)");
}

#[test]
fn a_function_that_loops_or_rejects_all_samples_is_not_rejected() {
    for code in
        ["(loop $endless (br $endless)) unreachable", "(call $error (i32.const 0) (i32.const 1200) (i32.const 5))"]
    {
        assert_eq!(findings(&sandbox().check(&Guest::new().with("bind", code).with("bind_scorer", code).build())), "");
    }
}

#[test]
fn the_check_of_independence_does_not_log() {
    let guest = Guest::new().with("imports", LOG).with(
        "columns",
        "(call $log (i32.const 2) (i32.const 1200) (i32.const 5)) (call $list (i32.const 1024) (i32.const 1))",
    );
    struct Fails;
    impl LogSink for Fails {
        fn log(&self, _: &FunctionId, _: Level, message: &str) {
            panic!("logged: {message}");
        }
    }
    let sandbox = Sandbox::new(small_limits(), Some(Arc::new(Fails))).expect("the sandbox can be set up");
    assert_eq!(findings(&sandbox.check(&guest.build())), "");
}

#[test]
fn the_example_custom_score_can_be_bound_any_number_of_times() {
    let text = include_str!("../../../../udfs/examples/custom_score/custom_score.wat");
    let check = |text: &str| findings(&sandbox().check(&wat::parse_str(text).expect("the example is valid")));
    assert_eq!(check(text), "");
    // The check is able to see the difference.
    let allocated = "(call $allocate (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 48))";
    assert!(text.contains(allocated));
    insta::assert_snapshot!(check(&text.replace(allocated, "(i32.const 1024)")), @"binding it twice in one instance changes its results (keep all state of a bound function in its resource, and none in globals)");
}
