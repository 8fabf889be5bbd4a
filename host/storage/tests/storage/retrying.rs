//! Failed calls.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use quidditch_clock::SystemClock;
use quidditch_storage::{Object, Precondition, RetrySettings, Retrying, Storage, StorageError, Version};
use quidditch_test_storage::InterceptStorage;

use crate::faulty::Fault::{Broken, Refused, ResponseLost, Slow, SlowDown, WriteConflict};
use crate::faulty::{Fault, faulty};

const OURS: Bytes = Bytes::from_static(b"ours");
const THEIRS: Bytes = Bytes::from_static(b"them");

/// So many bytes are compared at a time.
const COMPARED_BYTES: usize = 8 * 1024 * 1024;

fn settings() -> RetrySettings {
    RetrySettings { attempts: 3, ..RetrySettings::default() }
}

/// A storage that contains "ours" at "key" and has these faults, without and with retries.
async fn with_faults(faults: impl IntoIterator<Item = Fault>) -> (Arc<InterceptStorage>, Retrying) {
    let inner = faulty(faults);
    inner.inner().put("key", OURS, Precondition::None).await.expect("written");
    let retrying = Retrying::new(inner.clone(), settings(), Arc::new(SystemClock::default()));
    (inner, retrying)
}

async fn elapsed<T>(call: impl Future<Output = T>) -> (T, Duration) {
    let begin = tokio::time::Instant::now();
    (call.await, begin.elapsed())
}

#[tokio::test(start_paused = true)]
async fn transient_errors_are_overcome() {
    let (inner, storage) = with_faults([Refused, Refused]).await;
    assert_eq!(storage.get("key").await.expect("at the third attempt").bytes, OURS);
    assert_eq!(inner.calls(), 3);

    let (_, storage) = with_faults([Refused, Refused]).await;
    assert_eq!(storage.get_range("key", 1..3).await.expect("at the third attempt"), OURS.slice(1..3));
    let (_, storage) = with_faults([Refused, Refused]).await;
    assert_eq!(storage.head("key").await.expect("at the third attempt").size, 4);
    let (_, storage) = with_faults([Refused, Refused]).await;
    assert_eq!(storage.list("").await.expect("at the third attempt").len(), 1);
    let (_, storage) = with_faults([Refused, Refused]).await;
    assert_eq!(storage.list_in_parts("", &[]).await.expect("at the third attempt").len(), 1);
    let (_, storage) = with_faults([Refused, Refused]).await;
    assert_eq!(storage.list_folders("").await.expect("at the third attempt").len(), 0);
    let (_, storage) = with_faults([Refused, ResponseLost]).await;
    storage.delete("key").await.expect("at the third attempt");
    let (_, storage) = with_faults([Refused, ResponseLost]).await;
    storage.put("key", THEIRS, Precondition::None).await.expect("at the third attempt");
}

#[tokio::test(start_paused = true)]
async fn attempts_are_limited() {
    let (inner, storage) = with_faults([Refused, Refused, Refused]).await;
    let error = storage.get("key").await.expect_err("three attempts failed");
    insta::assert_snapshot!(error, @"storage unavailable (key)");
    assert_eq!(inner.calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn permanent_errors_are_not_retried() {
    let (inner, storage) = with_faults([Broken]).await;
    assert!(matches!(storage.get("key").await, Err(StorageError::Failed { .. })));
    assert!(matches!(storage.get("missing").await, Err(StorageError::NotFound { .. })));
    let refused = storage.put("key", THEIRS, Precondition::Absent).await;
    assert!(matches!(refused, Err(StorageError::PreconditionFailed { .. })));
    assert_eq!(inner.calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn pauses_grow_and_are_random() {
    let (_, storage) = with_faults([Refused, Refused]).await;
    let (_, time) = elapsed(storage.get("key")).await;
    let ms = Duration::from_millis;
    assert!((ms(300)..=ms(602)).contains(&time), "100 to 200 ms, then 200 to 400 ms: {time:?}");
}

#[tokio::test(start_paused = true)]
async fn the_storage_can_ask_to_wait() {
    let (_, storage) = with_faults([SlowDown(Duration::from_secs(7))]).await;
    let (outcome, time) = elapsed(storage.get("key")).await;
    outcome.expect("at the second attempt");
    assert_eq!(time.as_secs(), 7);
}

#[tokio::test(start_paused = true)]
async fn time_is_limited() {
    let limit = settings().max_elapsed;
    // Exactly as long as the limit, and longer.
    let (inner, storage) = with_faults([SlowDown(limit)]).await;
    storage.get("key").await.expect("at the second attempt");
    assert_eq!(inner.calls(), 2);

    let (inner, storage) = with_faults([SlowDown(limit + Duration::from_millis(1))]).await;
    let (outcome, time) = elapsed(storage.get("key")).await;
    let error = outcome.expect_err("no time for a second attempt");
    assert_eq!(error.retry_after(), Some(limit + Duration::from_millis(1)));
    assert_eq!((inner.calls(), time), (1, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn a_write_whose_response_was_lost_has_succeeded() {
    for precondition in [Precondition::Absent, Precondition::None] {
        let (inner, storage) = with_faults([ResponseLost]).await;
        let version = storage.put("new", THEIRS, precondition).await.expect("written");
        let object = inner.inner().get("new").await.expect("exists");
        assert_eq!(object, Object { bytes: THEIRS, version });
    }
    let (inner, storage) = with_faults([ResponseLost]).await;
    let before = inner.inner().head("key").await.expect("exists").version;
    let version = storage.put("key", THEIRS, Precondition::Matches(before)).await.expect("written");
    assert_eq!(inner.inner().get("key").await.expect("exists"), Object { bytes: THEIRS, version });
    // Two writes, and the three calls that read the object.
    assert_eq!(inner.calls(), 2 + 3);
}

#[tokio::test(start_paused = true)]
async fn reading_what_was_written_is_retried() {
    let faults = [ResponseLost, Slow(Duration::ZERO), Refused, Refused];
    let (_, storage) = with_faults(faults).await;
    storage.put("new", THEIRS, Precondition::Absent).await.expect("written");
}

#[tokio::test(start_paused = true)]
async fn a_write_after_that_of_another_writer_fails() {
    // Our first attempt did not write.
    let (inner, storage) = with_faults([Refused]).await;
    for other in [&b"them"[..], b"longer than ours", b""] {
        inner.inner().put("key", Bytes::from_static(other), Precondition::None).await.expect("written");
        let refused = storage.put("key", OURS, Precondition::Absent).await;
        assert!(matches!(refused, Err(StorageError::PreconditionFailed { .. })), "{refused:?}");
    }
    let stale = Version::new("stale");
    let (_, storage) = with_faults([Refused]).await;
    let refused = storage.put("missing", OURS, Precondition::Matches(stale)).await;
    assert!(matches!(refused, Err(StorageError::PreconditionFailed { .. })), "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn large_objects_are_compared_to_their_ends() {
    let ours = Bytes::from(vec![7; COMPARED_BYTES + 1]);
    let (inner, storage) = with_faults([ResponseLost]).await;
    storage.put("new", ours.clone(), Precondition::Absent).await.expect("written");
    assert_eq!(inner.calls(), 2 + 4);

    let mut theirs = ours.to_vec();
    theirs[COMPARED_BYTES] = 8;
    let (inner, storage) = with_faults([Refused]).await;
    inner.inner().put("new", theirs.into(), Precondition::None).await.expect("written");
    let refused = storage.put("new", ours, Precondition::Absent).await;
    assert!(matches!(refused, Err(StorageError::PreconditionFailed { .. })), "{refused:?}");
}

/// A write that met a conflict was not carried out: an object with the same content is that of another writer.
#[tokio::test(start_paused = true)]
async fn after_a_conflict_the_same_content_is_that_of_another_writer() {
    let (inner, storage) = with_faults([WriteConflict]).await;
    storage.put("new", THEIRS, Precondition::Absent).await.expect("at the second attempt");
    assert_eq!(inner.calls(), 2);
    let (_, storage) = with_faults([WriteConflict]).await;
    let refused = storage.put("key", OURS, Precondition::Absent).await;
    assert!(matches!(refused, Err(StorageError::PreconditionFailed { .. })), "{refused:?}");
}
