//! Functions that end or never end: the instance goes with them, the app does not.

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
