//! The indexing function.

use std::io::Write;
use std::sync::Arc;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use quidditch_clock::SystemClock;
use quidditch_storage::{Precondition, S3Storage, Storage};
use quidditch_tests::{Invoked, LambdaFunction, LambdaProcess, LambdaStore, s3_settings};
use serde_json::{Value as Json, json};

const MAPPING: &str = r#"{"properties": {"name": {"type": "keyword"}}}"#;

/// A store with an empty index, and what it takes to upload files beside it.
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

    /// Uploads a file; gives its entity tag.
    fn upload(&self, key: &str, bytes: impl Into<Bytes>) -> String {
        let version = wait(self.bucket().put(key, bytes.into(), Precondition::None)).expect("uploaded");
        version.as_str().trim_matches('"').to_owned()
    }

    /// The bucket that the store is in, too.
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

    #[track_caller]
    fn failure(&self, key: &str, etag: &str) -> String {
        match self.process.uploaded(&[(key, etag)]) {
            Invoked::Answer(text) => panic!("it should have failed: {text}"),
            Invoked::Failed { kind, message } => format!("{kind}: {message}"),
        }
    }

    /// The names that a search finds.
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
fn an_event_that_comes_twice_adds_nothing_twice() {
    let setup = Setup::new();
    let key = "incoming/towns/a b.ndjson";
    let etag = setup.upload(key, "{\"name\": \"a\"}\n{\"name\": \"b\"}\n");
    let encoded = "incoming/towns/a+b.ndjson";
    assert_eq!(setup.outcome(encoded, &etag), json!({ "added": { "documents": 2, "splits": 1 } }));
    assert_eq!(setup.outcome(encoded, &etag), json!({ "skipped": "already added" }));
    // Another process has never heard of it.
    let other = setup.store.start(LambdaFunction::Index, &[]);
    let Invoked::Answer(again) = other.uploaded(&[(encoded, &etag)]) else { panic!("it failed") };
    assert!(again.contains("already added"), "{again}");
    assert_eq!(setup.names(), ["a", "b"]);
}

#[test]
fn an_index_that_was_removed_can_be_filled_again() {
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
fn a_process_that_dies_before_it_can_say_what_it_added_has_added_nothing_twice() {
    let setup = Setup::new();
    let key = "incoming/towns/a.ndjson";
    let etag = setup.upload(key, "{\"name\": \"a\"}\n\n{\"name\": \"b\"}\n");
    assert_eq!(setup.outcome(key, &etag), json!({ "added": { "documents": 2, "splits": 1 } }));
    // As if its last write had never come.
    let receipts = wait(setup.bucket().list("store/towns/ingested/")).expect("listed");
    let [receipt] = receipts.as_slice() else { panic!("one receipt: {receipts:?}") };
    let claim = json!({ "file": key, "etag": etag, "state": { "claimed": { "until": 1 } } });
    setup.upload(&receipt.key, claim.to_string());
    assert_eq!(setup.outcome(key, &etag), json!({ "added": { "documents": 2, "splits": 1 } }));
    assert_eq!(setup.names(), ["a", "b"]);
    // The same lines in another file are other documents.
    let other = "incoming/towns/b.ndjson";
    let etag = setup.upload(other, "{\"name\": \"a\"}\n");
    assert_eq!(setup.outcome(other, &etag), json!({ "added": { "documents": 1, "splits": 1 } }));
    assert_eq!(setup.names(), ["a", "a", "b"]);
}

#[test]
fn events_may_come_in_any_order_and_together() {
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
fn what_cannot_be_added_says_why_and_can_be_uploaded_again() {
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
    assert_eq!(setup.names(), [""; 0], "all of a file or nothing");

    let nowhere = "incoming/villages/a.ndjson";
    let etag = setup.upload(nowhere, "{}\n");
    insta::assert_snapshot!(setup.failure(nowhere, &etag), @"IndexingFailed: cannot add file incoming/villages/a.ndjson to index [villages]: no such index [villages]");
    insta::assert_snapshot!(setup.failure("incoming/towns/gone.ndjson", "00"), @"IndexingFailed: cannot add file incoming/towns/gone.ndjson to index [towns]: the file no longer exists");

    let etag = setup.upload(bad, "{\"name\": \"b\"}\n");
    assert_eq!(setup.outcome(bad, &etag), json!({ "added": { "documents": 1, "splits": 1 } }));
    assert_eq!(setup.names(), ["b"]);
    assert_eq!(setup.process.log_lines("Errors").len(), 5, "metrics");
}

#[test]
fn other_events_are_refused() {
    let setup = Setup::new();
    let Invoked::Failed { message, .. } = setup.process.invoke(&json!({})) else { panic!("it should have failed") };
    insta::assert_snapshot!(message, @"not an S3 event: it has no Records");
    let Invoked::Answer(nothing) = setup.process.invoke(&json!({ "Event": "s3:TestEvent" })) else {
        panic!("it failed")
    };
    assert_eq!(nothing, "[]");
}
