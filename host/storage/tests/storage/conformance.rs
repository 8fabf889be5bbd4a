//! What every storage must do, tested with each of them.

use std::future::Future;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use quidditch_clock::{Clock, SystemClock};
use quidditch_storage::{
    BucketUrl, Counting, HedgeSettings, Hedged, LocalFolder, MemoryStorage, Object, Precondition, RetrySettings,
    Retrying, S3Credentials, S3Settings, S3Storage, Storage, StorageError, Version, open_s3,
};
use quidditch_test_s3::{Conditions, S3Server};
use quidditch_test_storage::InterceptStorage;
use tokio::runtime::Runtime;

use crate::http_reader::HttpReader;

/// All tests run in it: storages that use the network need a runtime that lives as long as they do.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
});

fn block_on<T>(future: impl Future<Output = T>) -> T {
    RUNTIME.block_on(future)
}

/// One module of tests for each storage. The first part of the pair is kept until the end of the test.
macro_rules! conformance {
    ($($name:ident => $storage:expr;)*) => {$(
        mod $name {
            use super::*;

            conformance!(@tests $storage;
                written_objects_can_be_read, versions_distinguish_contents, ranges_are_exact, missing_objects_are_not_found,
                writes_can_require_absence, writes_can_require_a_version, listings_are_sorted_and_filtered_by_prefix,
                parts_are_the_same_listing, folders_are_listed, deleting_can_be_repeated, invalid_keys_are_rejected, one_of_many_writers_wins, empty_objects_are_objects);
        }
    )*};
    (@tests $storage:expr; $($test:ident),*) => {$(
        #[test]
        fn $test() {
            let (_kept, storage) = $storage;
            block_on(super::$test(storage));
        }
    )*};
}

conformance! {
    memory => ((), Arc::new(MemoryStorage::new()) as Arc<dyn Storage>);
    local_folder => {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let storage = Arc::new(LocalFolder::new(folder.path().join("store"))) as Arc<dyn Storage>;
        (folder, storage)
    };
    counting => ((), Arc::new(Counting::new(Arc::new(MemoryStorage::new()))) as Arc<dyn Storage>);
    intercepted => ((), Arc::new(InterceptStorage::new(Arc::new(MemoryStorage::new()))) as Arc<dyn Storage>);
    s3 => {
        let server = server();
        let storage = s3(&server, "");
        (server, storage)
    };
    s3_with_a_prefix => {
        let server = server();
        let other = s3(&server, "/some/store-of-others");
        block_on(put(&*other, "a/b/c", "not in the store"));
        let storage = s3(&server, "/some/store");
        (server, storage)
    };
    s3_http_reader => {
        let server = server();
        let storage = Arc::new(HttpReader::new(url(&server, "/some/store"), settings(&server))) as Arc<dyn Storage>;
        (server, storage)
    };
    s3_resilient => {
        let server = server();
        let storage = open_s3(&url(&server, ""), settings(&server), clock());
        (server, storage)
    };
    s3_counted_between_retries_and_hedges => {
        let server = server();
        let counting = Arc::new(Counting::new(s3(&server, "")));
        let hedged = Arc::new(Hedged::new(counting, HedgeSettings::default(), clock()));
        (server, Arc::new(Retrying::new(hedged, RetrySettings::default(), clock())) as Arc<dyn Storage>)
    };
    s3_in_parts => {
        let server = server();
        let settings = S3Settings { multipart_threshold_bytes: 0, part_bytes: 2, ..settings(&server) };
        let storage = Arc::new(S3Storage::new(url(&server, ""), settings, clock())) as Arc<dyn Storage>;
        (server, storage)
    };
}

/// A server whose listings have several pages, and that accepts small parts.
fn server() -> S3Server {
    let server = S3Server::start();
    server.conditions().set(Conditions { keys_per_page: 2, min_part_bytes: 1, ..Conditions::default() });
    server
}

fn settings(server: &S3Server) -> S3Settings {
    S3Settings {
        endpoint: Some(server.endpoint()),
        region: Some(server.region().to_owned()),
        credentials: Some(S3Credentials {
            access_key: server.access_key().to_owned(),
            secret_key: server.secret_key().to_owned(),
            session_token: None,
        }),
        ..S3Settings::default()
    }
}

fn s3(server: &S3Server, prefix: &str) -> Arc<dyn Storage> {
    Arc::new(S3Storage::new(url(server, prefix), settings(server), clock()))
}

fn url(server: &S3Server, prefix: &str) -> BucketUrl {
    format!("{}{prefix}", server.url()).parse().expect("a bucket")
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock::default())
}

fn bytes(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

async fn put(storage: &dyn Storage, key: &str, text: &str) -> Version {
    storage.put(key, bytes(text), Precondition::None).await.expect("an unconditional write")
}

async fn keys(storage: &dyn Storage, prefix: &str) -> Vec<String> {
    storage.list(prefix).await.expect("a listing").into_iter().map(|entry| entry.key).collect()
}

async fn written_objects_can_be_read(storage: Arc<dyn Storage>) {
    let version = put(&*storage, "a/b/c", "first").await;
    let object = storage.get("a/b/c").await.expect("exists");
    assert_eq!(object, Object { bytes: bytes("first"), version: version.clone() });
    let entry = storage.head("a/b/c").await.expect("exists");
    assert_eq!((entry.key.as_str(), entry.size, entry.version), ("a/b/c", 5, version));
    put(&*storage, "a/b/c", "second").await;
    assert_eq!(storage.get("a/b/c").await.expect("exists").bytes, bytes("second"));
}

async fn versions_distinguish_contents(storage: Arc<dyn Storage>) {
    let mut versions = Vec::new();
    for number in 0..50 {
        versions.push(put(&*storage, "a", &format!("content {}", number % 25)).await);
        assert_eq!(versions.last(), Some(&storage.head("a").await.expect("exists").version));
    }
    // The second half repeats the contents of the first. Whether it repeats the versions is up to the storage.
    for (number, version) in versions.iter().enumerate() {
        let equal = versions.iter().enumerate().filter(|(_, other)| *other == version);
        assert!(equal.map(|(other, _)| other).all(|other| other % 25 == number % 25), "{versions:?}");
    }
}

async fn ranges_are_exact(storage: Arc<dyn Storage>) {
    put(&*storage, "a", "0123456789").await;
    for (range, expected) in [(0..10, "0123456789"), (0..1, "0"), (9..10, "9"), (3..6, "345")] {
        assert_eq!(storage.get_range("a", range).await.expect("in range"), bytes(expected));
    }
    #[expect(clippy::reversed_empty_ranges, reason = "callers may compute them")]
    for range in [0..11, 10..11, 5..5, 6..3] {
        let refused = storage.get_range("a", range.clone()).await;
        assert!(matches!(refused, Err(StorageError::InvalidRange { size: 10, .. })), "{range:?}: {refused:?}");
    }
}

async fn missing_objects_are_not_found(storage: Arc<dyn Storage>) {
    put(&*storage, "folder/object", "x").await;
    for key in ["missing", "folder", "folder/missing", "folder/object/below"] {
        assert!(matches!(storage.get(key).await, Err(StorageError::NotFound { .. })), "{key}");
        assert!(matches!(storage.get_range(key, 0..1).await, Err(StorageError::NotFound { .. })), "{key}");
        assert!(matches!(storage.head(key).await, Err(StorageError::NotFound { .. })), "{key}");
    }
}

async fn writes_can_require_absence(storage: Arc<dyn Storage>) {
    storage.put("a", bytes("first"), Precondition::Absent).await.expect("absent");
    let refused = storage.put("a", bytes("second"), Precondition::Absent).await;
    assert!(matches!(refused, Err(StorageError::PreconditionFailed { .. })), "{refused:?}");
    assert_eq!(storage.get("a").await.expect("exists").bytes, bytes("first"));
    storage.delete("a").await.expect("deleted");
    storage.put("a", bytes("third"), Precondition::Absent).await.expect("absent again");
}

async fn writes_can_require_a_version(storage: Arc<dyn Storage>) {
    let first = put(&*storage, "a", "first").await;
    let second = storage.put("a", bytes("second"), Precondition::Matches(first.clone())).await.expect("unchanged");
    let refused = storage.put("a", bytes("third"), Precondition::Matches(first)).await;
    assert!(matches!(refused, Err(StorageError::PreconditionFailed { .. })), "{refused:?}");
    let missing = storage.put("b", bytes("x"), Precondition::Matches(second)).await;
    assert!(matches!(missing, Err(StorageError::PreconditionFailed { .. })), "{missing:?}");
    assert_eq!(storage.get("a").await.expect("exists").bytes, bytes("second"));
}

async fn listings_are_sorted_and_filtered_by_prefix(storage: Arc<dyn Storage>) {
    assert!(keys(&*storage, "").await.is_empty());
    for key in ["b/2", "b/10", "a", "b-", "b/c/d", "bc"] {
        put(&*storage, key, "x").await;
    }
    assert_eq!(keys(&*storage, "").await, ["a", "b-", "b/10", "b/2", "b/c/d", "bc"]);
    assert_eq!(keys(&*storage, "b").await, ["b-", "b/10", "b/2", "b/c/d", "bc"]);
    assert_eq!(keys(&*storage, "b/").await, ["b/10", "b/2", "b/c/d"]);
    assert_eq!(keys(&*storage, "b/c/d").await, ["b/c/d"]);
    for nothing in ["c", "b/c/d/", "../", "/", "b//"] {
        assert!(keys(&*storage, nothing).await.is_empty(), "{nothing}");
    }
    for entry in storage.list("").await.expect("a listing") {
        assert_eq!(entry, storage.head(&entry.key).await.expect("exists"));
    }
}

async fn parts_are_the_same_listing(storage: Arc<dyn Storage>) {
    for key in ["b/2", "b/10", "a", "b-", "b/c/d", "bc"] {
        put(&*storage, key, "x").await;
    }
    for prefix in ["", "b", "b/", "c"] {
        let whole = storage.list(prefix).await.expect("a listing");
        for splits in [&["b/10"][..], &["a", "b/10", "b/9", "z"], &["b/", "b/c/d", "bc"], &["0"]] {
            let splits: Vec<_> = splits.iter().map(|split| (*split).to_owned()).collect();
            assert_eq!(storage.list_in_parts(prefix, &splits).await.expect("a listing"), whole, "{prefix} {splits:?}");
        }
    }
}

async fn folders_are_listed(storage: Arc<dyn Storage>) {
    assert!(storage.list_folders("").await.expect("a listing").is_empty());
    for key in ["b/2", "b/10", "a", "b/c/d", "b/c/e/f", "b-/x", "b!/x"] {
        put(&*storage, key, "x").await;
    }
    for (folder, expected) in [
        ("", &["b", "b!", "b-"][..]),
        ("b", &["c"]),
        ("b/", &["c"]),
        ("b/c", &["e"]),
        ("b/c/d", &[]),
        ("b/c/e", &[]),
        ("a", &[]),
        ("none", &[]),
        ("../", &[]),
        ("/", &[]),
        ("b//", &[]),
    ] {
        assert_eq!(storage.list_folders(folder).await.expect("a listing"), expected, "{folder:?}");
    }
    storage.delete("b/c/e/f").await.expect("deleted");
    assert!(storage.list_folders("b/c").await.expect("a listing").is_empty());
}

async fn deleting_can_be_repeated(storage: Arc<dyn Storage>) {
    storage.delete("never/was").await.expect("no error");
    put(&*storage, "a/b", "x").await;
    put(&*storage, "a/c", "x").await;
    storage.delete("a/b").await.expect("deleted");
    storage.delete("a/b").await.expect("no error");
    storage.delete("a").await.expect("a folder is not an object");
    assert_eq!(keys(&*storage, "").await, ["a/c"]);
    storage.delete("a/c").await.expect("deleted");
    put(&*storage, "a", "an object where a folder was").await;
    assert_eq!(keys(&*storage, "").await, ["a"]);
}

async fn invalid_keys_are_rejected(storage: Arc<dyn Storage>) {
    for key in ["", "../a", "/a", "a/../../b", ".quidditch/lock"] {
        assert!(matches!(storage.get(key).await, Err(StorageError::InvalidKey { .. })), "{key}");
        assert!(matches!(storage.get_range(key, 0..1).await, Err(StorageError::InvalidKey { .. })), "{key}");
        assert!(matches!(storage.head(key).await, Err(StorageError::InvalidKey { .. })), "{key}");
        assert!(matches!(storage.delete(key).await, Err(StorageError::InvalidKey { .. })), "{key}");
        let put = storage.put(key, bytes("x"), Precondition::None).await;
        assert!(matches!(put, Err(StorageError::InvalidKey { .. })), "{key}");
    }
}

async fn one_of_many_writers_wins(storage: Arc<dyn Storage>) {
    put(&*storage, "counter", "0").await;
    let writers: Vec<_> = (0..4).map(|_| std::thread::spawn(count_to_ten(storage.clone()))).collect();
    for writer in writers {
        writer.join().expect("no panic");
    }
    assert_eq!(storage.get("counter").await.expect("exists").bytes, bytes("40"));
}

/// Adds 1 to what it read, ten times.
fn count_to_ten(storage: Arc<dyn Storage>) -> impl FnOnce() + Send {
    move || (0..10).for_each(|_| block_on(add_one(&*storage)))
}

async fn add_one(storage: &dyn Storage) {
    loop {
        let before = storage.get("counter").await.expect("exists");
        let count: u32 = std::str::from_utf8(&before.bytes).expect("text").parse().expect("a number");
        let after = bytes(&(count + 1).to_string());
        match storage.put("counter", after, Precondition::Matches(before.version)).await {
            Ok(_) => return,
            Err(StorageError::PreconditionFailed { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

async fn empty_objects_are_objects(storage: Arc<dyn Storage>) {
    put(&*storage, "empty", "").await;
    assert!(storage.get("empty").await.expect("exists").bytes.is_empty());
    assert_eq!(storage.head("empty").await.expect("exists").size, 0);
    assert_eq!(keys(&*storage, "").await, ["empty"]);
}
