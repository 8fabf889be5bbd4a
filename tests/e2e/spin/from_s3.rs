//! The app with a store in S3.

use std::sync::Arc;
use std::time::Duration;

use quidditch_storage::Storage;
use quidditch_test_s3::{Conditions, ErrorResponse, Fault, Latency, Operation, Rule, S3Server};
use quidditch_tests::{Quidditch, SpinApp, SpinOptions, cities};
use serde_json::json;

use super::app::{AppClient, Bundle};
use super::files::{FATAL, NOT_SUPPORTED};
use crate::s3::{CITIES, MAPPING, storage};
use crate::scenarios;
use crate::shared::installation_over;

/// Scenarios that depend on the fixed date. Here the real date is used, since signatures of requests need it.
const NOW: [&str; 2] = ["function-score/exp-over-a-date", "range/date-math"];

/// Options with a store in a bucket.
fn over_s3(s3: &S3Server, url: String) -> SpinOptions {
    let variables = vec![
        ("store", url),
        ("aws_endpoint_url", s3.endpoint()),
        ("aws_region", s3.region().to_owned()),
        ("aws_access_key_id", s3.access_key().to_owned()),
        ("aws_secret_access_key", s3.secret_key().to_owned()),
        ("snapshot_seconds", "0".to_owned()),
    ];
    SpinOptions { variables, ..SpinOptions::default() }
}

fn set(options: &mut SpinOptions, name: &str, value: &str) {
    for (given, of) in &mut options.variables {
        if *given == name {
            *of = value.to_owned();
        }
    }
}

#[test]
fn every_scenario_has_the_expected_response_from_s3() {
    let s3 = S3Server::start();
    let url = format!("{}/some/prefix", s3.url());
    let store: Arc<dyn Storage> = storage(&s3, &url);
    let installation = installation_over(store);
    let client = AppClient::new(SpinApp::start(&Bundle::get().app(), &over_s3(&s3, url)));
    scenarios::run_over(&installation, &|request| client.send(request), &[&FATAL[..], &NOT_SUPPORTED, &NOW].concat());
}

#[test]
fn requests_read_little() {
    let s3 = S3Server::start();
    let quidditch = Quidditch::over(s3.url(), s3.environment());
    quidditch.succeed(["index", "create", "cities", "--mapping", MAPPING]);
    quidditch.succeed(["index", "add", "cities", CITIES]);
    let mut options = over_s3(&s3, s3.url());
    set(&mut options, "snapshot_seconds", "10");
    let client = AppClient::new(SpinApp::start(&Bundle::get().app(), &options));
    let body = json!({ "query": { "bool": { "filter": [
        { "term": { "country_code": "DE" } },
        { "wasm_udf": { "name": "number_range", "parameters": { "field": "population", "min": 100_000 } } },
    ] } } });
    let requests = || {
        let before = s3.requests().len();
        let (status, answer) = client.search("cities", &body);
        assert_eq!(status, 200, "{answer:#}");
        let made = s3.requests().split_off(before);
        let gets = made.iter().filter(|request| request.operation == Operation::Get).count();
        (gets, made.len() - gets)
    };
    let cold = requests();
    let warm = requests();
    insta::assert_snapshot!(format!("cold: {} GETs, {} others\nwarm: {} GETs, {} others", cold.0, cold.1, warm.0, warm.1), @r"
    cold: 4 GETs, 0 others
    warm: 0 GETs, 0 others
    ");
}

#[test]
fn concurrent_first_requests_share_the_reads_of_an_instance() {
    let s3 = S3Server::start();
    let quidditch = Quidditch::over(s3.url(), s3.environment());
    quidditch.succeed(["index", "create", "cities", "--mapping", MAPPING]);
    quidditch.succeed(["index", "add", "cities", CITIES]);
    let latency = Latency { fixed: Duration::from_millis(100), ..Latency::default() };
    s3.conditions().set(Conditions { latency, ..Conditions::default() });
    let mut options = over_s3(&s3, s3.url());
    set(&mut options, "snapshot_seconds", "10");
    let bodies = vec![json!({ "query": { "term": { "country_code": "DE" } } }); 16];
    let expected = cities().iter().filter(|city| city.country_code == "DE").count();
    let (mut answered, mut read_manifest) = (0, 0);
    for _ in 0..4 {
        // A new instance for each round.
        let client = AppClient::new(SpinApp::start(&Bundle::get().app(), &options));
        let before = s3.requests().len();
        for answer in client.search_all_after_first("cities", &bodies, || s3.requests().len() > before) {
            assert_eq!(answer["hits"]["total"]["value"], expected, "{answer:#}");
            answered += 1;
        }
        let requests = s3.requests().split_off(before);
        read_manifest += requests.iter().filter(|request| request.key.ends_with("manifest.json")).count();
        assert!(!client.app.log().contains("an instance ended"), "{}", client.app.log());
    }
    assert!(read_manifest < answered, "{read_manifest} reads of the manifest for {answered} requests");
}

#[test]
fn invalid_configurations_are_explained() {
    let s3 = S3Server::start();
    let app = Bundle::get().app();
    let right = over_s3(&s3, s3.url());
    // The response to the caller, and the log.
    let ask = |name: &str, value: &str| {
        let mut options = right.clone();
        set(&mut options, name, value);
        let client = AppClient::new(SpinApp::start(&app, &options));
        let (status, answer) = client.search("cities", &json!({}));
        let error = &answer["error"];
        let log = client.app.log().replace(&s3.endpoint(), "ENDPOINT");
        format!("{status} {}: {}\n{log}", error["type"], error["reason"])
    };
    insta::assert_snapshot!(ask("store", ""), @r#"
    500 "not_set_up_exception": "the app is not configured; see its log"
    ERROR the app is not configured error=variable store is not set (expected: s3://BUCKET/PREFIX, or the absolute path of files that ship with the app)
    "#);
    insta::assert_snapshot!(ask("aws_secret_access_key", "wrong"), @r#"
    500 "internal_server_error": "internal error; see the server log"
    ERROR request failed status=500 error="cannot open the index: the store of the index failed: cannot use s3://quidditch: S3 does not accept the credentials; check the variables aws_access_key_id and aws_secret_access_key: S3 answered 403 SignatureDoesNotMatch"
    "#);
    insta::assert_snapshot!(ask("store", "s3://no-such-bucket"), @r#"
    500 "internal_server_error": "internal error; see the server log"
    ERROR request failed status=500 error="cannot open the index: the store of the index failed: cannot use s3://no-such-bucket: the bucket does not exist; create it, or correct the URL: S3 answered 404 NoSuchBucket: The specified bucket does not exist"
    "#);
    let mut closed = right.clone();
    closed.arguments.extend(["--allowed-outbound-host".to_owned(), "https://*.amazonaws.com".to_owned()]);
    let client = AppClient::new(SpinApp::start(&app, &closed));
    assert_eq!(client.search("cities", &json!({})).0, 500);
    insta::assert_snapshot!(client.app.log().replace(&s3.endpoint(), "ENDPOINT"), @r#"ERROR request failed status=500 error="cannot open the index: the store of the index failed: cannot use s3://quidditch: the app may not send requests there; add ENDPOINT to allowed_outbound_hosts in spin.toml: ErrorCode::HttpRequestDenied""#);
    s3.conditions().set(Conditions::only(Rule::new(Fault::Respond(ErrorResponse::permanent_redirect("eu-west-1")))));
    insta::assert_snapshot!(ask("aws_region", "eu-south-1"), @r#"
    500 "internal_server_error": "internal error; see the server log"
    ERROR request failed status=500 error="cannot open the index: the store of the index failed: cannot use s3://quidditch: the bucket is in the region eu-west-1; set aws_region=eu-west-1: S3 answered 301 PermanentRedirect: The bucket you are attempting to access must be addressed using the specified endpoint. (request 4442587FB7D0A2F9)"
    "#);
}
