//! The report for authors.

use quidditch_function::{FunctionId, Loader, Target};
use quidditch_sandbox::{Report, SandboxLimits};

use crate::documents::{message, sandbox, small_limits, with_limits};
use quidditch_test_guests::{Guest, LOG};

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
    assert_eq!(report.imports, ["quidditch:udf/log@0.1.0", "quidditch:udf/types@0.1.0"]);
    assert_eq!(report.exports.len(), 3);
    assert_eq!(report.package.version.as_deref(), Some("1.2.3"));
    assert_eq!(report.package.authors.as_deref(), Some("A, B"));
    assert_eq!(report.package.licenses.as_deref(), Some("Apache-2.0"));
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
    it does not export `quidditch:udf/metadata@0.1.0` (build it against one of the worlds of the package quidditch:udf)
    it exports neither `quidditch:udf/filter@0.1.0` nor `quidditch:udf/scorer@0.1.0` (build it against one of the worlds of the package quidditch:udf)
    it is rejected by wasmtime: failed to compile: wasm[0]::function[0]: WebAssembly translation error: Invalid input WebAssembly code at offset 41: type mismatch: expected i32 but nothing on stack
    ");
}

#[test]
fn all_findings_are_reported_together() {
    let component = wat::parse_str(
        r#"(component
            (import "wasi:clocks/wall-clock@0.2.0" (instance))
            (import "wasi:io/poll@0.2.0" (instance))
            (import "quidditch:udf/log@0.2.0" (instance))
            (import "my:own/things" (instance)))"#,
    );
    let component = component.expect("is valid");
    insta::assert_snapshot!(check(&component), @r"
    it imports `wasi:clocks/wall-clock@0.2.0`, which is not available to functions (Rust: build for wasm32-unknown-unknown; Python, JavaScript: componentize with --stub-wasi)
    it imports `wasi:io/poll@0.2.0`, which is not available to functions (Rust: build for wasm32-unknown-unknown; Python, JavaScript: componentize with --stub-wasi)
    it imports `quidditch:udf/log@0.2.0`, which is not available to functions (build it against quidditch:udf@0.1.0)
    it imports `my:own/things`, which is not available to functions (a function may import only `quidditch:udf/log@0.1.0` and `quidditch:udf/types@0.1.0`)
    it does not export `quidditch:udf/metadata@0.1.0` (build it against one of the worlds of the package quidditch:udf)
    it exports neither `quidditch:udf/filter@0.1.0` nor `quidditch:udf/scorer@0.1.0` (build it against one of the worlds of the package quidditch:udf)
    ");
    let error =
        sandbox().compile(&FunctionId::new("f", "1.0.0"), &component, Target::ThisMachine).expect_err("is rejected");
    assert_eq!(message(&error).matches("it imports").count(), 4);
}

#[test]
fn a_function_for_another_version_of_the_contract() {
    insta::assert_snapshot!(check(&Guest::new().with_contract("udf@0.1.0", "udf@0.2.0").build()), @r"
    it imports `quidditch:udf/types@0.2.0`, which is not available to functions (build it against quidditch:udf@0.1.0)
    it does not export `quidditch:udf/metadata@0.1.0` (it exports `quidditch:udf/metadata@0.2.0`: build it against quidditch:udf@0.1.0)
    it exports neither `quidditch:udf/filter@0.1.0` nor `quidditch:udf/scorer@0.1.0` (it exports `quidditch:udf/filter@0.2.0`: build it against quidditch:udf@0.1.0)
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
