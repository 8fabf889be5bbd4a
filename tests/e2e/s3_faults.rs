//! What a search through the server comes to when S3 or the network to it has trouble: the right answer, or an error that
//! says so, in a time that somebody may still wait for.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use quidditch_storage::{Precondition, Storage};
use quidditch_test_s3::{Conditions, ErrorResponse, Fault, Operation, Rule, S3Server};
use quidditch_tests::{Quidditch, components_directory};
use serde_json::{Value as Json, json};

use crate::s3::{Asking, CITIES, MAPPING, storage};

/// The time that the search may take.
const TIMEOUT: Duration = Duration::from_secs(20);
/// What starting a server and being one of many on a busy machine may take besides.
const BUSY: Duration = Duration::from_secs(15);

/// Some trouble, and which requests have it.
struct Trouble {
    name: &'static str,
    rule: Rule,
}

fn trouble(name: &'static str, rule: Rule) -> Trouble {
    Trouble { name, rule }
}

fn troubles() -> Vec<Trouble> {
    let fault = Rule::new;
    let answer = |answer| Rule::new(Fault::Respond(answer));
    let retry_after = |seconds| ErrorResponse::slow_down(Some(Duration::from_secs(seconds)));
    let no_answer = Rule::new(Fault::Stall(Fault::FOREVER)).on(Operation::Get);
    let wrong_range = || fault(Fault::WrongContentRange).on(Operation::Get);
    let body_stalls = |time| fault(Fault::StallBody { after: 100, time }).on(Operation::Get);
    vec![
        trouble("none", fault(Fault::Reset).times(0)),
        trouble("connections are reset twice", fault(Fault::Reset).times(2)),
        trouble("connections are reset later on", fault(Fault::Reset).after(3).times(2)),
        trouble("connections are reset always", fault(Fault::Reset)),
        trouble("answers are lost twice", fault(Fault::LoseResponse).times(2)),
        trouble("bodies are cut twice", fault(Fault::Cut { after: 100 }).on(Operation::Get).times(2)),
        trouble("bodies are cut later on", fault(Fault::Cut { after: 100 }).on(Operation::Get).after(3).times(2)),
        trouble("bodies are cut always", fault(Fault::Cut { after: 100 }).on(Operation::Get)),
        trouble("bodies lack their ends twice", fault(Fault::Truncate { by: 10 }).on(Operation::Get).times(2)),
        trouble("bodies lack their ends always", fault(Fault::Truncate { by: 10 }).on(Operation::Get)),
        trouble("wrong ranges come twice", wrong_range().after(3).times(2)),
        trouble("wrong ranges come always", wrong_range()),
        trouble("500 twice", answer(ErrorResponse::internal_error()).times(2)),
        trouble("500 later on", answer(ErrorResponse::internal_error()).after(3).times(2)),
        trouble("500 always", answer(ErrorResponse::internal_error())),
        trouble("SlowDown for a second, twice", answer(retry_after(1)).times(2)),
        trouble("SlowDown for an hour", answer(retry_after(3_600))),
        trouble("SlowDown always", answer(ErrorResponse::slow_down(None))),
        trouble("access is denied", answer(ErrorResponse::access_denied())),
        trouble("the bucket is gone", answer(ErrorResponse::no_such_bucket())),
        trouble("the clock is wrong", answer(ErrorResponse::clock_skew())),
        trouble("the first answer never comes", no_answer.clone().times(1)),
        trouble("the second answer never comes", no_answer.clone().after(1).times(1)),
        trouble("a body stops for three seconds", body_stalls(Duration::from_secs(3)).times(1)),
        trouble("a body stops for ever", body_stalls(Fault::FOREVER).times(1)),
        trouble("no answer ever comes", no_answer),
        trouble("every body stops for ever", body_stalls(Fault::FOREVER)),
    ]
}

/// Cities called Paris; a function of the store has a say. The index is read by ranges, the function whole.
fn body() -> Json {
    json!({
        "query": { "bool": {
            "must": { "match": { "name": "paris" } },
            "filter": { "wasm_udf": { "name": "number_range", "parameters": { "field": "population", "min": 1 } } },
        } },
        "_source": ["name"], "timeout": format!("{}s", TIMEOUT.as_secs()),
    })
}

/// Each trouble has a copy of the store for itself, below a folder with the trouble's number.
fn folder(number: usize) -> String {
    format!("trouble-{number}")
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

/// What comes back, and after what time.
fn search(s3: &S3Server, number: usize) -> (Json, Duration) {
    let quidditch = Quidditch::over(format!("{}/{}", s3.url(), folder(number)), s3.environment());
    let server = Asking::new(quidditch.serve::<&str>([]));
    let start = Instant::now();
    (server.search(&body()), start.elapsed())
}

/// The hits as far as they matter, or the error.
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
fn searches_come_to_an_end_whatever_s3_does() {
    let s3 = S3Server::start();
    let troubles = troubles();
    fill(&s3, troubles.len());
    let rule = |(number, trouble): (usize, &Trouble)| trouble.rule.clone().key(format!("{}/", folder(number)));
    let rules = troubles.iter().enumerate().map(rule).collect();
    s3.conditions().set(Conditions { rules, ..Conditions::default() });

    let answers: Vec<(Json, Duration)> = thread::scope(|scope| {
        let s3 = &s3;
        let searches: Vec<_> = (0..troubles.len()).map(|number| scope.spawn(move || search(s3, number))).collect();
        searches.into_iter().map(|search| search.join().expect("every search is answered")).collect()
    });
    // Without trouble, the fourth read and the next are ranges, and so "later on" and "wrong ranges" are not too late.
    let reads = s3.requests().into_iter().filter(|request| request.operation == Operation::Get);
    let reads: Vec<_> = reads.filter(|request| request.key.starts_with(&format!("{}/", folder(0)))).collect();
    assert!(reads.len() >= 5 && reads[3..].iter().all(|read| read.range.is_some()), "{reads:#?}");

    let mut outcomes = String::new();
    for (trouble, (answer, took)) in troubles.iter().zip(&answers) {
        eprintln!("{:>6.2} s  {}: {}", took.as_secs_f64(), trouble.name, outcome(answer));
        outcomes += &format!("{}: {}\n", trouble.name, outcome(answer));
    }
    for (trouble, (answer, took)) in troubles.iter().zip(&answers) {
        assert!(*took < TIMEOUT + BUSY, "{}: it took {took:?}", trouble.name);
        let is_right = answer["hits"] == answers[0].0["hits"] && answer["timed_out"] == false;
        let is_clear = answer["status"].as_u64().is_some_and(|status| (500..600).contains(&status));
        assert!(is_right || is_clear, "{}: {answer:#}", trouble.name);
    }
    insta::assert_snapshot!(outcomes, @r#"
    none: 24 hits, the first "Paris"
    connections are reset twice: 24 hits, the first "Paris"
    connections are reset later on: 24 hits, the first "Paris"
    connections are reset always: 503 service_unavailable_exception: the storage of the index is unavailable
    answers are lost twice: 24 hits, the first "Paris"
    bodies are cut twice: 24 hits, the first "Paris"
    bodies are cut later on: 24 hits, the first "Paris"
    bodies are cut always: 503 service_unavailable_exception: the storage of the index is unavailable
    bodies lack their ends twice: 24 hits, the first "Paris"
    bodies lack their ends always: 503 service_unavailable_exception: the storage of the index is unavailable
    wrong ranges come twice: 24 hits, the first "Paris"
    wrong ranges come always: 503 service_unavailable_exception: the storage of the index is unavailable
    500 twice: 24 hits, the first "Paris"
    500 later on: 24 hits, the first "Paris"
    500 always: 503 service_unavailable_exception: the storage of the index is unavailable
    SlowDown for a second, twice: 24 hits, the first "Paris"
    SlowDown for an hour: 503 service_unavailable_exception: the storage of the index is unavailable
    SlowDown always: 503 service_unavailable_exception: the storage of the index is unavailable
    access is denied: 500 internal_server_error: internal error; see the server log
    the bucket is gone: 500 internal_server_error: internal error; see the server log
    the clock is wrong: 500 internal_server_error: internal error; see the server log
    the first answer never comes: 24 hits, the first "Paris"
    the second answer never comes: 24 hits, the first "Paris"
    a body stops for three seconds: 24 hits, the first "Paris"
    a body stops for ever: 24 hits, the first "Paris"
    no answer ever comes: 503 timeout_exception: storage did not respond within [timeout] 20s; retry or raise the timeout
    every body stops for ever: 503 timeout_exception: storage did not respond within [timeout] 20s; retry or raise the timeout
    "#);
}
