//! Scripts in an app: those of requests, stored ones, and published ones.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use quidditch_storage::LocalFolder;
use quidditch_tests::{Installation, Quidditch, SpinApp};
use serde_json::json;

use super::app::{AppClient, over_files};

#[test]
fn an_app_runs_scripts_of_its_store_and_of_its_bundle() {
    let quidditch = Quidditch::new();
    let installation = Installation::over(Arc::new(LocalFolder::new(quidditch.store())), Duration::from_secs(2));
    installation.create_index("places", r#"{"properties": {"population": {"type": "long"}}}"#);
    let line = "{\"_id\":\"a\",\"population\":7}\n";
    assert!(quidditch.run(["index", "add", "places", "-"], line.as_bytes()).status.success());

    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let (script, app) = (path("score.painless"), path("app.wasm"));
    fs::write(&script, "doc['population'].value * params.factor").expect("can be written");
    let parameters = r#"{"factor": {"kind": "integer", "default": 2}}"#;
    quidditch.succeed(["script", "put", "stored", script.as_str()]);
    quidditch.succeed([
        "udf",
        "publish",
        script.as_str(),
        "--name",
        "published",
        "--version",
        "1.0.0",
        "--role",
        "scorer",
        "--parameters",
        parameters,
    ]);
    quidditch.succeed(["bundle", "--output", app.as_str(), "--function", "published"]);

    let client = AppClient::new(SpinApp::start(app.as_ref(), &over_files(quidditch.store())));
    let functions = [
        ("wasm_udf", json!({ "name": "published" }), 14.0),
        ("wasm_udf", json!({ "name": "published", "version": "1.0.0", "parameters": { "factor": 3 } }), 21.0),
        ("script", json!({ "id": "stored", "params": { "factor": 4 } }), 28.0),
        ("script", json!({ "source": "doc['population'].value" }), 7.0),
    ];
    for (key, function, score) in functions {
        let body = json!({ "query": { "script_score": { "query": { "match_all": {} }, key: function } } });
        let (status, answer) = client.search("places", &body);
        assert_eq!((status, &answer["hits"]["max_score"]), (200, &json!(score)), "{answer:#}");
    }
}
