//! Whose user functions the search function runs. It has no compiler, so it runs native code only.

use quidditch_tests::{CITIES_MAPPING, LambdaFunction, LambdaProcess, LambdaStore, component};
use serde_json::json;

/// The number of hits, or the type and reason of the error.
fn searched(process: &LambdaProcess, name: &str) -> String {
    let function = json!({ "name": name, "parameters": { "field": "population", "min": 1 } });
    let (status, answer) = process.search("cities", &json!({ "query": { "wasm_udf": function } }));
    if status == 200 {
        return format!("{} hits", answer["hits"]["total"]["value"]);
    }
    let cause = &answer["error"]["failed_shards"][0]["reason"]["caused_by"];
    format!("{status} {}: {}", cause["type"].as_str().unwrap_or_default(), cause["reason"].as_str().unwrap_or_default())
}

#[test]
fn only_code_that_a_trusted_key_has_signed_runs() {
    let (store, keys) = (LambdaStore::new(), tempfile::tempdir().expect("a folder"));
    store.add("cities", CITIES_MAPPING, b"{\"name\": \"Berlin\", \"population\": 3644826}\n");
    let keys = keys.path().to_str().expect("UTF-8");
    let number_range = component("number_range");
    store.publish("unsigned", &number_range, &["--keys", keys]);
    store.succeed(&["key", "new", "--keys", keys]);
    store.publish("others/signed", &number_range, &["--keys", keys]);
    store.publish("signed", &number_range, &[]);

    let untrusted = "400 untrusted_function_exception: its ahead-of-time code is not signed by a trusted key, and this program cannot compile components";
    let process = store.start(LambdaFunction::Search, &[]);
    assert_eq!(searched(&process, "signed"), "1 hits");
    assert_eq!(searched(&process, "unsigned"), untrusted);
    assert_eq!(searched(&process, "others/signed"), untrusted);

    let process = store.start(LambdaFunction::Search, &[("QUIDDITCH_UNSIGNED_CODE", "true")]);
    for name in ["signed", "unsigned", "others/signed"] {
        assert_eq!(searched(&process, name), "1 hits", "{name}");
    }
    let strict = [("QUIDDITCH_UNSIGNED_CODE", "true"), ("QUIDDITCH_REQUIRE_SIGNATURES", "true")];
    let process = store.start(LambdaFunction::Search, &strict);
    assert_eq!(searched(&process, "signed"), "1 hits");
    let refused = "400 untrusted_function_exception: it is not signed by a trusted key";
    assert_eq!(searched(&process, "unsigned"), refused);
    assert_eq!(searched(&process, "others/signed"), refused);
}
