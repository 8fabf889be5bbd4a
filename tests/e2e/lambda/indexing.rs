//! The indexing function.

use std::io::Write;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use quidditch_clock::SystemClock;
use quidditch_storage::{Precondition, S3Storage, Storage};
use quidditch_test_s3::{Conditions, Fault, Operation, Rule};
use quidditch_tests::{
    Invoked, LambdaFunction, LambdaProcess, LambdaStore, RuntimeApi, s3_settings, sequenced_upload_event, upload_event,
};
use serde_json::{Value as Json, json};

const MAPPING: &str = r#"{"properties": {"name": {"type": "keyword"}}}"#;

/// A store with an empty index, and a process of the indexing function.
struct Setup {
    store: LambdaStore,
    process: LambdaProcess,
}

impl Setup {
    fn new() -> Self {
        let store = LambdaStore::new();
        store.add("towns", MAPPING, b"");
        let process = store.start(LambdaFunction::Index, &[]);
        Setup { store, process }
    }

    /// Uploads a file; returns its entity tag.
    fn upload(&self, key: &str, bytes: impl Into<Bytes>) -> String {
        let version = wait(self.bucket().put(key, bytes.into(), Precondition::None)).expect("uploaded");
        version.as_str().trim_matches('"').to_owned()
    }

    /// The bucket, which also contains the store.
    fn bucket(&self) -> S3Storage {
        let server = &self.store.server;
        let url = server.url().parse().expect("a valid URL");
        S3Storage::new(url, s3_settings(server), Arc::new(SystemClock::default()))
    }

    /// The outcome of an event about one file.
    #[track_caller]
    fn outcome(&self, key: &str, etag: &str) -> Json {
        match self.process.uploaded(&[(key, etag)]) {
            Invoked::Answer(text) => serde_json::from_str::<Json>(&text).expect("JSON")[0]["outcome"].clone(),
            Invoked::Failed { message, .. } => panic!("{message}"),
        }
    }

    /// The outcome of an event about one file, with a sequencer.
    #[track_caller]
    fn sequenced_outcome(&self, key: &str, etag: &str, sequencer: &str) -> Json {
        match self.process.invoke(&sequenced_upload_event(key, etag, sequencer)) {
            Invoked::Answer(text) => serde_json::from_str::<Json>(&text).expect("JSON")[0]["outcome"].clone(),
            Invoked::Failed { message, .. } => panic!("{message}"),
        }
    }

    #[track_caller]
    fn failure(&self, key: &str, etag: &str) -> String {
        match self.process.uploaded(&[(key, etag)]) {
            Invoked::Answer(text) => panic!("it should have failed: {text}"),
            Invoked::Failed { kind, message } => format!("{kind}: {message}"),
        }
    }

    /// The names of all documents.
    fn names(&self) -> Vec<String> {
        let search = self.store.start(LambdaFunction::Search, &[]);
        let body = json!({ "size": 100, "sort": [{ "name": "asc" }] });
        let (status, found) = search.search("towns", &body);
        assert_eq!(status, 200, "{found:#}");
        let hits = found["hits"]["hits"].as_array().expect("hits").clone();
        hits.iter().map(|hit| hit["_source"]["name"].as_str().expect("a name").to_owned()).collect()
    }
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(future)
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).expect("memory");
    encoder.finish().expect("memory")
}

#[test]
fn a_repeated_event_adds_nothing() {
    let setup = Setup::new();
    let key = "incoming/towns/a b.ndjson";
    let etag = setup.upload(key, "{\"name\": \"a\"}\n{\"name\": \"b\"}\n");
    let encoded = "incoming/towns/a+b.ndjson";
    assert_eq!(setup.outcome(encoded, &etag), json!({ "added": { "documents": 2, "splits": 1 } }));
    assert_eq!(setup.outcome(encoded, &etag), json!({ "skipped": "already added" }));
    // Also in another process.
    let other = setup.store.start(LambdaFunction::Index, &[]);
    let Invoked::Answer(again) = other.uploaded(&[(encoded, &etag)]) else { panic!("it failed") };
    assert!(again.contains("already added"), "{again}");
    assert_eq!(setup.names(), ["a", "b"]);
}

#[test]
fn a_deleted_index_can_be_filled_again() {
    let setup = Setup::new();
    let key = "incoming/towns/a.ndjson";
    let etag = setup.upload(key, "{\"name\": \"a\"}\n");
    let added = json!({ "added": { "documents": 1, "splits": 1 } });
    assert_eq!(setup.outcome(key, &etag), added);
    setup.store.succeed(&["index", "delete", "towns"]);
    setup.store.add("towns", MAPPING, b"");
    assert_eq!(setup.outcome(key, &etag), added);
    assert_eq!(setup.names(), ["a"]);
}

#[test]
fn documents_added_twice_replace_themselves() {
    let setup = Setup::new();
    let key = "incoming/towns/a.ndjson";
    let etag = setup.upload(key, "{\"name\": \"a\"}\n\n{\"name\": \"b\"}\n");
    assert_eq!(setup.outcome(key, &etag), json!({ "added": { "documents": 2, "splits": 1 } }));
    // As if the process had died before writing the receipt.
    let receipts = wait(setup.bucket().list("store/towns/ingested/")).expect("listed");
    let [receipt] = receipts.as_slice() else { panic!("one receipt: {receipts:?}") };
    let claim = json!({ "etag": etag, "until": 1, "request": "first", "step": "committing" });
    let claim = json!({ "file": key, "claim": claim });
    setup.upload(&receipt.key, claim.to_string());
    assert_eq!(setup.outcome(key, &etag), json!({ "added": { "documents": 2, "splits": 1 } }));
    assert_eq!(setup.names(), ["a", "b"]);
    // The same lines in another file are different documents.
    let other = "incoming/towns/b.ndjson";
    let etag = setup.upload(other, "{\"name\": \"a\"}\n");
    assert_eq!(setup.outcome(other, &etag), json!({ "added": { "documents": 1, "splits": 1 } }));
    assert_eq!(setup.names(), ["a", "a", "b"]);
}

#[test]
fn a_repeated_event_takes_over_from_a_process_that_died() {
    let Setup { store, process } = Setup::new();
    let setup = Setup { process: store.start(LambdaFunction::Index, &[]), store };
    let key = "incoming/towns/a.ndjson";
    let etag = setup.upload(key, "{\"name\": \"a\"}\n");
    let event = upload_event(&[(key, &etag)]);

    // The download stalls, and the process is killed while it holds the claim.
    let conditions = setup.store.server.conditions();
    conditions.set(Conditions::only(Rule::new(Fault::Stall(Fault::FOREVER)).on(Operation::Get).key("incoming/")));
    let result = process.send_event("first", &event);
    let claimed = || !wait(setup.bucket().list("store/towns/ingested/")).expect("listed").is_empty();
    let start = Instant::now();
    while !claimed() {
        assert!(start.elapsed() < Duration::from_secs(60), "no claim: {}", process.log());
        thread::sleep(Duration::from_millis(20));
    }
    drop(process);
    assert!(result.try_recv().is_err(), "the event has no result");
    conditions.set(Conditions::default());

    // For other events, the claim is valid for a while.
    let Invoked::Failed { message, .. } = setup.process.invoke_as("second", &event) else { panic!("it succeeded") };
    let expected = "cannot add file incoming/towns/a.ndjson to index [towns]: another process is adding this file";
    assert_eq!(message, expected);
    // Lambda repeats the first event with its request id.
    let Invoked::Answer(report) = setup.process.invoke_as("first", &event) else { panic!("it failed") };
    assert!(report.contains(r#"{"added":{"documents":1,"splits":1}}"#), "{report}");
    assert_eq!(setup.outcome(key, &etag), json!({ "skipped": "already added" }));
    assert_eq!(setup.names(), ["a"]);
}

#[test]
fn a_file_that_cannot_be_added_does_not_stop_the_others() {
    let setup = Setup::new();
    let (bad, good) = ("incoming/towns/bad.ndjson", "incoming/towns/good.ndjson");
    let bad_etag = setup.upload(bad, "{\"name\": \n");
    let good_etag = setup.upload(good, "{\"name\": \"good\"}\n");
    let mut event = upload_event(&[(bad, &bad_etag), (good, &good_etag)]);
    event["Records"].as_array_mut().expect("a list").insert(0, json!({ "eventName": "ObjectCreated:Put" }));
    let Invoked::Failed { message, .. } = setup.process.invoke(&event) else { panic!("it succeeded") };
    assert!(message.starts_with("invalid record 0: missing field `s3`"), "{message}");
    let expected = "; cannot add file incoming/towns/bad.ndjson to index [towns]: invalid document in line 1: ";
    assert!(message.contains(expected) && !message.contains("good"), "{message}");
    assert_eq!(setup.names(), ["good"]);
}

#[test]
fn an_event_without_an_entity_tag_adds_the_current_content() {
    let setup = Setup::new();
    let key = "incoming/towns/a.ndjson";
    let etag = setup.upload(key, "{\"name\": \"a\"}\n");
    let mut event = upload_event(&[(key, &etag)]);
    event["Records"][0]["s3"]["object"].as_object_mut().expect("an object").remove("eTag");
    let Invoked::Answer(report) = setup.process.invoke(&event) else { panic!("it failed") };
    assert!(report.contains(r#"{"added":{"documents":1,"splits":1}}"#), "{report}");
    assert_eq!(setup.outcome(key, &etag), json!({ "skipped": "already added" }), "the same file");
    assert_eq!(setup.names(), ["a"]);
}

#[test]
fn events_can_arrive_in_any_order() {
    let setup = Setup::new();
    let (first, second) = ("incoming/towns/1.ndjson", "incoming/towns/2.ndjson.gz");
    let old = setup.upload(first, "{\"name\": \"old\"}\n");
    let new = setup.upload(first, "{\"name\": \"new\"}\n");
    let other = setup.upload(second, gzip("{\"name\": \"other\"}\n"));
    let Invoked::Answer(_) = setup.process.uploaded(&[(second, &other), (first, &new)]) else { panic!("it failed") };
    let late = setup.outcome(first, &old);
    assert_eq!(late, json!({ "skipped": "superseded by a newer upload" }));
    assert_eq!(setup.names(), ["new", "other"]);
}

#[test]
fn a_content_that_returns_is_added_again() {
    let setup = Setup::new();
    let key = "incoming/towns/a.ndjson";
    let document = |name: &str| format!("{{\"_id\": \"1\", \"name\": \"{name}\"}}\n");
    let added = json!({ "added": { "documents": 1, "splits": 1 } });
    let mut etags = Vec::new();
    for (name, sequencer) in [("a", "0055AED6DCD9028"), ("b", "0055AED6DCD90281E5"), ("a", "0055AED6DCD90281E6")] {
        let etag = setup.upload(key, document(name));
        assert_eq!(setup.sequenced_outcome(key, &etag, sequencer), added);
        assert_eq!(setup.sequenced_outcome(key, &etag, sequencer), json!({ "skipped": "already added" }));
        assert_eq!(setup.names(), [name]);
        etags.push(etag);
    }
    assert_eq!(etags[0], etags[2], "the same content");
    // A late event about an older upload.
    let late = setup.sequenced_outcome(key, &etags[1], "0055AED6DCD90281E5");
    assert_eq!(late, json!({ "skipped": "superseded by a newer upload" }));
    assert_eq!(setup.names(), ["a"]);
}

#[test]
fn a_file_that_is_replaced_while_it_is_being_added_is_not_added() {
    let Setup { store, process } = Setup::new();
    let setup = Setup { process: store.start(LambdaFunction::Index, &[]), store };
    let key = "incoming/towns/a.ndjson";
    let old = setup.upload(key, "{\"_id\": \"1\", \"name\": \"old\"}\n");

    // Its documents are in a split that is not part of the index yet.
    let conditions = setup.store.server.conditions();
    let slow = Fault::Stall(Duration::from_secs(3));
    conditions.set(Conditions::only(Rule::new(slow).on(Operation::Put).key("/splits/")));
    let result = process.send_event("first", &sequenced_upload_event(key, &old, "1"));
    let start = Instant::now();
    while wait(setup.bucket().list("store/towns/splits/")).expect("listed").is_empty() {
        assert!(start.elapsed() < Duration::from_secs(60), "no split: {}", process.log());
        thread::sleep(Duration::from_millis(20));
    }
    conditions.set(Conditions::default());
    let new = setup.upload(key, "{\"_id\": \"1\", \"name\": \"new\"}\n");
    // The event about the new content arrives first, and takes over.
    assert_eq!(setup.sequenced_outcome(key, &new, "2"), json!({ "added": { "documents": 1, "splits": 1 } }));
    let Ok(Invoked::Answer(report)) = result.recv_timeout(Duration::from_secs(60)) else { panic!("it failed") };
    assert!(report.contains("superseded by a newer upload"), "{report}");
    assert_eq!(setup.names(), ["new"]);
    assert_eq!(wait(setup.bucket().list("store/towns/splits/")).expect("listed").len(), 1, "the old split was removed");
    assert_eq!(setup.sequenced_outcome(key, &new, "2"), json!({ "skipped": "already added" }));
}

#[test]
fn events_of_other_services_are_unwrapped() {
    let setup = Setup::new();
    let (first, second) = ("incoming/towns/1.ndjson", "incoming/towns/2.ndjson");
    let first_etag = setup.upload(first, "{\"name\": \"a\"}\n");
    let second_etag = setup.upload(second, "{\"name\": \"b\"}\n");
    let bridged = json!({ "source": "aws.s3", "detail-type": "Object Created", "detail": {
        "bucket": { "name": quidditch_test_s3::BUCKET }, "object": { "key": second, "etag": second_etag, "sequencer": "1" },
    } });
    let event = json!({ "Records": [
        { "eventSource": "aws:sqs", "body": upload_event(&[(first, &first_etag)]).to_string() },
        { "EventSource": "aws:sns", "Sns": { "Message": bridged.to_string() } },
    ] });
    let Invoked::Answer(_) = setup.process.invoke(&event) else { panic!("it failed") };
    assert_eq!(setup.names(), ["a", "b"]);
}

#[test]
fn a_file_that_takes_too_long_fails_before_the_process_is_killed() {
    let store = LambdaStore::new();
    store.add("towns", MAPPING, b"");
    let api = Arc::new(RuntimeApi::with_time_limit(Duration::from_secs(3)));
    let setup = Setup { process: store.start_on(&api, LambdaFunction::Index, &[]), store };
    let key = "incoming/towns/a.ndjson";
    let etag = setup.upload(key, "{\"name\": \"a\"}\n");
    let conditions = setup.store.server.conditions();
    conditions.set(Conditions::only(Rule::new(Fault::Stall(Fault::FOREVER)).on(Operation::Get).key("incoming/")));
    insta::assert_snapshot!(setup.failure(key, &etag), @"IndexingFailed: cannot add file incoming/towns/a.ndjson to index [towns]: the time limit of the Lambda function is up: raise it, or upload smaller files");
    conditions.set(Conditions::default());
    assert_eq!(
        setup.outcome(key, &etag),
        json!({ "added": { "documents": 1, "splits": 1 } }),
        "the claim was released"
    );
}

#[test]
fn failures_are_explained_and_fixed_files_can_be_uploaded() {
    let setup = Setup::new();
    let broken = "incoming/towns/broken.ndjson.gz";
    let mut bytes = gzip("{\"name\": \"a\"}\n");
    bytes.truncate(20);
    let etag = setup.upload(broken, bytes);
    let failure = setup.failure(broken, &etag);
    let expected = "IndexingFailed: cannot add file incoming/towns/broken.ndjson.gz to index [towns]: ";
    assert!(failure.starts_with(&format!("{expected}cannot read the documents after line ")), "{failure}");

    let bad = "incoming/towns/bad.ndjson";
    let etag = setup.upload(bad, "{\"name\": \"b\"}\n{\"name\": \n");
    let failure = setup.failure(bad, &etag);
    let expected = "IndexingFailed: cannot add file incoming/towns/bad.ndjson to index [towns]: ";
    assert!(failure.starts_with(&format!("{expected}invalid document in line 2: ")), "{failure}");
    assert_eq!(setup.names(), [""; 0], "a file is added completely or not at all");

    let nowhere = "incoming/villages/a.ndjson";
    let etag = setup.upload(nowhere, "{}\n");
    insta::assert_snapshot!(setup.failure(nowhere, &etag), @"IndexingFailed: cannot add file incoming/villages/a.ndjson to index [villages]: no such index [villages]");
    assert_eq!(wait(setup.bucket().list("store/villages/")).expect("listed"), [], "nothing is left in the store");
    insta::assert_snapshot!(setup.failure("incoming/towns/gone.ndjson", "00"), @"IndexingFailed: cannot add file incoming/towns/gone.ndjson to index [towns]: the file no longer exists");

    let etag = setup.upload(bad, "{\"name\": \"b\"}\n");
    assert_eq!(setup.outcome(bad, &etag), json!({ "added": { "documents": 1, "splits": 1 } }));
    assert_eq!(setup.names(), ["b"]);
    assert_eq!(setup.process.log_lines("Errors").len(), 5, "metrics");
}

#[test]
fn other_events_are_errors() {
    let setup = Setup::new();
    let Invoked::Failed { message, .. } = setup.process.invoke(&json!({})) else { panic!("it should have failed") };
    insta::assert_snapshot!(message, @"not an event of S3: it has neither Records nor detail");
    let Invoked::Answer(nothing) = setup.process.invoke(&json!({ "Event": "s3:TestEvent" })) else {
        panic!("it failed")
    };
    assert_eq!(nothing, "[]");
}
