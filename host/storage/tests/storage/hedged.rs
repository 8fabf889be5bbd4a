//! Late reads.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use quidditch_clock::SystemClock;
use quidditch_storage::{HedgeSettings, Hedged, Precondition, Storage};
use quidditch_test_storage::InterceptStorage;

use crate::faulty::Fault::{Broken, Refused, ResponseLost, Slow};
use crate::faulty::{Fault, faulty};

const MS: Duration = Duration::from_millis(1);
const USUAL: Fault = Slow(Duration::from_millis(30));
const LATE: Fault = Slow(Duration::from_secs(10));

/// A storage that has answered enough reads within 30 ms each, and then has these faults.
async fn warmed_up(faults: impl IntoIterator<Item = Fault>) -> (Arc<InterceptStorage>, Hedged) {
    let settings = HedgeSettings::default();
    let usual = std::iter::repeat_n(USUAL, settings.min_samples);
    let (inner, storage) = fresh(usual.chain(faults)).await;
    for _ in 0..settings.min_samples {
        storage.get_range("key", 0..1).await.expect("exists");
    }
    (inner, storage)
}

async fn fresh(faults: impl IntoIterator<Item = Fault>) -> (Arc<InterceptStorage>, Hedged) {
    let inner = faulty(faults);
    inner.inner().put("key", Bytes::from(vec![0; 1_000_000]), Precondition::None).await.expect("written");
    let storage = Hedged::new(inner.clone(), HedgeSettings::default(), Arc::new(SystemClock::default()));
    (inner, storage)
}

/// Reads a byte. Returns whether that succeeded, and after how many milliseconds.
async fn read(storage: &Hedged) -> (bool, u128) {
    let begin = tokio::time::Instant::now();
    let outcome = storage.get_range("key", 0..1).await;
    (outcome.is_ok(), begin.elapsed().as_millis())
}

#[tokio::test(start_paused = true)]
async fn a_late_response_is_overtaken() {
    let (inner, storage) = warmed_up([LATE, USUAL]).await;
    let before = inner.calls();
    assert_eq!(read(&storage).await, (true, 60));
    assert_eq!((storage.hedges(), inner.calls() - before), (1, 2));
    assert_eq!(read(&storage).await, (true, 0));
    assert_eq!(storage.hedges(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_first_success_is_returned() {
    // The first response arrives before the second.
    let (_, storage) = warmed_up([Slow(40 * MS), LATE]).await;
    assert_eq!(read(&storage).await, (true, 40));
    // The second request fails.
    let (_, storage) = warmed_up([Slow(40 * MS), Refused]).await;
    assert_eq!(read(&storage).await, (true, 40));
    // Both fail.
    let (_, storage) = warmed_up([Refused]).await;
    assert_eq!(read(&storage).await, (false, 0));
    assert_eq!(storage.hedges(), 0);
    // An error that is not transient is a response.
    let (_, storage) = warmed_up([LATE, Broken]).await;
    assert_eq!(read(&storage).await, (false, 30));
}

#[tokio::test(start_paused = true)]
async fn a_minimum_number_of_samples_is_needed() {
    let samples = HedgeSettings::default().min_samples;
    for (seen, hedges) in [(samples - 1, 0), (samples, 1)] {
        let usual = std::iter::repeat_n(USUAL, seen);
        let (_, storage) = fresh(usual.chain([LATE])).await;
        for _ in 0..=seen {
            assert!(read(&storage).await.0);
        }
        assert_eq!(storage.hedges(), hedges, "{seen}");
    }
}

#[tokio::test(start_paused = true)]
async fn reads_of_another_size_are_no_samples() {
    let (_, storage) = warmed_up([LATE, LATE]).await;
    storage.get_range("key", 0..500_000).await.expect("exists");
    storage.get("key").await.expect("exists");
    assert_eq!(storage.hedges(), 0);
}

#[tokio::test(start_paused = true)]
async fn second_requests_are_limited_when_all_reads_are_slow() {
    let HedgeSettings { min_samples, reads_per_hedge, max_saved_hedges, .. } = HedgeSettings::default();
    let (inner, storage) = warmed_up(std::iter::repeat_n(Slow(40 * MS), 2_000)).await;
    let before = inner.calls();
    let reads = 1_000;
    for _ in 0..reads {
        assert!(read(&storage).await.0);
    }
    let saved = (min_samples as u64 / reads_per_hedge).min(max_saved_hedges);
    let limit = saved + reads / reads_per_hedge;
    assert!((1..=limit).contains(&storage.hedges()), "{} of {limit}", storage.hedges());
    assert_eq!(inner.calls() - before, reads + storage.hedges());
}

#[tokio::test(start_paused = true)]
async fn saved_second_requests_are_limited() {
    let HedgeSettings { min_samples, reads_per_hedge, max_saved_hedges, .. } = HedgeSettings::default();
    for (reads_before, saved) in [(0, min_samples as u64 / reads_per_hedge), (900, max_saved_hedges)] {
        let usual = std::iter::repeat_n(USUAL, reads_before);
        let (_, storage) = warmed_up(usual.chain([LATE, USUAL].repeat(saved as usize)).chain([LATE])).await;
        for _ in 0..reads_before {
            assert_eq!(read(&storage).await, (true, 30));
        }
        for _ in 0..saved {
            assert_eq!(read(&storage).await, (true, 60));
        }
        assert_eq!(storage.hedges(), saved);
        assert_eq!(read(&storage).await, (true, 10_000));
        assert_eq!(storage.hedges(), saved);
    }
}

#[tokio::test(start_paused = true)]
async fn the_delay_adapts_to_slow_reads() {
    let (_, storage) = warmed_up(std::iter::repeat_n(Slow(40 * MS), 2_000)).await;
    for _ in 0..300 {
        assert!(read(&storage).await.0);
    }
    let before = storage.hedges();
    for _ in 0..300 {
        assert_eq!(read(&storage).await, (true, 40));
    }
    assert_eq!(storage.hedges(), before);
}

#[tokio::test(start_paused = true)]
async fn only_reads_are_sent_twice() {
    let (inner, storage) = warmed_up([LATE, LATE, LATE, LATE, LATE, ResponseLost]).await;
    let before = inner.calls();
    storage.put("key", Bytes::new(), Precondition::None).await.expect("written");
    storage.head("key").await.expect("exists");
    storage.list("").await.expect("a listing");
    storage.list_in_parts("", &[]).await.expect("a listing");
    storage.list_folders("").await.expect("a listing");
    storage.delete("key").await.expect_err("its response was lost");
    assert_eq!((inner.calls() - before, storage.hedges()), (6, 0));
}
