//! Keys and signatures: what is signed, what is refused, and that functions are switched off.

use reqwest::StatusCode;
use serde_json::{Value as Json, json};

use crate::fixture::{Installation, Server, client, custom_score};

const SEARCH: &str = r#"{"query": {"script_score": {"query": {"match_all": {}},
    "wasm_udf": {"name": "team/f", "parameters": {"field": "population"}}}}}"#;

fn publish(installation: &Installation, version: &str, arguments: &[&str]) -> String {
    let file = installation.write("f.wasm", custom_score());
    let publish = ["udf", "publish", &file, "--name", "team/f", "--version", version];
    installation.run(&[&publish, arguments].concat())
}

/// The public key of a new key.
fn new_key(installation: &Installation, name: &str) -> String {
    let key = installation.json(&["key", "new", name, "--json"]);
    key["public_key"].as_str().expect("a text").to_owned()
}

/// Status, type and reason of a search on a server.
async fn searched(server: &Server) -> (StatusCode, String) {
    let search = client().post(format!("{}/cities/_search", server.url)).header("content-type", "application/json");
    let response = search.body(SEARCH).send().await.expect("an answer");
    let status = response.status();
    let answer: Json = response.json().await.expect("JSON");
    let cause = &answer["error"]["failed_shards"][0]["reason"]["caused_by"];
    let text = |key: &str| cause[key].as_str().unwrap_or_default();
    (status, format!("{}: {}", text("type"), text("reason")))
}

#[test]
fn keys_are_made_listed_trusted_and_removed() {
    let installation = Installation::new();
    let key = new_key(&installation, "default");
    let other = new_key(&Installation::new(), "default");
    let trusted = installation.run(&["key", "trust", "ada", &other]);
    assert!(trusted.starts_with("0\ntrusted key ada (") && trusted.ends_with(&format!("): {other}\n")), "{trusted}");
    let listed = installation.json(&["key", "list", "--json"]);
    let listed: Vec<_> = listed.as_array().expect("a list").iter().map(|key| (&key["name"], &key["secret"])).collect();
    assert_eq!(listed, [(&json!("ada"), &json!(false)), (&json!("default"), &json!(true))]);
    assert!(installation.run(&["key", "list"]).contains(&key));
    insta::assert_snapshot!(installation.run(&["key", "new"]), @r"
    1
    error: there is already a key [default]; use another name, or remove it first
    ");
    insta::assert_snapshot!(installation.run(&["key", "remove", "default"]), @r"
    1
    error: key [default] has a secret key, which cannot be recovered: specify --with-secret to remove both
    ");
    installation.succeed(&["key", "remove", "default", "--with-secret"]);
    installation.succeed(&["key", "remove", "ada"]);
    assert_eq!(installation.json(&["key", "list", "--json"]), json!([]));
    let invalid = installation.run(&["key", "trust", "ada", "ed25519:AAAA"]);
    assert!(invalid.starts_with("2\n") && invalid.contains("invalid public key [ed25519:AAAA]"), "{invalid}");
}

#[test]
fn only_signed_functions_run_where_signatures_are_required() {
    let installation = Installation::with_cities();
    let require = |arguments: &[&str]| installation.run(&[&["--require-signatures"], arguments].concat());
    assert!(publish(&installation, "1.0.0", &[]).starts_with("0\npublished team/f@1.0.0 ("), "there is no key yet");
    insta::assert_snapshot!(publish(&installation, "1.1.0", &["--require-signatures"]), @r"
    1
    error: the function must be signed, and no trusted key is available to sign it with
    ");
    let key = new_key(&installation, "default");
    assert!(publish(&installation, "1.1.0", &[]).starts_with("0\npublished team/f@1.1.0 ("));
    assert!(require(&["search", "cities", SEARCH]).starts_with("0\n"), "the highest version is signed");
    let id = installation.json(&["key", "list", "--json"])[0]["id"].as_str().expect("a text").to_owned();
    let shown = installation.run(&["udf", "show", "team/f@1.1.0"]);
    assert!(shown.contains(&format!("signed: by default ({id})\n")), "{shown}");
    let signatures = &installation.json(&["udf", "show", "team/f@1.1.0", "--json"])["signatures"];
    assert_eq!(*signatures, json!([{ "key": key, "valid": true, "trusted": true }]));
    assert!(!installation.run(&["udf", "show", "team/f@1.0.0"]).contains("signed:"));

    installation.succeed(&["udf", "yank", "team/f", "1.1.0"]);
    let refused = require(&["search", "cities", SEARCH]);
    assert!(refused.starts_with("1\n") && refused.contains("it is not signed by a trusted key"), "{refused}");
    assert!(installation.run(&["search", "cities", SEARCH]).starts_with("0\n"), "nobody demands a signature");
    insta::assert_snapshot!(require(&["udf", "compile", "team/f@1.0.0", "--target", "x86_64-linux"]), @r"
    1
    error: function team/f@1.0.0 failed to load: it is not signed by a trusted key
    ");
    let (search_component, app) =
        (installation.write("search.wasm", custom_score()), installation.write("app.wasm", ""));
    let bundled = require(&["bundle", "--function", "team/f@1.0.0", "--app", &search_component, "-o", &app]);
    insta::assert_snapshot!(bundled, @r"
    1
    error: function team/f@1.0.0 failed to load: it is not signed by a trusted key
    ");
}

#[test]
fn a_function_is_signed_with_a_new_key() {
    let installation = Installation::with_cities();
    new_key(&installation, "default");
    publish(&installation, "1.0.0", &[]);
    new_key(&installation, "2027");
    let signed = installation.run(&["udf", "sign", "team/f", "--key", "2027"]);
    assert!(signed.starts_with("0\nsigned team/f@1.0.0 with key 2027 ("), "{signed}");
    installation.succeed(&["key", "remove", "default", "--with-secret"]);
    let shown = installation.run(&["udf", "show", "team/f"]);
    assert_eq!(shown.matches("signed: by ").count(), 2, "{shown}");
    assert!(shown.contains("signed: by 2027 (") && shown.contains("), a key that is not trusted\n"), "{shown}");
    assert!(installation.run(&["--require-signatures", "search", "cities", SEARCH]).starts_with("0\n"));

    installation.succeed(&["key", "remove", "2027", "--with-secret"]);
    new_key(&installation, "default");
    insta::assert_snapshot!(installation.run(&["udf", "sign", "team/f"]), @r"
    1
    error: function team/f@1.0.0 failed to load: it is not signed by a trusted key
    ");
    assert!(
        installation.run(&["udf", "sign", "team/f", "--even-untrusted"]).starts_with("0\nsigned team/f@1.0.0 with")
    );
    insta::assert_snapshot!(installation.run(&["udf", "sign", "team/f", "--key", "a/b"]), @r"
    1
    error: invalid name of a key [a/b], must be 1 to 64 letters, digits, `_` or `-`
    ");
}

#[tokio::test]
async fn a_server_signs_what_is_published_over_http_if_it_may() {
    let installation = Installation::with_cities();
    new_key(&installation, "shop");
    let put = async |server: &Server, version: &str| {
        let path = format!("{}/_udf/team%2Ff/{version}", server.url);
        let request = client().put(path).header("content-type", "application/wasm").body(custom_score());
        let response = request.send().await.expect("an answer");
        (response.status(), response.text().await.expect("a text"))
    };
    let strict = installation.serve_with(&["--require-signatures"]);
    let (status, answer) = put(&strict, "1.0.0").await;
    assert!(
        status == StatusCode::FORBIDDEN && answer.contains("this server has no trusted key to sign with"),
        "{answer}"
    );
    let signing = installation.serve_with(&["--require-signatures", "--signing-key", "shop"]);
    assert_eq!(put(&signing, "1.0.0").await.0, StatusCode::CREATED);
    assert_eq!(searched(&signing).await.0, StatusCode::OK);
    let shown = client().get(format!("{}/_udf/team%2Ff/1.0.0", signing.url)).send().await.expect("an answer");
    let shown: Json = shown.json().await.expect("JSON");
    assert_eq!(shown["name"], "team/f");
}

#[tokio::test]
async fn a_disabled_function_is_not_called() {
    let installation = Installation::with_cities();
    publish(&installation, "1.0.0", &[]);
    publish(&installation, "1.1.0", &[]);
    let server = installation.serve_with(&["--registry-max-age", "0s"]);
    assert_eq!(searched(&server).await.0, StatusCode::OK);
    let disabled = installation.run(&["udf", "disable", "team/f@1.1.0", "--reason", "wrong for negative fields"]);
    assert_eq!(disabled, "0\ndisabled team/f@1.1.0\n");
    let expected = "function_disabled_exception: the function is disabled: wrong for negative fields";
    assert_eq!(searched(&server).await, (StatusCode::SERVICE_UNAVAILABLE, expected.to_owned()));
    assert!(installation.run(&["udf", "show", "team/f"]).contains("\ndisabled: 1.1.0, "));
    assert!(installation.run(&["udf", "list"]).contains(" disabled "));
    let enabled = installation.json(&["udf", "enable", "team/f@1.1.0", "--json"]);
    assert_eq!(enabled, json!({ "name": "team/f", "version": "1.1.0", "result": "enabled" }));
    assert_eq!(searched(&server).await.0, StatusCode::OK);

    assert_eq!(installation.run(&["udf", "disable", "team/f"]), "0\ndisabled team/f (all versions)\n");
    let expected = "function_disabled_exception: the function is disabled";
    assert_eq!(searched(&server).await, (StatusCode::SERVICE_UNAVAILABLE, expected.to_owned()));
    let listed = client().get(format!("{}/_udf", server.url)).send().await.expect("an answer");
    let listed: Json = listed.json().await.expect("JSON");
    assert_eq!(listed["functions"][0]["disabled"], json!(["1.0.0", "1.1.0"]));
    assert_eq!(installation.run(&["udf", "enable", "team/f@1.0.0"]), "0\nnot disabled: team/f@1.0.0\n");
    assert_eq!(installation.run(&["udf", "enable", "team/f"]), "0\nenabled team/f (all versions)\n");
    assert_eq!(searched(&server).await.0, StatusCode::OK);
}
