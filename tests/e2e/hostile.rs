//! Hostile functions: each fails its request with the documented error, and does not affect other requests.

use std::time::Duration;

use quidditch_tests::Installation;
use serde_json::{Value as Json, json};

use quidditch_test_guests::Guest;

/// Builds a guest.
type BuildGuest = fn() -> Guest;

/// Functions by name. All but the first are hostile.
pub(crate) const GUESTS: &[(&str, BuildGuest)] = &[
    ("well_behaved", Guest::new),
    ("refuses", || {
        let message = r#"(data (i32.const 2000) "parameter [minimum] must be a round number")"#;
        Guest::new().with("items", message).with("bind", "(call $error (i32.const 0) (i32.const 2000) (i32.const 42))")
    }),
    ("fails", || {
        let message = r#"(data (i32.const 2000) "no more patience")"#;
        Guest::new().with("items", message).with("keep", "(call $error (i32.const 1) (i32.const 2000) (i32.const 16))")
    }),
    ("loops", || Guest::new().with("keep", LOOP).with("score", LOOP)),
    ("loops_in_bind", || Guest::new().with("bind", LOOP)),
    ("traps", || Guest::new().with("keep", "unreachable").with("score", "unreachable")),
    ("overflows_its_stack", || {
        Guest::new()
            .with("items", "(func $deeper (result i32) (i32.add (call $deeper) (i32.const 1)))")
            .with("keep", "(call $deeper)")
    }),
    ("eats_memory", || {
        Guest::new()
            .with("keep", "(loop $more (br_if $more (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) unreachable")
    }),
    ("gives_too_few", || Guest::new().with("keep", TOO_FEW).with("score", TOO_FEW)),
    ("gives_nan", || Guest::new().with("score", NAN)),
    ("computes_nan", || {
        Guest::new().for_world("filter-scorer-and-values-udf").with("items", NAN_AT_2240).with("compute", COMPUTE_NAN)
    }),
];

const NAN_AT_2240: &str = r#"(data (i32.const 2240) "\00\00\00\00\00\00\f8\7f")"#;
/// Floats without starts.
const COMPUTE_NAN: &str =
    "(call $ok_column (i32.const 2) (i32.const 2240) (local.get $len) (i32.const 8) (i32.const 0))";

const LOOP: &str = "(loop $for_ever (br $for_ever)) unreachable";
const TOO_FEW: &str = "(call $ok_list (i32.const 4096) (i32.sub (local.get $len) (i32.const 1)))";
/// Scores every document with NaN: all bits set.
const NAN: &str = r"
    (local.set $given (call $allocate (i32.const 0) (i32.const 0) (i32.const 4) (i32.shl (local.get $len) (i32.const 2))))
    (memory.fill (local.get $given) (i32.const 255) (i32.shl (local.get $len) (i32.const 2)))
    (call $ok_list (local.get $given) (local.get $len))";

/// The documents that the functions are called with.
const DOCUMENTS: &str = r#"{"_id": "a", "population": 1}
{"_id": "b", "population": 2}
{"_id": "c", "population": 3}"#;

fn filter(name: &str) -> Json {
    json!({ "query": { "wasm_udf": { "name": name, "parameters": { "minimum": 2 } } } })
}

fn scorer(name: &str) -> Json {
    let function = json!({ "name": name, "parameters": { "minimum": 2 } });
    json!({ "query": { "script_score": { "query": { "match_all": {} }, "wasm_udf": function } } })
}

fn values(name: &str) -> Json {
    let function = json!({ "name": name, "parameters": { "minimum": 2 } });
    json!({
        "derived": { "v": { "type": "double", "wasm_udf": function } },
        "query": { "exists": { "field": "v" } },
    })
}

/// The innermost cause of a failed function: `type: reason`.
fn cause(installation: &Installation, body: &Json) -> String {
    let (status, response) = installation.search("places", body);
    assert_eq!(status, 400, "{response:#}");
    let exception = &response["error"]["failed_shards"][0]["reason"];
    assert_eq!(exception["type"], "script_exception");
    assert_eq!(response["error"]["root_cause"][0]["type"], "script_exception");
    let cause = &exception["caused_by"];
    format!("{}: {}", cause["type"].as_str().expect("a type"), cause["reason"].as_str().expect("a reason"))
}

#[test]
fn failures_are_reported_and_do_not_affect_later_requests() {
    let installation = Installation::new(Duration::from_millis(200));
    installation.create_index("places", r#"{"properties": {"population": {"type": "long"}}}"#);
    installation.add("places", DOCUMENTS.as_bytes());
    for (name, guest) in GUESTS {
        installation.publish(name, guest().build().into());
    }
    let other_roles = ["well_behaved", "gives_nan", "computes_nan"];
    let misbehaving = || GUESTS.iter().map(|(name, _)| *name).filter(|name| !other_roles.contains(name));
    let all = |installation: &Installation| {
        let filters = misbehaving().map(|name| format!("{name}: {}", cause(installation, &filter(name))));
        let scorers = ["loops", "traps", "gives_too_few", "gives_nan"];
        let scorers = scorers.iter().map(|name| format!("{name} (scorer): {}", cause(installation, &scorer(name))));
        let values = [format!("computes_nan (values): {}", cause(installation, &values("computes_nan")))];
        filters.chain(scorers).chain(values).collect::<Vec<String>>().join("\n")
    };
    let first = all(&installation);
    insta::assert_snapshot!(first, @r"
    refuses: illegal_argument_exception: parameter [minimum] must be a round number
    fails: function_failed_exception: no more patience
    loops: function_timed_out_exception: the function was stopped: the functions of one request share a budget of 200 ms
    loops_in_bind: function_timed_out_exception: the function was stopped: the functions of one request share a budget of 200 ms
    traps: function_trapped_exception: the function trapped: it aborted: an `unreachable` instruction was executed
    overflows_its_stack: function_trapped_exception: the function trapped: stack overflow
    eats_memory: function_out_of_memory_exception: the function ran out of memory: it requested 67174400 bytes; at most 67108864 are allowed
    gives_too_few: invalid_function_answer_exception: the function returned 2 results for 3 documents
    loops (scorer): function_timed_out_exception: the function was stopped: the functions of one request share a budget of 200 ms
    traps (scorer): function_trapped_exception: the function trapped: it aborted: an `unreachable` instruction was executed
    gives_too_few (scorer): invalid_function_answer_exception: the function returned 2 results for 3 documents
    gives_nan (scorer): illegal_argument_exception: script_score script returned an invalid score [NaN] for document [a]: must be a finite non-negative number
    computes_nan (values): invalid_function_answer_exception: invalid value [NaN] for document [a]: must be a finite number
    ");
    for _ in 1..100 {
        assert_eq!(all(&installation), first);
        let (status, response) = installation.search("places", &filter("well_behaved"));
        assert_eq!(status, 200, "{response:#}");
        assert_eq!(response["hits"]["total"]["value"], 2);
    }
}
