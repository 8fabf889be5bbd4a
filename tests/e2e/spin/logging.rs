//! Log messages of functions are written to the app's log, within limits.

use quidditch_tests::{Quidditch, SpinApp};
use serde_json::{Value as Json, json};

use super::app::{AppClient, over_files};
use quidditch_test_guests::{Guest, LOG};

/// Maximum size of a message in bytes; longer ones are truncated.
const MESSAGE_BYTES: usize = 2_000;
/// Maximum number of messages, and of errors, of a function in one instance.
const MESSAGES: usize = 100;

fn filter(name: &str) -> Json {
    json!({ "query": { "wasm_udf": { "name": name, "parameters": { "minimum": 2 } } } })
}

/// A function that makes these calls whenever it is bound.
fn that_logs(calls: &str, items: &str) -> Vec<u8> {
    let columns = format!("{calls} (call $list (i32.const 1024) (i32.const 1))");
    Guest::new().with("imports", LOG).with("items", items).with("columns", columns).build()
}

/// An app with these functions and an index with one document, and the folder that contains all this.
fn app(functions: &[(&str, Vec<u8>)]) -> (AppClient, Quidditch) {
    let quidditch = Quidditch::new();
    let mapping = br#"{"properties": {"population": {"type": "long"}}}"#;
    assert!(quidditch.run(["index", "create", "places", "--mapping", "-"], mapping).status.success());
    assert!(quidditch.run(["index", "add", "places", "-"], br#"{"population": 3}"#).status.success());
    let app = quidditch.store().with_file_name("app.wasm");
    let mut arguments = vec!["bundle", "--output", app.to_str().expect("UTF-8")];
    for (name, component) in functions {
        let file = quidditch.store().with_file_name(name);
        std::fs::write(&file, component).expect("it is written");
        quidditch.succeed(["udf", "publish", file.to_str().expect("UTF-8"), "--name", name, "--version", "1.0.0"]);
        arguments.extend(["--function", name]);
    }
    quidditch.succeed(arguments);
    let mut options = over_files(quidditch.store());
    options.arguments.extend(["--requests-per-instance".to_owned(), "1000".to_owned()]);
    (AppClient::new(SpinApp::start(&app, &options)), quidditch)
}

fn lines(client: &AppClient, function: &str) -> Vec<String> {
    let start = format!("function {function}@1.0.0: ");
    let log = client.app.log();
    log.lines().filter_map(|line| Some(line.split_once(&start)?.1.to_owned())).collect()
}

#[test]
fn long_messages_are_truncated() {
    // Level, address and length. The texts are a's up to the limit; the last character of the last text has two bytes.
    let text = "a".repeat(MESSAGE_BYTES - 1);
    let items = format!(r#"(data (i32.const 8192) "{text}bb") (data (i32.const 16384) "{text}ß")"#);
    let calls = [(0, 8192, 3), (1, 8192, MESSAGE_BYTES), (2, 8192, MESSAGE_BYTES + 1), (3, 16384, MESSAGE_BYTES + 1)];
    let calls =
        calls.map(|(level, at, bytes)| format!("(call $log (i32.const {level}) (i32.const {at}) (i32.const {bytes}))"));
    let (client, _folder) = app(&[("talks", that_logs(&calls.concat(), &items))]);
    let (status, answer) = client.search("places", &filter("talks"));
    assert_eq!(status, 200, "{answer:#}");
    let whole = format!("{text}b");
    assert_eq!(lines(&client, "talks"), [whole.clone(), whole, text]);
}

#[test]
fn the_number_of_messages_is_limited() {
    let items =
        r#"(data (i32.const 8192) "info") (data (i32.const 8200) "error") (global $asked (mut i32) (i32.const 0))"#;
    let call = |level, at, bytes| format!("(call $log (i32.const {level}) (i32.const {at}) (i32.const {bytes}))");
    let both = call(1, 8192, 4) + &call(3, 8200, 5);
    let (client, _folder) = app(&[("first", that_logs(&both, items)), ("second", that_logs(&both, items))]);
    let ask = |name: &str| assert_eq!(client.search("places", &filter(name)).0, 200);
    for _ in 0..MESSAGES {
        ask("first");
    }
    assert_eq!(lines(&client, "first"), ["info", "error"].repeat(MESSAGES), "at the limit");
    ask("first");
    ask("first");
    let no_more = "too many messages; further ones are dropped";
    assert_eq!(lines(&client, "first")[2 * MESSAGES..], [no_more, no_more], "one for messages, one for errors");
    ask("second");
    assert_eq!(lines(&client, "second"), ["info", "error"]);
}

#[test]
fn messages_before_a_trap_are_written() {
    let guest = Guest::new()
        .with("imports", LOG)
        .with("items", r#"(data (i32.const 8192) "panicked at lib.rs:7: no")"#)
        .with("keep", "(call $log (i32.const 3) (i32.const 8192) (i32.const 24)) unreachable");
    let (client, _folder) = app(&[("panics", guest.build())]);
    assert_eq!(client.search("places", &filter("panics")).0, 500);
    assert_eq!(lines(&client, "panics"), ["panicked at lib.rs:7: no"]);
}
