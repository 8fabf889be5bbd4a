//! Functions that trap or never return, which ends their instance but not the app, and functions that run out of time.

use quidditch_tests::SpinApp;
use serde_json::{Value as Json, json};

use super::app::{AppClient, Bundle, over_files};

fn filter(name: &str) -> Json {
    json!({ "query": { "wasm_udf": { "name": name, "parameters": { "minimum": 9e6 } } } })
}

#[test]
fn a_trap_ends_only_its_instance() {
    let bundle = Bundle::get();
    let mut options = over_files(bundle.store());
    options.arguments.extend(["--request-timeout".to_owned(), "2".to_owned()]);
    let client = AppClient::new(SpinApp::start(&bundle.app(), &options));
    for name in ["traps", "overflows_its_stack", "eats_memory"] {
        let (status, answer) = client.search("cities", &filter(name));
        assert_eq!((status, answer), (500, json!("no answer")), "{name}");
        let (status, answer) = client.search("cities", &filter("well_behaved"));
        assert_eq!(status, 200, "after {name}: {answer:#}");
    }
}

#[test]
fn a_function_that_never_returns_ends_only_its_instance() {
    let bundle = Bundle::get();
    let client = AppClient::new(SpinApp::start(&bundle.app(), &over_files(bundle.store())));
    for name in ["loops", "loops_in_bind"] {
        let (status, answer) = client.search("cities", &filter(name));
        assert_eq!((status, answer), (500, json!("no answer")), "{name}");
        let (status, answer) = client.search("cities", &filter("well_behaved"));
        assert_eq!(status, 200, "after {name}: {answer:#}");
    }
}

#[test]
fn functions_that_exceed_their_time_are_stopped() {
    let bundle = Bundle::get();
    let mut options = over_files(bundle.store());
    options.variables.push(("function_time_ms", "0".to_owned()));
    let client = AppClient::new(SpinApp::start(&bundle.app(), &options));
    let (status, answer) = client.search("cities", &filter("well_behaved"));
    let cause = &answer["error"]["failed_shards"][0]["reason"]["caused_by"];
    insta::assert_snapshot!(format!("{status} {cause}"), @r#"400 {"type":"function_timed_out_exception","reason":"the function was stopped: the functions of one request share a budget of 0 ms"}"#);
}
