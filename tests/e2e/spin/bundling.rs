//! `quidditch bundle`: its output and its errors.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use quidditch_storage::LocalFolder;
use quidditch_test_guests::Guest;
use quidditch_test_s3::S3Server;
use quidditch_tests::{
    EXAMPLES, Installation, NotStarted, Quidditch, SpinApp, SpinOptions, component, components_directory,
    target_directory,
};
use serde_json::json;
use wasmparser::{Parser, Payload};

use super::app::{AppClient, Bundle, over_files};
use crate::s3::{CITIES, MAPPING};

/// The imports and exports of a component, one per line.
fn outside(component: &[u8]) -> String {
    let (mut depth, mut lines) = (0, BTreeSet::new());
    for payload in Parser::new(0).parse_all(component) {
        match payload.expect("it is valid") {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) if depth > 0 => depth -= 1,
            Payload::ComponentImportSection(section) if depth == 0 => {
                let names =
                    section.into_iter().map(|import| import.expect("it is valid").name.full_name().into_owned());
                lines.extend(names.map(|name| format!("import {name}")));
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                let names =
                    section.into_iter().map(|export| export.expect("it is valid").name.full_name().into_owned());
                lines.extend(names.map(|name| format!("export {name}")));
            }
            _ => {}
        }
    }
    lines.into_iter().collect::<Vec<_>>().join("\n")
}

#[test]
fn an_app_imports_only_what_spin_provides() {
    let app = fs::read(Bundle::get().app()).expect("it was bundled");
    insta::assert_snapshot!(outside(&app), @r"
    export wasi:http/handler@0.3.0
    import spin:variables/variables@3.0.0
    import wasi:cli/environment@0.2.12
    import wasi:cli/exit@0.2.12
    import wasi:cli/stderr@0.2.12
    import wasi:cli/stdin@0.2.12
    import wasi:cli/stdout@0.2.12
    import wasi:cli/terminal-input@0.2.12
    import wasi:cli/terminal-output@0.2.12
    import wasi:cli/terminal-stderr@0.2.12
    import wasi:cli/terminal-stdin@0.2.12
    import wasi:cli/terminal-stdout@0.2.12
    import wasi:clocks/monotonic-clock@0.2.12
    import wasi:clocks/monotonic-clock@0.3.0
    import wasi:clocks/types@0.3.0
    import wasi:clocks/wall-clock@0.2.12
    import wasi:filesystem/preopens@0.2.12
    import wasi:filesystem/types@0.2.12
    import wasi:http/client@0.3.0
    import wasi:http/types@0.3.0
    import wasi:io/error@0.2.12
    import wasi:io/poll@0.2.12
    import wasi:io/streams@0.2.12
    import wasi:random/insecure-seed@0.2.12
    import wasi:random/random@0.2.12
    ");
}

#[test]
fn without_a_step_limit_published_functions_are_included_unchanged() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("app.wasm");
    let functions = EXAMPLES.into_iter().flat_map(|name| ["--function", name]);
    let arguments = ["bundle", "--no-step-limit", "--output", path.to_str().expect("UTF-8")];
    Bundle::get().command().succeed(arguments.into_iter().chain(functions));
    let unlimited = fs::read(path).expect("it was bundled");
    let limited = fs::read(Bundle::get().app()).expect("it was bundled");
    for name in EXAMPLES {
        let published = component(name);
        let is_in = |app: &[u8]| app.windows(published.len()).any(|bytes| bytes == &published[..]);
        assert!(is_in(&unlimited) && !is_in(&limited), "{name}");
    }
}

#[test]
fn an_app_that_exceeds_the_defaults_of_spin_is_bundled_with_a_warning() {
    let quidditch = Quidditch::new();
    let installation = Installation::over(Arc::new(LocalFolder::new(quidditch.store())), Duration::from_secs(2));
    installation.create_index("places", r#"{"properties": {"population": {"type": "long"}}}"#);
    // Each has a memory, and so have the search component and the catalog.
    let names: Vec<String> = (0..31).map(|number| format!("f{number}")).collect();
    for name in &names {
        installation.publish(name, Guest::new().build().into());
    }
    let folder = tempfile::tempdir().expect("a folder");
    let app = folder.path().join("app.wasm");
    let bundle = |count: usize| {
        let functions = names[..count].iter().flat_map(|name| ["--function", name]);
        let arguments = ["bundle", "--json", "--output", app.to_str().expect("UTF-8")];
        let ended = quidditch.run(arguments.into_iter().chain(functions), &[]);
        let printed: serde_json::Value = serde_json::from_slice(&ended.stdout).expect("JSON");
        (String::from_utf8(ended.stderr).expect("UTF-8"), printed["spin_settings"].clone())
    };
    let mut options = over_files(quidditch.store());
    let body = json!({ "query": { "wasm_udf": { "name": "f29", "parameters": { "minimum": 2 } } } });
    let answers = |options: &SpinOptions| {
        let client = AppClient::new(SpinApp::try_start(&app, options)?);
        let (status, answer) = client.search("places", &body);
        assert_eq!(status, 200, "{answer:#}");
        Ok::<_, NotStarted>(())
    };

    assert_eq!(bundle(30), (String::new(), json!({})));
    answers(&options).expect("it fits");

    let (warning, settings) = bundle(31);
    insta::assert_snapshot!(warning, @"warning: Spin refuses the app with its default settings: set SPIN_WASMTIME_INSTANCE_MEMORIES to at least 33 in the environment of `spin up` (default: 32), or bundle fewer functions");
    assert_eq!(settings, json!({ "SPIN_WASMTIME_INSTANCE_MEMORIES": 33 }));
    let NotStarted { log } = answers(&options).expect_err("it does not fit");
    assert!(log.contains("memories"), "{log}");
    options.environment.push(("SPIN_WASMTIME_INSTANCE_MEMORIES", "33".to_owned()));
    answers(&options).expect("the setting is as high as needed");
}

#[test]
fn bundling_is_deterministic() {
    let quidditch = Quidditch::new();
    let file = components_directory().join("number_range.wasm");
    quidditch.succeed(["udf", "publish", file.to_str().expect("UTF-8")]);
    let folder = tempfile::tempdir().expect("a folder");
    let apps = ["a.wasm", "b.wasm"].map(|name| {
        let path = folder.path().join(name);
        quidditch.succeed(["bundle", "-o", path.to_str().expect("UTF-8"), "--function", "number_range"]);
        fs::read(path).expect("it was bundled")
    });
    assert!(apps[0] == apps[1]);
}

#[test]
fn an_app_folder_contains_component_manifest_and_index() {
    let quidditch = Quidditch::new();
    quidditch.succeed(["index", "create", "cities", "--mapping", MAPPING]);
    quidditch.succeed(["index", "add", "cities", CITIES]);
    let file = components_directory().join("number_range.wasm");
    quidditch.succeed(["udf", "publish", file.to_str().expect("UTF-8")]);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("UTF-8");
    let printed = quidditch.succeed([
        "bundle",
        "--spin",
        path,
        "--files",
        "cities",
        "--function",
        "number_range@1.0.0",
        "--json",
    ]);
    let printed: serde_json::Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!((&printed["functions"], &printed["kept_manifest"]), (&json!(["number_range@1.0.0"]), &json!(false)));
    let manifest = fs::read_to_string(folder.path().join("spin.toml")).expect("it is there");
    assert!(manifest.contains("files = [{ source = \"store\", destination = \"/store\" }]"), "{manifest}");
    let shipped = fs::read_dir(folder.path().join("store")).expect("it is there");
    let shipped: Vec<_> = shipped.map(|entry| entry.expect("it can be read").file_name()).collect();
    assert_eq!(shipped, ["cities"], "without the lock file of the store");

    let client =
        AppClient::new(SpinApp::start(&folder.path().join("app.wasm"), &over_files(&folder.path().join("store"))));
    let body = json!({ "query": { "wasm_udf": { "name": "number_range", "parameters": { "field": "population", "min": 9e6 } } } });
    let (status, answer) = client.search("cities", &body);
    assert_eq!(status, 200, "{answer:#}");

    fs::write(folder.path().join("spin.toml"), "# edited").expect("it is written");
    fs::remove_dir_all(folder.path().join("store")).expect("it was there");
    let printed = quidditch.succeed(["bundle", "--spin", path, "--files", "cities"]);
    assert!(printed.starts_with("kept the existing spin.toml; delete it to regenerate\n"), "{printed}");
    assert_eq!(fs::read_to_string(folder.path().join("spin.toml")).expect("it is there"), "# edited");

    let again = quidditch.run(["bundle", "--spin", path, "--files", "cities"], &[]);
    assert!(String::from_utf8_lossy(&again.stderr).contains("already exists; remove it so that no stale files ship"));
}

#[test]
fn an_app_without_functions_can_search() {
    let bundle = Bundle::get();
    let folder = tempfile::tempdir().expect("a folder");
    let app = folder.path().join("app.wasm");
    Quidditch::new().succeed(["bundle", "-o", app.to_str().expect("UTF-8")]);
    let client = AppClient::new(SpinApp::start(&app, &over_files(bundle.store())));
    let (status, answer) = client.search("cities", &json!({ "query": { "match": { "name": "Berlin" } } }));
    assert_eq!(status, 200, "{answer:#}");
    let unknown = json!({ "query": { "wasm_udf": { "name": "number_range", "parameters": {} } } });
    let (status, answer) = client.search("cities", &unknown);
    let cause = &answer["error"]["failed_shards"][0]["reason"]["caused_by"]["reason"];
    assert_eq!(
        (status, cause),
        (400, &json!("unknown function [number_range], no functions are published")),
        "{answer:#}"
    );
}

#[test]
fn invalid_input_is_explained() {
    let s3 = S3Server::start();
    let quidditch = Quidditch::over(s3.url(), s3.environment());
    let file = components_directory().join("number_range.wasm");
    quidditch.succeed(["udf", "publish", file.to_str().expect("UTF-8")]);
    let folder = tempfile::tempdir().expect("a folder");
    let output = folder.path().join("app.wasm");
    let refusal = |arguments: &[&str]| {
        let start = ["bundle", "-o", output.to_str().expect("UTF-8")];
        let ended = quidditch.run(start.iter().chain(arguments), &[]);
        assert_eq!(ended.status.code(), Some(1), "{arguments:?}");
        String::from_utf8(ended.stderr).expect("UTF-8")
    };
    insta::assert_snapshot!(refusal(&["--function", "number_rnage"]), @"error: function number_rnage failed to load: unknown function [number_rnage], did you mean [number_range]?");
    insta::assert_snapshot!(refusal(&["--function", "number_range@2.0.0"]), @"error: function number_range@2.0.0 failed to load: unknown version [2.0.0], published: [1.0.0]");
    insta::assert_snapshot!(refusal(&["--function", "number_range", "--function", "number_range@1.0.0"]), @"error: function number_range@1.0.0 is given more than once");
    let module = fs::read(target_directory().join("debug/quidditch-search.wasm")).expect("it was built");
    let half = folder.path().join("half.wasm");
    fs::write(&half, &module[..module.len() / 2]).expect("it is written");
    let error = refusal(&["--app", half.to_str().expect("UTF-8")]);
    assert!(error.starts_with("error: not a Quidditch search component: unexpected end-of-file"), "{error}");
    let empty = folder.path().join("empty.wasm");
    fs::write(&empty, &module[..8]).expect("it is written");
    insta::assert_snapshot!(refusal(&["--app", empty.to_str().expect("UTF-8")]), @"error: not a Quidditch search component: argument name `quidditch:spin/catalog@0.1.0` is not an import of package `quidditch:app`");
    insta::assert_snapshot!(refusal(&["--app", file.to_str().expect("UTF-8")]), @"error: not a Quidditch search component: expected the core module that `cargo xtask package spin` builds, found a component");
    assert!(!output.exists());
}
