//! The search function.

use std::io::Write;
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use quidditch_test_s3::{Conditions, Fault, Operation, Rule};
use quidditch_tests::{
    CITIES_MAPPING, Invoked, LambdaFunction, LambdaProcess, LambdaStore, RuntimeApi, cities, cities_compressed,
    component,
};
use serde_json::{Value as Json, json};

use crate::hostile;

/// A store with the cities, two functions, and hostile functions.
fn store() -> &'static LambdaStore {
    static STORE: LazyLock<LambdaStore> = LazyLock::new(|| {
        let store = LambdaStore::new();
        store.add("cities", CITIES_MAPPING, cities_compressed());
        for name in ["number_range", "string_distance"] {
            store.publish(name, &component(name), &[]);
        }
        for (name, component) in hostile::shared() {
            store.publish(name, &component, &["--target", "x86_64-linux", "--target", "aarch64-linux"]);
        }
        store
    });
    &STORE
}

fn start(variables: &[(&str, &str)]) -> LambdaProcess {
    store().start(LambdaFunction::Search, variables)
}

/// Large German cities, sorted by the similarity of their names to `text`.
fn near(text: &str) -> Json {
    json!({
        "query": { "script_score": {
            "query": { "bool": { "filter": [
                { "term": { "country_code": "DE" } },
                { "wasm_udf": { "name": "number_range", "parameters": { "field": "population", "min": 100_000 } } },
            ] } },
            "wasm_udf": { "name": "string_distance", "parameters": { "field": "name.raw", "text": text } },
        } },
        "_source": ["name"], "size": 3,
    })
}

fn filter(name: &str) -> Json {
    json!({ "query": { "wasm_udf": { "name": name, "parameters": { "minimum": 9e6 } } } })
}

/// Type and reason of an error.
fn reason((status, json): (u16, Json)) -> String {
    let error = &json["error"];
    let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
    format!("{status} {}: {}", text(&error["type"]), text(&error["reason"]))
}

#[test]
fn a_search_times_out_if_the_store_does_not_respond() {
    let store = LambdaStore::new();
    store.add("cities", CITIES_MAPPING, b"{\"name\": \"Paris\"}\n");
    let stalled = Rule::new(Fault::Stall(Fault::FOREVER)).on(Operation::Get).key("/splits/");
    store.server.conditions().set(Conditions::only(stalled));
    let process = store.start(LambdaFunction::Search, &[("QUIDDITCH_TIMEOUT_MS", "500")]);
    let answer = process.search("cities", &json!({ "query": { "match": { "name": "paris" } } }));
    insta::assert_snapshot!(reason(answer), @"503 timeout_exception: storage did not respond within [timeout] 500ms; retry or raise the timeout");
}

#[test]
fn every_route_is_answered_before_the_deadline_if_the_store_does_not_respond() {
    let store = LambdaStore::new();
    store.add("cities", CITIES_MAPPING, b"{\"name\": \"Paris\"}\n");
    let api = Arc::new(RuntimeApi::with_time_limit(Duration::from_secs(2)));
    // Its own limit is far longer than that of Lambda.
    let process = store.start_on(&api, LambdaFunction::Search, &[("QUIDDITCH_TIMEOUT_MS", "60000")]);
    process.wait_until_ready();
    store.server.conditions().set(Conditions::only(Rule::new(Fault::Stall(Fault::FOREVER))));
    for target in [
        "/cities/_search",
        "/cities/_count",
        "/cities/_doc/1",
        "/cities",
        "/cities/_mapping",
        "/_udf",
        "/_udf/number_range",
        "/_cat/indices",
    ] {
        let start = Instant::now();
        let answer = process.send("GET", target, &[], b"");
        assert!(start.elapsed() < Duration::from_secs(2), "{target}: {:?}", start.elapsed());
        let reason = reason((answer.status, answer.json()));
        assert!(
            reason.starts_with("503 timeout_exception: storage did not respond within [timeout] 1."),
            "{target}: {reason}"
        );
    }
    assert_eq!(process.log_lines("status").len(), 16, "for each request, the error and the request itself");
    assert_eq!(process.send("GET", "/", &[], b"").status, 200);
}

#[test]
fn a_store_that_does_not_respond_delays_the_start_only_for_a_while() {
    let store = LambdaStore::new();
    store.server.conditions().set(Conditions::only(Rule::new(Fault::Stall(Fault::FOREVER))));
    let process = store.start(LambdaFunction::Search, &[("QUIDDITCH_INDICES", "cities")]);
    assert_eq!(process.send("GET", "/", &[], b"").status, 200);
    let warnings = process.log_lines("level");
    let warning = warnings.iter().find(|line| line["level"] == "WARN").expect("a warning");
    insta::assert_snapshot!(
        warning["message"].as_str().expect("text"),
        @"the store did not respond within 8s: indices and functions are opened by the first requests"
    );
}

#[test]
fn a_search_that_needs_too_much_memory_is_an_error() {
    let store = LambdaStore::new();
    let document = |number: u32| format!("{{\"_id\": \"{number}\", \"t\": \"{}\"}}\n", "a".repeat(100_000));
    let documents: String = (0..100).map(document).collect();
    store.add("large", r#"{"dynamic": false}"#, documents.as_bytes());
    let process = store.start(LambdaFunction::Search, &[("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")]);
    let search = |size: u32| {
        let target = format!("/large/_search?size={size}");
        let answer = process.send("GET", &target, &[("accept-encoding", "gzip")], b"");
        (answer.status, answer.json())
    };
    assert_eq!(search(80).1["hits"]["hits"].as_array().map(Vec::len), Some(80));
    insta::assert_snapshot!(reason(search(100)), @"413 content_too_large_exception: the hits have more than [8388608] bytes: request fewer with [size], or less of each with [_source]");
}

#[test]
fn load_balancers_are_supported() {
    let process = start(&[]);
    let event = json!({
        "requestContext": { "elb": { "targetGroupArn": "arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/t/1" } },
        "httpMethod": "GET", "path": "/cities/_search",
        "multiValueQueryStringParameters": { "size": ["1"], "filter_path": ["hits.hits._id%2Ctimed_out"] },
        "multiValueHeaders": { "accept": ["application/json"] }, "body": "", "isBase64Encoded": false,
    });
    let Invoked::Answer(answer) = process.invoke(&event) else { panic!("it failed") };
    let answer: Json = serde_json::from_str(&answer).expect("JSON");
    assert_eq!((&answer["statusCode"], &answer["statusDescription"]), (&json!(200), &json!("200 OK")));
    assert_eq!(answer["multiValueHeaders"]["content-type"], json!(["application/json"]));
    let body: Json = serde_json::from_str(answer["body"].as_str().expect("text")).expect("JSON");
    assert_eq!((&body["timed_out"], body["hits"]["hits"].as_array().map(Vec::len)), (&json!(false), Some(1)));
}

#[test]
fn a_count_that_runs_out_of_time_is_an_error() {
    let process = start(&[("QUIDDITCH_TIMEOUT_MS", "0")]);
    assert_eq!(process.send("GET", "/cities/_count", &[], b"").status, 503);
}

#[test]
fn searches_with_functions_succeed_cold_and_warm() {
    let process =
        start(&[("QUIDDITCH_INDICES", "cities"), ("QUIDDITCH_FUNCTIONS", "number_range,string_distance@1.0.0")]);
    process.wait_until_ready();
    for expected_gets in [None, Some(0)] {
        let (status, found) = process.search("cities", &near("Hamborg"));
        assert_eq!((status, &found["hits"]["hits"][0]["_source"]["name"]), (200, &json!("Hamburg")), "{found:#}");
        assert!(found.get("profile").is_none(), "the request has no profile");
        let metrics = process.log_lines("_aws");
        let request_line = metrics.iter().rfind(|line| line.get("Requests").is_some()).expect("a line of the request");
        if let Some(gets) = expected_gets {
            assert_eq!(request_line["StorageGets"], json!(f64::from(gets)), "{request_line:#}");
        }
    }
    let metrics = process.log_lines("_aws");
    assert_eq!(metrics.len(), 6, "two requests, and two functions in each");
    for name in ["Requests", "Errors", "Latency", "PlanLatency", "WarmLatency", "ExecuteLatency", "FetchLatency"] {
        assert!(metrics[0][name].is_number(), "{name}: {:#}", metrics[0]);
    }
    for name in ["StorageGets", "StorageBytes", "CacheHits"] {
        assert!(metrics[0][name].is_number(), "{name}: {:#}", metrics[0]);
    }
    assert_eq!((&metrics[1]["Function"], &metrics[2]["Function"]), (&json!("number_range"), &json!("string_distance")));
    // All candidates are one batch: the scorer announces no bound, so that none can be ruled out.
    assert_eq!(metrics[1]["FunctionCalls"], json!(1.0));
    let answered = process.log_lines("span");
    assert_eq!(answered[0]["span"]["requestId"], "00000000-0000-0000-0000-000000000001", "{:#}", answered[0]);
    assert_eq!(answered[0]["message"], "request answered");
}

#[test]
fn all_routes_are_served() {
    let process = start(&[]);
    let get = |target: &str| process.send("GET", target, &[], b"");
    assert_eq!(get("/_health").status, 200);
    assert_eq!(get("/cities/_count").json()["count"], 25_000);
    assert!(get("/cities/_mapping").json()["cities"]["mappings"].is_object());
    assert!(get("/_udf/number_range").json().is_object());
    assert_eq!(get("/_cat/indices").status, 200);
    let id = cities()[0].id.clone();
    assert_eq!(get(&format!("/cities/_doc/{id}")).json()["_id"], id.as_str());
    assert_eq!(get("/villages/_search").status, 404);
    assert_eq!(process.send("PUT", "/villages", &[], b"{}").status, 403);
    let head = process.send("HEAD", "/cities", &[], b"");
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[test]
fn compression_and_both_event_formats_are_supported() {
    let process = start(&[]);
    let plain = process.search("cities", &near("Hamborg")).1;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(near("Hamborg").to_string().as_bytes()).expect("memory");
    let body = encoder.finish().expect("memory");
    let headers = [("content-type", "application/json"), ("content-encoding", "gzip"), ("accept-encoding", "gzip, br")];
    let small = process.send("POST", "/cities/_search", &headers, &body);
    assert_eq!(small.json()["hits"], plain["hits"]);
    assert_eq!(small.headers.get("content-encoding"), None, "smaller than a packet");

    let large = process.send("GET", "/cities/_search?size=100", &[("accept-encoding", "gzip")], b"");
    assert_eq!(large.headers["content-encoding"], "gzip");
    assert_eq!(large.json()["hits"]["hits"].as_array().map(Vec::len), Some(100));

    let event = json!({
        "httpMethod": "POST", "path": "/cities/_search", "multiValueHeaders": { "content-type": ["application/json"] },
        "multiValueQueryStringParameters": { "filter_path": ["hits.hits"] }, "requestContext": { "stage": "prod" },
        "body": near("Hamborg").to_string(), "isBase64Encoded": false,
    });
    let Invoked::Answer(answer) = process.invoke(&event) else { panic!("it failed") };
    let answer = quidditch_tests::HttpAnswer::parse(&answer);
    assert_eq!(answer.json()["hits"]["hits"], plain["hits"]["hits"]);
}

#[test]
fn malformed_events_are_bad_requests() {
    let process = start(&[]);
    let message = |event: Json| {
        let Invoked::Answer(text) = process.invoke(&event) else { panic!("it failed") };
        let answer = quidditch_tests::HttpAnswer::parse(&text);
        reason((answer.status, answer.json()))
    };
    insta::assert_snapshot!(message(json!({ "Records": [] })), @"400 illegal_argument_exception: the event is not an HTTP request of a function URL, API Gateway or a load balancer: it has neither rawPath and requestContext.http.method nor path and httpMethod");
    insta::assert_snapshot!(message(json!(null)), @"400 illegal_argument_exception: the event is not an HTTP request of a function URL, API Gateway or a load balancer: unexpected JSON: invalid type: null, expected struct HttpEvent at line 1 column 4");
    insta::assert_snapshot!(message(json!({ "httpMethod": "GET", "path": "/", "isBase64Encoded": true, "body": "?" })), @"400 illegal_argument_exception: the event is not an HTTP request of a function URL, API Gateway or a load balancer: its body is not valid base64: Invalid symbol 63, offset 0.");
    assert_eq!(process.send("GET", "/", &[], b"").status, 200, "the process continues");
}

#[test]
fn responses_too_large_for_lambda_are_errors() {
    let store = LambdaStore::new();
    let document = |number: u32| format!("{{\"_id\": \"{number}\", \"t\": \"{}\"}}\n", "a".repeat(1 << 20));
    let documents: String = (0..7).map(document).collect();
    store.add("large", r#"{"dynamic": false}"#, documents.as_bytes());
    let process = store.start(LambdaFunction::Search, &[]);
    let search =
        |size: u32, headers: &[(&str, &str)]| process.send("GET", &format!("/large/_search?size={size}"), headers, b"");
    assert_eq!(search(5, &[]).json()["hits"]["hits"].as_array().map(Vec::len), Some(5));
    let too_large = search(7, &[]);
    let reason = reason((too_large.status, too_large.json()));
    assert!(reason.starts_with("413 content_too_large_exception: the response has 73"), "{reason}");
    let advice = " bytes as JSON for Lambda; at most 6291456 are allowed: request less with [size], [_source] or [filter_path], \
                  or send the header [Accept-Encoding: gzip]";
    assert!(reason.ends_with(advice), "{reason}");
    let compressed = search(7, &[("accept-encoding", "gzip")]);
    assert_eq!(compressed.json()["hits"]["hits"].as_array().map(Vec::len), Some(7));
}

#[test]
fn hostile_functions_fail_only_their_request() {
    let process = start(&[]);
    let before = process.process();
    let large = cities().iter().filter(|city| city.population >= 9_000_000).count();
    for name in hostile::SHARED.into_iter().filter(|name| !["gives_nan", "computes_nan"].contains(name)) {
        let (status, failed) = process.search("cities", &filter(name));
        assert_eq!(status, 400, "{name}: {failed:#}");
        assert_eq!(failed["error"]["root_cause"][0]["type"], "script_exception", "{name}");
        let (status, good) = process.search("cities", &filter("well_behaved"));
        assert_eq!((status, &good["hits"]["total"]["value"]), (200, &json!(large)), "after {name}");
    }
    assert_eq!(process.process(), before);
    // It is still the same process.
    assert_eq!(process.log_lines("level").iter().filter(|line| line["level"] == "ERROR").count(), 0);
    let failures = process.log_lines("FunctionErrors");
    assert!(failures.iter().any(|line| line["Function"] == "traps" && line["FunctionErrors"] == json!(1.0)));
}

#[test]
fn missing_ahead_of_time_code_names_the_command_to_compile_it() {
    let store = LambdaStore::new();
    store.add("cities", CITIES_MAPPING, b"{\"name\": \"Berlin\", \"population\": 3644826}\n");
    let (here, elsewhere) = match cfg!(target_arch = "x86_64") {
        true => ("x86_64-linux", "aarch64-linux"),
        false => ("aarch64-linux", "x86_64-linux"),
    };
    store.publish("number_range", &component("number_range"), &["--target", elsewhere]);
    let process = store.start(LambdaFunction::Search, &[("QUIDDITCH_FUNCTIONS", "number_range")]);
    let search = || {
        let parameters = json!({ "field": "population", "min": 1 });
        process
            .search("cities", &json!({ "query": { "wasm_udf": { "name": "number_range", "parameters": parameters } } }))
    };
    let (status, failed) = search();
    assert_eq!(status, 400);
    let cause = failed["error"]["failed_shards"][0]["reason"]["caused_by"]["reason"].to_string();
    let command = format!("quidditch udf compile number_range@1.0.0 --target {here}");
    assert!(cause.contains(&command) && cause.contains("cannot compile"), "{cause}");

    store.succeed(&["udf", "compile", "number_range@1.0.0", "--target", here]);
    assert_eq!(search().1["hits"]["total"]["value"], 1, "the next request finds it");
}

#[test]
fn unknown_indices_and_functions_are_logged_at_start() {
    let process = start(&[("QUIDDITCH_INDICES", "villages,cities"), ("QUIDDITCH_FUNCTIONS", "nope,number_range")]);
    assert_eq!(process.search("cities", &near("Hamborg")).0, 200);
    let warnings = process.log_lines("level");
    let warnings = warnings.iter().filter(|line| line["level"] == "WARN");
    let mut warnings: Vec<_> = warnings.map(|line| format!("{}: {}", line["message"], line["error"])).collect();
    warnings.sort();
    insta::assert_snapshot!(warnings.join("\n"), @r#"
    "cannot load a function": "function nope failed to load: unknown function [nope], published: [computes_nan], [eats_memory], [fails], [gives_nan], [gives_too_few], [loops], [loops_in_bind], [number_range], [overflows_its_stack], [refuses] and 3 more"
    "cannot open an index": "no such index [villages]"
    "#);
}

#[test]
fn invalid_settings_end_the_process_with_the_reason() {
    let mut process = start(&[("QUIDDITCH_TIMEOUT_MS", "soon")]);
    assert_eq!(process.wait_for_end(), Some(1));
    insta::assert_snapshot!(process.log(), @"error: environment variable QUIDDITCH_TIMEOUT_MS has the invalid value [soon]: invalid digit found in string");
    let reported = process.init_errors();
    let [Invoked::Failed { kind, message }] = reported.as_slice() else { panic!("one error: {reported:?}") };
    assert_eq!(kind, "InitializationFailed");
    insta::assert_snapshot!(message, @"environment variable QUIDDITCH_TIMEOUT_MS has the invalid value [soon]: invalid digit found in string");
}

#[test]
fn credentials_of_clients_are_never_logged() {
    let process = start(&[("QUIDDITCH_LOG", "trace")]);
    let headers = [("authorization", "Bearer s3cr3t-token"), ("cookie", "session=s3cr3t-session")];
    assert_eq!(process.send("GET", "/cities/_count", &headers, b"").status, 200);
    let log = process.log();
    assert!(log.contains("request answered"), "{log}");
    assert!(!log.contains("s3cr3t"), "{log}");
}

#[test]
fn several_processes_answer_concurrently() {
    let api = Arc::new(RuntimeApi::start());
    let start = || store().start_on(&api, LambdaFunction::Search, &[("QUIDDITCH_INDICES", "cities")]);
    let processes = [start(), start(), start()];
    assert!(api.wait_for_processes(processes.len(), Duration::from_secs(60)), "the processes start");
    thread::scope(|scope| {
        for (process, name) in processes.iter().zip(["Berlin", "Leipzig", "Dresden"]).cycle().take(12) {
            scope.spawn(move || {
                let (status, found) = process.search("cities", &near(name));
                assert_eq!((status, &found["hits"]["hits"][0]["_source"]["name"]), (200, &json!(name)), "{found:#}");
            });
        }
    });
    for process in &processes {
        assert_ne!(process.log_lines("_aws").len(), 0, "each answers some requests");
    }
}
