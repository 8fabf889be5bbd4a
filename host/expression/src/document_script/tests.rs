//! Scripts, and the documents that they produce. The expected results are those of OpenSearch 2.19.

use std::sync::Arc;
use std::time::Duration;

use quidditch_clock::{Clock, ManualClock};
use serde_json::json;

use super::*;

fn document() -> Json {
    json!({
        "n": 1, "f": 1.5, "big": 5_000_000_000_i64, "s": "ab", "tags": ["a", "b"], "o": {"x": 1, "y": {"z": 2}}, "nul": null,
        "l": [1, 2, 3],
    })
}

fn object(json: Json) -> Map<String, Json> {
    let Json::Object(object) = json else { panic!("{json} is not an object") };
    object
}

fn run_within(source: &str, params: Json, limits: ScriptLimits) -> Result<Json, String> {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
    let run = ScriptRun::new(clock, Arc::new(Budget::new(Duration::from_secs(1))));
    let ctx = object(json!({ "op": "index", "_id": "7", "_now": 1_000, "_source": document() }));
    let shown = |error: FunctionError| match error.cause {
        Cause::Script(failure) => {
            let phase = if error.phase == FailurePhase::Bind { "compile" } else { "run" };
            format!("{phase} at {}: {}: {}", failure.offset, failure.kind, failure.reason)
        }
        cause => cause.to_string(),
    };
    let script = DocumentScript::compile(Language::Painless, source, limits).map_err(shown)?;
    script.run(&object(params), &ctx, &run).map(Json::Object).map_err(shown)
}

fn ctx(source: &str) -> Json {
    run_within(source, json!({}), ScriptLimits::default()).unwrap_or_else(|error| panic!("{source}: {error}"))
}

/// The document afterwards, of which only what has changed is returned.
fn changed(source: &str, params: Json) -> Json {
    let ctx = run_within(source, params, ScriptLimits::default()).unwrap_or_else(|error| panic!("{source}: {error}"));
    let (before, mut after) = (document(), ctx["_source"].clone());
    let entries = after.as_object_mut().expect("an object");
    entries.retain(|key, value| before.get(key) != Some(value));
    after
}

fn error(source: &str) -> String {
    run_within(source, json!({"k": 1}), ScriptLimits::default()).expect_err(source)
}

#[test]
fn numbers_keep_their_types() {
    assert_eq!(changed("ctx._source.n += params.k", json!({"k": 4})), json!({"n": 5}));
    assert_eq!(changed("ctx._source.n += params.k", json!({"k": 4.5})), json!({"n": 5}));
    assert_eq!(changed("ctx._source.n++", json!({})), json!({"n": 2}));
    assert_eq!(changed("ctx._source.x = ctx._source.n++ + ++ctx._source.n", json!({})), json!({"n": 3, "x": 4}));
    assert_eq!(changed("ctx._source.n = 2147483647; ctx._source.n++", json!({})), json!({"n": -2_147_483_648_i64}));
    assert_eq!(
        changed("ctx._source.f -= 1; ctx._source.big *= 2", json!({})),
        json!({"f": 0.5, "big": 10_000_000_000_i64})
    );
    assert_eq!(changed("ctx._source.s += 1", json!({})), json!({"s": "ab1"}));
    assert_eq!(
        changed("ctx._source.d = 1.0; ctx._source.g = 0.1f; ctx._source.h = 5L", json!({})),
        json!({"d": 1.0, "g": 0.1, "h": 5})
    );
}

#[test]
fn lists_are_changed() {
    for (source, list) in [
        ("ctx._source.l.add(4)", json!([1, 2, 3, 4])),
        ("ctx._source.l.add(1, 99); ctx._source.l.set(0, 5)", json!([5, 99, 2, 3])),
        ("ctx._source.l.remove(1)", json!([1, 3])),
        ("ctx._source.l.remove(ctx._source.l.indexOf(3))", json!([1, 2])),
        ("ctx._source.l.removeAll([1, 2])", json!([3])),
        ("ctx._source.l.retainAll([1, 2])", json!([1, 2])),
        ("ctx._source.l.removeIf(x -> x > 1 && x != ctx._source.big)", json!([1])),
        ("ctx._source.l.removeIf((x) -> x == 1)", json!([2, 3])),
        ("ctx._source.l[0] = 9; ctx._source.l[-1] = 8", json!([9, 2, 8])),
        ("ctx._source.l.0 = 9", json!([9, 2, 3])),
        ("ctx._source.l.clear()", json!([])),
        ("List l = ctx._source.l; l.addAll(l)", json!([1, 2, 3, 1, 2, 3])),
        ("ctx._source.l = ctx._source.l.subList(0, 1); ctx._source.l.add('q')", json!([1, "q"])),
        ("ctx._source.l = new ArrayList(); for (t in ctx._source.tags) { ctx._source.l.add(t) }", json!(["a", "b"])),
        ("for (int i = 0; i < 2; i++) { if (i == 1) continue; ctx._source.l.add(i) }", json!([1, 2, 3, 0])),
        ("while (true) { if (ctx._source.l.size() > 4) break; ctx._source.l.add(0) }", json!([1, 2, 3, 0, 0])),
        ("if (ctx._source.l.contains(2)) { return } ctx._source.l.clear()", json!([1, 2, 3])),
    ] {
        assert_eq!(ctx(source)["_source"]["l"], list, "{source}");
    }
}

#[test]
fn maps_are_changed() {
    for (source, expected) in [
        ("ctx._source.o.y.z = [1, 2]; ctx._source.o.w = ['a': 1]", json!({"x": 1, "y": {"z": [1, 2]}, "w": {"a": 1}})),
        ("ctx._source['o']['x'] = 'q'", json!({"x": "q", "y": {"z": 2}})),
        ("ctx._source.o.remove('x')", json!({"y": {"z": 2}})),
        ("ctx._source.o.putAll(['q': 1]); ctx._source.o.putIfAbsent('x', 4)", json!({"x": 1, "y": {"z": 2}, "q": 1})),
        ("Map m = ctx._source.o; m.put('n', m.getOrDefault('none', 5))", json!({"x": 1, "y": {"z": 2}, "n": 5})),
        ("for (e in ctx._source.o.entrySet()) { e.setValue(7) }", json!({"x": 7, "y": 7})),
        ("for (e in ctx._source.o.entrySet()) { ctx._source.o = [e.key: e.value] }", json!({"y": {"z": 2}})),
        ("ctx._source.o = new HashMap(); ctx._source.o.k = ctx._source.containsKey('n')", json!({"k": true})),
        ("ctx._source.o = ['k': ctx._source.nosuch?.name]", json!({"k": null})),
        ("ctx._source.o.x = ctx._source.o.keySet().contains('x') ? 'yes' : 'no'", json!({"x": "yes", "y": {"z": 2}})),
    ] {
        assert_eq!(ctx(source)["_source"]["o"], expected, "{source}");
    }
    assert!(ctx("ctx._source.remove('n')")["_source"].get("n").is_none());
}

#[test]
fn values_have_the_methods_of_other_scripts() {
    for (source, expected) in [
        ("ctx._source.s.toUpperCase() + '-' + Math.max(1, 2)", json!("AB-2.0")),
        ("String.join('-', ctx._source.tags)", json!("a-b")),
        ("ctx._source.s =~ /a/ && !(ctx._source.s ==~ /a/)", json!(true)),
        ("ctx._source.tags == ['a', 'b'] && ctx._source.o.y != ['z': 3]", json!(true)),
        ("ctx._source.o instanceof Map && ctx._source.l instanceof List", json!(true)),
        ("Instant.ofEpochMilli(ctx._now)", json!("1970-01-01T00:00:01.000Z")),
        ("Instant.ofEpochMilli(ctx._now).toString()", json!("1970-01-01T00:00:01Z")),
        ("ctx._source.nul ?: 'none'", json!("none")),
        ("(int) ctx._source.f", json!(1)),
        ("Double.NaN", json!("NaN")),
    ] {
        assert_eq!(ctx(&format!("ctx._source.value = {source}"))["_source"]["value"], expected, "{source}");
    }
}

#[test]
fn the_rest_of_ctx_is_changed_as_well() {
    assert_eq!(
        ctx("if (ctx._source.tags.contains('a')) { ctx.op = 'delete' } else { ctx.op = 'none' }")["op"],
        "delete"
    );
    assert_eq!(ctx("ctx._id = null; ctx.foo = 1")["_id"], Json::Null);
    assert_eq!(ctx("ctx._source = ['z': 1]")["_source"], json!({"z": 1}));
}

#[test]
fn integers_of_more_than_64_bits_are_copied() {
    let script = DocumentScript::compile(Language::Painless, "ctx.copy = ctx.big", ScriptLimits::default());
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
    let run = ScriptRun::new(clock, Arc::new(Budget::new(Duration::from_secs(1))));
    let ctx = object(json!({ "big": u64::MAX }));
    let ctx = script.expect("valid").run(&Map::new(), &ctx, &run).expect("it runs");
    assert_eq!(ctx["copy"], json!(u64::MAX));
}

#[test]
fn what_fails_says_where_and_why() {
    insta::assert_snapshot!(error("ctx._source.missing += 1"), @"run at 11: null_pointer_exception: cannot apply [+]: the left operand is null");
    insta::assert_snapshot!(error("ctx._source.tags.remove('a')"), @"run at 16: wrong_method_type_exception: cannot convert MethodHandle(List,int)Object to (Object,String)Object");
    insta::assert_snapshot!(error("ctx._source.l[5] = 9"), @"run at 13: index_out_of_bounds_exception: Index 5 out of bounds for length 3");
    insta::assert_snapshot!(error("ctx._source.x.y = 1"), @"run at 13: null_pointer_exception: cannot set [y]: the object is null");
    insta::assert_snapshot!(error("ctx._source.n += 'x'"), @"run at 11: class_cast_exception: cannot implicitly cast def [int] to java.lang.String");
    insta::assert_snapshot!(error("ctx._source.n /= 0"), @"run at 11: arithmetic_exception: / by zero");
    insta::assert_snapshot!(error("ctx._source.n.add(1)"), @"run at 13: illegal_argument_exception: dynamic method [java.lang.Integer, add/1] not found");
    insta::assert_snapshot!(error("ctx._source.self = ctx._source"), @"run at 0: illegal_argument_exception: Iterable object is self-referencing itself");
    insta::assert_snapshot!(error("ctx._source.i = (char) 'x'"), @"run at 0: illegal_argument_exception: cannot write xcontent for unknown value of type class java.lang.Character");
    insta::assert_snapshot!(error("params.k = 3"), @"run at 6: unsupported_operation_exception: the parameters of a script cannot be changed");
    insta::assert_snapshot!(error("int i = ctx._source.o"), @"run at 19: class_cast_exception: cannot implicitly cast def [java.util.HashMap] to int");
    insta::assert_snapshot!(error("for (x in ctx._source.o) { x.y = 1 }"), @"run at 21: illegal_argument_exception: Cannot iterate over [java.util.HashMap]");
}

#[test]
fn mistakes_are_found_before_the_script_runs() {
    insta::assert_snapshot!(error("ctx._source.x = foo"), @"compile at 16: illegal_argument_exception: cannot resolve symbol [foo]");
    insta::assert_snapshot!(error("ctx._source.x = doc['n'].value"), @"compile at 16: illegal_argument_exception: cannot resolve symbol [doc]");
    insta::assert_snapshot!(error("ctx._source.n"), @"compile at 11: illegal_argument_exception: not a statement: the result of the expression is not used");
    insta::assert_snapshot!(error("ctx._source.n = "), @"compile at 16: illegal_argument_exception: unexpected end of script.");
    insta::assert_snapshot!(error("return true"), @"compile at 7: class_cast_exception: Cannot cast from [def] to [void]: a script that changes documents returns nothing");
    insta::assert_snapshot!(error("break"), @"compile at 0: illegal_argument_exception: invalid break statement: not inside loop");
    insta::assert_snapshot!(error("def a = 1; def a = 2"), @"compile at 15: illegal_argument_exception: variable [a] is already defined");
    insta::assert_snapshot!(error("ctx._source?.x = 1"), @"compile at 11: illegal_argument_exception: invalid assignment: cannot assign a value to a null safe operation [?.]");
    insta::assert_snapshot!(error("ctx = [:]"), @"compile at 0: illegal_argument_exception: Variable [ctx] is read-only.");
    insta::assert_snapshot!(error("emit(1)"), @"compile at 0: illegal_argument_exception: Unknown call [emit] with [1] arguments.");
}

#[test]
fn what_is_left_out_is_named() {
    insta::assert_snapshot!(error("ctx._source.tags.stream()"), @"compile at 16: illegal_argument_exception: the method [stream] is not supported in scripts that change documents, see docs/functions/expressions.md");
    insta::assert_snapshot!(error("ctx._source.l.sort((a, b) -> b - a)"), @"compile at 13: illegal_argument_exception: the method [sort] is not supported in scripts that change documents, see docs/functions/expressions.md");
    insta::assert_snapshot!(error("ctx._source.l.removeIf(x -> { return true })"), @"compile at 23: illegal_argument_exception: a lambda with statements is not supported in scripts; a function in WebAssembly can do it, see docs/functions/expressions.md");
    insta::assert_snapshot!(error("ctx._source.x = new HashSet()"), @"compile at 16: illegal_argument_exception: a new [HashSet] is not supported in scripts that change documents, see docs/functions/expressions.md");
    insta::assert_snapshot!(error("void f() { return } f()"), @"compile at 0: illegal_argument_exception: the type [void] is not supported in scripts; a function in WebAssembly can do it, see docs/functions/expressions.md");
    insta::assert_snapshot!(error("int f() { return 1 } ctx._source.x = f()"), @"compile at 0: illegal_argument_exception: a function of the script's own ([f]) is not supported in scripts that change documents, see docs/functions/expressions.md");
    insta::assert_snapshot!(error("ctx._source.x = ctx._source.s === 'ab'"), @"compile at 27: illegal_argument_exception: the comparison of identities with [===] is not supported in scripts that change documents, see docs/functions/expressions.md");
    insta::assert_snapshot!(error("try { ctx.op = 'none' } catch (Exception e) { }"), @"compile at 0: illegal_argument_exception: an exception ([try]) is not supported in scripts; a function in WebAssembly can do it, see docs/functions/expressions.md");
}

#[test]
fn limits_hold() {
    let loops = |iterations| {
        let limits = ScriptLimits { iterations, ..ScriptLimits::default() };
        run_within("for (int i = 0; i < 3; i++) { ctx._source.n++ }", json!({}), limits)
    };
    assert!(loops(3).is_ok(), "at the limit");
    insta::assert_snapshot!(loops(2).expect_err("over it"), @"run at 0: painless_error: The maximum number of statements that can be executed in a loop has been reached. At most 2 iterations are allowed for a document");

    let does = |document_operations| {
        let limits = ScriptLimits { document_operations, ..ScriptLimits::default() };
        run_within("ctx._source.n = 2", json!({}), limits)
    };
    // The statement, the assignment, `ctx._source`, `ctx` and the number.
    assert!(does(5).is_ok(), "at the limit");
    insta::assert_snapshot!(does(4).expect_err("over it"), @"run at 16: painless_error: the script does too much: at most 4 operations are allowed for a document");

    let doubled = |times: usize| {
        let source = format!("for (int i = 0; i < {times}; i++) {{ ctx._source.l.addAll(ctx._source.l) }}");
        run_within(&source, json!({}), ScriptLimits::default())
    };
    assert!(doubled(10).is_ok());
    insta::assert_snapshot!(doubled(30).expect_err("too large"), @"run at 44: illegal_argument_exception: the strings, lists and maps of the script are too large: at most 16777216 bytes are allowed for a document");
    let shared = "for (int i = 0; i < 40; i++) { ctx._source.l = [ctx._source.l, ctx._source.l] }";
    insta::assert_snapshot!(error(shared), @"run at 0: illegal_argument_exception: the strings, lists and maps of the script are too large: at most 16777216 bytes are allowed for a document");
}
