use super::*;
use crate::troubled::Fault::{AnswerLost, Broken, Refused, Slow};
use crate::troubled::{Fault, FaultyStorage};
use quidditch_clock::SystemClock;

const MS: Duration = Duration::from_millis(1);
const USUAL: Fault = Slow(Duration::from_millis(30));
const LATE: Fault = Slow(Duration::from_secs(10));

/// A storage that has answered as many reads as are enough within 30 ms each, and then has these troubles.
async fn seasoned(troubles: impl IntoIterator<Item = Fault>) -> (Arc<FaultyStorage>, Hedged) {
    let settings = HedgeSettings::default();
    let usual = std::iter::repeat_n(USUAL, settings.samples);
    let (inner, storage) = fresh(usual.chain(troubles)).await;
    for _ in 0..settings.samples {
        storage.get_range("key", 0..1).await.expect("it is there");
    }
    (inner, storage)
}

async fn fresh(troubles: impl IntoIterator<Item = Fault>) -> (Arc<FaultyStorage>, Hedged) {
    let inner = Arc::new(FaultyStorage::new(troubles));
    inner.inner.put("key", Bytes::from(vec![0; 1_000_000]), Precondition::None).await.expect("written");
    let storage = Hedged::new(inner.clone(), HedgeSettings::default(), Arc::new(SystemClock::default()));
    (inner, storage)
}

/// Reads a byte, and says whether that succeeded and after how many milliseconds.
async fn read(storage: &Hedged) -> (bool, u128) {
    let begin = tokio::time::Instant::now();
    let outcome = storage.get_range("key", 0..1).await;
    (outcome.is_ok(), begin.elapsed().as_millis())
}

#[tokio::test(start_paused = true)]
async fn a_late_answer_is_overtaken() {
    let (inner, storage) = seasoned([LATE, USUAL]).await;
    let before = inner.calls();
    assert_eq!(read(&storage).await, (true, 60));
    assert_eq!((storage.hedges(), inner.calls() - before), (1, 2));
    assert_eq!(read(&storage).await, (true, 0));
    assert_eq!(storage.hedges(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_first_success_is_taken() {
    // The first answer comes after all, sooner than the second.
    let (_, storage) = seasoned([Slow(40 * MS), LATE]).await;
    assert_eq!(read(&storage).await, (true, 40));
    // The second request fails.
    let (_, storage) = seasoned([Slow(40 * MS), Refused]).await;
    assert_eq!(read(&storage).await, (true, 40));
    // Both fail.
    let (_, storage) = seasoned([Refused]).await;
    assert_eq!(read(&storage).await, (false, 0));
    assert_eq!(storage.hedges(), 0);
    // What trying again would not mend is an answer.
    let (_, storage) = seasoned([LATE, Broken]).await;
    assert_eq!(read(&storage).await, (false, 30));
}

#[tokio::test(start_paused = true)]
async fn there_must_be_enough_samples() {
    let samples = HedgeSettings::default().samples;
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
async fn reads_of_another_size_tell_nothing() {
    let (_, storage) = seasoned([LATE, LATE]).await;
    storage.get_range("key", 0..500_000).await.expect("it is there");
    storage.get("key").await.expect("it is there");
    assert_eq!(storage.hedges(), 0);
}

#[tokio::test(start_paused = true)]
async fn second_requests_are_few_even_when_all_is_slow() {
    let HedgeSettings { samples, reads_per_hedge, max_saved_hedges, .. } = HedgeSettings::default();
    let (inner, storage) = seasoned(std::iter::repeat_n(Slow(40 * MS), 2_000)).await;
    let before = inner.calls();
    let reads = 1_000;
    for _ in 0..reads {
        assert!(read(&storage).await.0);
    }
    let saved = (samples as u64 / reads_per_hedge).min(max_saved_hedges);
    let most = saved + reads / reads_per_hedge;
    assert!((1..=most).contains(&storage.hedges()), "{} of {most}", storage.hedges());
    assert_eq!(inner.calls() - before, reads + storage.hedges());
}

#[tokio::test(start_paused = true)]
async fn no_more_second_requests_than_are_saved_up() {
    let HedgeSettings { samples, reads_per_hedge, max_saved_hedges, .. } = HedgeSettings::default();
    for (reads_before, saved) in [(0, samples as u64 / reads_per_hedge), (900, max_saved_hedges)] {
        let usual = std::iter::repeat_n(USUAL, reads_before);
        let (_, storage) = seasoned(usual.chain([LATE, USUAL].repeat(saved as usize)).chain([LATE])).await;
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
async fn what_is_slow_for_all_becomes_usual() {
    let (_, storage) = seasoned(std::iter::repeat_n(Slow(40 * MS), 2_000)).await;
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
async fn only_reads_are_asked_for_twice() {
    let (inner, storage) = seasoned([LATE, LATE, LATE, LATE, AnswerLost]).await;
    let before = inner.calls();
    storage.put("key", Bytes::new(), Precondition::None).await.expect("written");
    storage.head("key").await.expect("it is there");
    storage.list("").await.expect("a listing");
    storage.list_folders("").await.expect("a listing");
    storage.delete("key").await.expect_err("its answer was lost");
    assert_eq!((inner.calls() - before, storage.hedges()), (5, 0));
}
