use std::time::Duration;

use super::*;
use crate::troubled::Fault::{AnswerLost, Broken, Refused, Slow, SlowDown};
use crate::troubled::{Fault, FaultyStorage};
use quidditch_clock::SystemClock;

const OURS: Bytes = Bytes::from_static(b"ours");
const THEIRS: Bytes = Bytes::from_static(b"them");

fn settings() -> RetrySettings {
    RetrySettings { attempts: 3, ..RetrySettings::default() }
}

/// A storage that holds "ours" under "key" and then has these troubles, with and without tries.
async fn troubled(troubles: impl IntoIterator<Item = Fault>) -> (Arc<FaultyStorage>, Retrying) {
    let inner = Arc::new(FaultyStorage::new(troubles));
    inner.inner.put("key", OURS, Precondition::None).await.expect("written");
    let retrying = Retrying::new(inner.clone(), settings(), Arc::new(SystemClock::default()));
    (inner, retrying)
}

async fn elapsed<T>(call: impl Future<Output = T>) -> (T, Duration) {
    let begin = tokio::time::Instant::now();
    (call.await, begin.elapsed())
}

#[tokio::test(start_paused = true)]
async fn what_is_not_available_for_a_moment_is_there() {
    let (inner, storage) = troubled([Refused, Refused]).await;
    assert_eq!(storage.get("key").await.expect("at the third attempt").bytes, OURS);
    assert_eq!(inner.calls(), 3);

    let (_, storage) = troubled([Refused, Refused]).await;
    assert_eq!(storage.get_range("key", 1..3).await.expect("at the third attempt"), OURS.slice(1..3));
    let (_, storage) = troubled([Refused, Refused]).await;
    assert_eq!(storage.head("key").await.expect("at the third attempt").size, 4);
    let (_, storage) = troubled([Refused, Refused]).await;
    assert_eq!(storage.list("").await.expect("at the third attempt").len(), 1);
    let (_, storage) = troubled([Refused, Refused]).await;
    assert_eq!(storage.list_folders("").await.expect("at the third attempt").len(), 0);
    let (_, storage) = troubled([Refused, AnswerLost]).await;
    storage.delete("key").await.expect("at the third attempt");
    let (_, storage) = troubled([Refused, AnswerLost]).await;
    storage.put("key", THEIRS, Precondition::None).await.expect("at the third attempt");
}

#[tokio::test(start_paused = true)]
async fn attempts_are_limited() {
    let (inner, storage) = troubled([Refused, Refused, Refused]).await;
    let error = storage.get("key").await.expect_err("three attempts failed");
    insta::assert_snapshot!(error, @r#"the storage is not available for "key""#);
    assert_eq!(inner.calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_would_not_help_is_not_tried_again() {
    let (inner, storage) = troubled([Broken]).await;
    assert!(matches!(storage.get("key").await, Err(StorageError::Failed { .. })));
    assert!(matches!(storage.get("missing").await, Err(StorageError::NotFound { .. })));
    let refused = storage.put("key", THEIRS, Precondition::Absent).await;
    assert!(matches!(refused, Err(StorageError::PreconditionFailed { .. })));
    assert_eq!(inner.calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn pauses_grow_and_are_spread() {
    let (_, storage) = troubled([Refused, Refused]).await;
    let (_, time) = elapsed(storage.get("key")).await;
    let ms = Duration::from_millis;
    assert!((ms(300)..=ms(602)).contains(&time), "100 to 200 ms, then 200 to 400 ms: {time:?}");
}

#[tokio::test(start_paused = true)]
async fn the_storage_may_ask_to_wait() {
    let (_, storage) = troubled([SlowDown(Duration::from_secs(7))]).await;
    let (outcome, time) = elapsed(storage.get("key")).await;
    outcome.expect("at the second attempt");
    assert_eq!(time.as_secs(), 7);
}

#[tokio::test(start_paused = true)]
async fn time_is_limited() {
    let limit = settings().max_elapsed;
    // Exactly as long as there is time, and longer.
    let (inner, storage) = troubled([SlowDown(limit)]).await;
    storage.get("key").await.expect("at the second attempt");
    assert_eq!(inner.calls(), 2);

    let (inner, storage) = troubled([SlowDown(limit + Duration::from_millis(1))]).await;
    let (outcome, time) = elapsed(storage.get("key")).await;
    let error = outcome.expect_err("there was no time for a second attempt");
    assert_eq!(error.retry_after(), Some(limit + Duration::from_millis(1)));
    assert_eq!((inner.calls(), time), (1, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn a_write_whose_answer_was_lost_has_succeeded() {
    for precondition in [Precondition::Absent, Precondition::None] {
        let (inner, storage) = troubled([AnswerLost]).await;
        let version = storage.put("new", THEIRS, precondition).await.expect("written");
        let object = inner.inner.get("new").await.expect("it is there");
        assert_eq!(object, Object { bytes: THEIRS, version });
    }
    let (inner, storage) = troubled([AnswerLost]).await;
    let before = inner.inner.head("key").await.expect("it is there").version;
    let version = storage.put("key", THEIRS, Precondition::Matches(before)).await.expect("written");
    assert_eq!(inner.inner.get("key").await.expect("it is there"), Object { bytes: THEIRS, version });
    // The write, the one that was refused, and a look at the object.
    assert_eq!(inner.calls(), 2 + 3);
}

#[tokio::test(start_paused = true)]
async fn looking_whether_it_was_written_is_tried_again() {
    let looks = [AnswerLost, Slow(Duration::ZERO), Refused, Refused];
    let (_, storage) = troubled(looks).await;
    storage.put("new", THEIRS, Precondition::Absent).await.expect("written");
}

#[tokio::test(start_paused = true)]
async fn a_write_that_somebody_else_preceded_has_failed() {
    // Nothing was written, by us.
    let (inner, storage) = troubled([Refused]).await;
    for other in [&b"them"[..], b"longer than ours", b""] {
        inner.inner.put("key", Bytes::from_static(other), Precondition::None).await.expect("written");
        let refused = storage.put("key", OURS, Precondition::Absent).await;
        assert!(matches!(refused, Err(StorageError::PreconditionFailed { .. })), "{refused:?}");
    }
    let stale = Version::new("stale");
    let (_, storage) = troubled([Refused]).await;
    let refused = storage.put("missing", OURS, Precondition::Matches(stale)).await;
    assert!(matches!(refused, Err(StorageError::PreconditionFailed { .. })), "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn large_objects_are_compared_to_their_ends() {
    let ours = Bytes::from(vec![7; COMPARED_BYTES + 1]);
    let (inner, storage) = troubled([AnswerLost]).await;
    storage.put("new", ours.clone(), Precondition::Absent).await.expect("written");
    assert_eq!(inner.calls(), 2 + 4);

    let mut theirs = ours.to_vec();
    theirs[COMPARED_BYTES] = 8;
    let (inner, storage) = troubled([Refused]).await;
    inner.inner.put("new", theirs.into(), Precondition::None).await.expect("written");
    let refused = storage.put("new", ours, Precondition::Absent).await;
    assert!(matches!(refused, Err(StorageError::PreconditionFailed { .. })), "{refused:?}");
}
