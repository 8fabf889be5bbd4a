//! Searches while S3 or the network fails: the right response or a clear error, within the time limit.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use quidditch_storage::{Precondition, Storage};
use quidditch_test_s3::{Conditions, ErrorResponse, Fault, Operation, Rule, S3Server};
use quidditch_tests::{Quidditch, components_directory};
use serde_json::{Value as Json, json};

use crate::s3::{CITIES, MAPPING, ServerClient, storage};

/// The time limit of the search.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Additional time for starting a server on a busy machine.
const STARTUP: Duration = Duration::from_secs(15);

/// A named fault, and the requests that it affects.
struct FaultCase {
    name: &'static str,
    rule: Rule,
}

fn case(name: &'static str, rule: Rule) -> FaultCase {
    FaultCase { name, rule }
}

fn cases() -> Vec<FaultCase> {
    let fault = Rule::new;
    let answer = |answer| Rule::new(Fault::Respond(answer));
    let retry_after = |seconds| ErrorResponse::slow_down(Some(Duration::from_secs(seconds)));
    let no_answer = Rule::new(Fault::Stall(Fault::FOREVER)).on(Operation::Get);
    let wrong_range = || fault(Fault::WrongContentRange).on(Operation::Get);
    let body_stalls = |time| fault(Fault::StallBody { after: 100, time }).on(Operation::Get);
    vec![
        case("no fault", fault(Fault::Reset).times(0)),
        case("connections are reset twice", fault(Fault::Reset).times(2)),
        case("connections are reset later", fault(Fault::Reset).after(3).times(2)),
        case("connections are always reset", fault(Fault::Reset)),
        case("responses are lost twice", fault(Fault::LoseResponse).times(2)),
        case("bodies are cut twice", fault(Fault::Cut { after: 100 }).on(Operation::Get).times(2)),
        case("bodies are cut later", fault(Fault::Cut { after: 100 }).on(Operation::Get).after(3).times(2)),
        case("bodies are always cut", fault(Fault::Cut { after: 100 }).on(Operation::Get)),
        case("bodies are truncated twice", fault(Fault::Truncate { by: 10 }).on(Operation::Get).times(2)),
        case("bodies are always truncated", fault(Fault::Truncate { by: 10 }).on(Operation::Get)),
        case("wrong ranges twice", wrong_range().after(3).times(2)),
        case("wrong ranges always", wrong_range()),
        case("500 twice", answer(ErrorResponse::internal_error()).times(2)),
        case("500 later", answer(ErrorResponse::internal_error()).after(3).times(2)),
        case("500 always", answer(ErrorResponse::internal_error())),
        case("SlowDown for a second, twice", answer(retry_after(1)).times(2)),
        case("SlowDown for an hour", answer(retry_after(3_600))),
        case("SlowDown always", answer(ErrorResponse::slow_down(None))),
        case("access is denied", answer(ErrorResponse::access_denied())),
        case("the bucket is gone", answer(ErrorResponse::no_such_bucket())),
        case("the clock is wrong", answer(ErrorResponse::clock_skew())),
        case("the first response never arrives", no_answer.clone().times(1)),
        case("the second response never arrives", no_answer.clone().after(1).times(1)),
        case("a body stalls for three seconds", body_stalls(Duration::from_secs(3)).times(1)),
        case("a body stalls forever", body_stalls(Fault::FOREVER).times(1)),
        case("no response ever arrives", no_answer),
        case("every body stalls forever", body_stalls(Fault::FOREVER)),
    ]
}

/// A search with a function. It reads the index by ranges, and the function as a whole.
fn body() -> Json {
    json!({
        "query": { "bool": {
            "must": { "match": { "name": "paris" } },
            "filter": { "wasm_udf": { "name": "number_range", "parameters": { "field": "population", "min": 1 } } },
        } },
        "_source": ["name"], "timeout": format!("{}s", TIMEOUT.as_secs()),
    })
}

/// Each case has its own copy of the store, in a folder with the number of the case.
fn folder(number: usize) -> String {
    format!("case-{number}")
}

fn fill(s3: &S3Server, folders: usize) {
    let quidditch = Quidditch::over(format!("{}/original", s3.url()), s3.environment());
    quidditch.succeed(["index", "create", "cities", "--mapping", MAPPING]);
    quidditch.succeed(["index", "add", "cities", CITIES]);
    let file = components_directory().join("number_range.wasm");
    quidditch.succeed(["udf", "publish", file.to_str().expect("UTF-8")]);

    let bucket: Arc<dyn Storage> = storage(s3, &s3.url());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        for entry in bucket.list("original/").await.expect("listed") {
            let bytes = bucket.get(&entry.key).await.expect("read").bytes;
            for number in 0..folders {
                let key = entry.key.replacen("original", &folder(number), 1);
                bucket.put(&key, bytes.clone(), Precondition::Absent).await.expect("written");
            }
        }
    });
}

/// The response, and how long it took.
fn search(s3: &S3Server, number: usize) -> (Json, Duration) {
    let quidditch = Quidditch::over(format!("{}/{}", s3.url(), folder(number)), s3.environment());
    let server = ServerClient::new(quidditch.serve::<&str>([]));
    let start = Instant::now();
    (server.search(&body()), start.elapsed())
}

/// A summary of the hits, or the error.
fn outcome(answer: &Json) -> String {
    let error = &answer["error"];
    if error.is_null() {
        let first = &answer["hits"]["hits"][0]["_source"]["name"];
        return format!("{} hits, the first {first}", answer["hits"]["total"]["value"]);
    }
    let cause = &error["root_cause"][0];
    format!("{} {}: {}", answer["status"], text(&cause["type"]), text(&cause["reason"]))
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap_or_default()
}

#[test]
fn every_search_ends_with_the_right_hits_or_a_clear_error() {
    let s3 = S3Server::start();
    let cases = cases();
    fill(&s3, cases.len());
    let rule = |(number, case): (usize, &FaultCase)| case.rule.clone().key(format!("{}/", folder(number)));
    let rules = cases.iter().enumerate().map(rule).collect();
    s3.conditions().set(Conditions { rules, ..Conditions::default() });

    let answers: Vec<(Json, Duration)> = thread::scope(|scope| {
        let s3 = &s3;
        let searches: Vec<_> = (0..cases.len()).map(|number| scope.spawn(move || search(s3, number))).collect();
        searches.into_iter().map(|search| search.join().expect("every search is answered")).collect()
    });
    // Without faults, reads from the fourth on are ranges, so the cases "later" and "wrong ranges" do affect reads.
    let reads = s3.requests().into_iter().filter(|request| request.operation == Operation::Get);
    let reads: Vec<_> = reads.filter(|request| request.key.starts_with(&format!("{}/", folder(0)))).collect();
    assert!(reads.len() >= 5 && reads[3..].iter().all(|read| read.range.is_some()), "{reads:#?}");

    let mut outcomes = String::new();
    for (case, (answer, took)) in cases.iter().zip(&answers) {
        eprintln!("{:>6.2} s  {}: {}", took.as_secs_f64(), case.name, outcome(answer));
        outcomes += &format!("{}: {}\n", case.name, outcome(answer));
    }
    for (case, (answer, took)) in cases.iter().zip(&answers) {
        assert!(*took < TIMEOUT + STARTUP, "{}: it took {took:?}", case.name);
        let is_right = answer["hits"] == answers[0].0["hits"] && answer["timed_out"] == false;
        let is_clear = answer["status"].as_u64().is_some_and(|status| (500..600).contains(&status));
        assert!(is_right || is_clear, "{}: {answer:#}", case.name);
    }
    insta::assert_snapshot!(outcomes, @r#"
    no fault: 24 hits, the first "Paris"
    connections are reset twice: 24 hits, the first "Paris"
    connections are reset later: 24 hits, the first "Paris"
    connections are always reset: 503 service_unavailable_exception: the storage of the index is unavailable
    responses are lost twice: 24 hits, the first "Paris"
    bodies are cut twice: 24 hits, the first "Paris"
    bodies are cut later: 24 hits, the first "Paris"
    bodies are always cut: 503 service_unavailable_exception: the storage of the index is unavailable
    bodies are truncated twice: 24 hits, the first "Paris"
    bodies are always truncated: 503 service_unavailable_exception: the storage of the index is unavailable
    wrong ranges twice: 24 hits, the first "Paris"
    wrong ranges always: 503 service_unavailable_exception: the storage of the index is unavailable
    500 twice: 24 hits, the first "Paris"
    500 later: 24 hits, the first "Paris"
    500 always: 503 service_unavailable_exception: the storage of the index is unavailable
    SlowDown for a second, twice: 24 hits, the first "Paris"
    SlowDown for an hour: 503 service_unavailable_exception: the storage of the index is unavailable
    SlowDown always: 503 service_unavailable_exception: the storage of the index is unavailable
    access is denied: 500 internal_server_error: internal error; see the server log
    the bucket is gone: 500 internal_server_error: internal error; see the server log
    the clock is wrong: 500 internal_server_error: internal error; see the server log
    the first response never arrives: 24 hits, the first "Paris"
    the second response never arrives: 24 hits, the first "Paris"
    a body stalls for three seconds: 24 hits, the first "Paris"
    a body stalls forever: 24 hits, the first "Paris"
    no response ever arrives: 503 timeout_exception: storage did not respond within [timeout] 20s; retry or raise the timeout
    every body stalls forever: 503 timeout_exception: storage did not respond within [timeout] 20s; retry or raise the timeout
    "#);
}
