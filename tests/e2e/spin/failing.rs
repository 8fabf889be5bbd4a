//! Functions that end: the instance goes with them, the app does not. And functions that have no time left.

use quidditch_tests::SpinApp;
use serde_json::{Value as Json, json};

use super::app::{Asking, Bundle, over_files};

fn filter(name: &str) -> Json {
    json!({ "query": { "wasm_udf": { "name": name, "parameters": { "minimum": 9e6 } } } })
}

#[test]
fn a_function_that_ends_takes_its_instance_along_and_nothing_else() {
    let bundle = Bundle::get();
    let mut options = over_files(bundle.store());
    options.arguments.extend(["--request-timeout".to_owned(), "2".to_owned()]);
    let asking = Asking::new(SpinApp::start(&bundle.app(), &options));
    for name in ["traps", "overflows_its_stack", "eats_memory"] {
        let (status, answer) = asking.search("cities", &filter(name));
        assert_eq!((status, answer), (500, json!("no answer")), "{name}");
        let (status, answer) = asking.search("cities", &filter("well_behaved"));
        assert_eq!(status, 200, "after {name}: {answer:#}");
    }
}

#[test]
fn functions_get_no_more_time_than_they_may_have() {
    let bundle = Bundle::get();
    let mut options = over_files(bundle.store());
    options.variables.push(("function_time_ms", "0".to_owned()));
    let asking = Asking::new(SpinApp::start(&bundle.app(), &options));
    let (status, answer) = asking.search("cities", &filter("well_behaved"));
    let cause = &answer["error"]["failed_shards"][0]["reason"]["caused_by"];
    insta::assert_snapshot!(format!("{status} {cause}"), @r#"400 {"type":"function_timed_out_exception","reason":"the function was stopped: the functions of one request share a budget of 0 ms"}"#);
}
