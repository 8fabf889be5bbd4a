//! Snapshots of indices, shared by all requests.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lru::LruCache;
use quidditch_clock::Clock;
use quidditch_index::{Cost, IndexError, Snapshot, SplitReader};

use crate::expiry::Expiry;

/// How often a request looks whether another one has finished asking the store. 5 ms: short compared with an answer of S3, and long
/// enough that looking costs nothing.
const RECHECK: Duration = Duration::from_millis(5);

/// Keeps the current snapshot of each index, and opens a newer one when the index has changed.
pub(crate) struct Snapshots {
    reader: Arc<SplitReader>,
    clock: Arc<dyn Clock>,
    /// How long a snapshot is used before the store is asked for a newer one.
    max_age: Duration,
    capacity: usize,
    /// By name. Not bounded: `close_beyond_capacity` removes only slots with an open index.
    slots: Mutex<Slots>,
}

type Slots = LruCache<String, Arc<Slot>>;

/// The slot of one index.
#[derive(Default)]
struct Slot {
    /// Held by the request that asks the store; other requests wait for its result.
    refreshing: futures::lock::Mutex<()>,
    opened: Mutex<Option<Opened>>,
    expiry: Expiry,
}

#[derive(Clone)]
struct Opened {
    snapshot: Arc<Snapshot>,
    /// The time just before the store was last asked.
    checked: Duration,
}

impl Snapshots {
    pub(crate) fn new(reader: Arc<SplitReader>, clock: Arc<dyn Clock>, max_age: Duration, capacity: usize) -> Self {
        Snapshots { reader, clock, max_age, capacity: capacity.max(1), slots: Mutex::new(LruCache::unbounded()) }
    }

    pub(crate) fn reader(&self) -> &Arc<SplitReader> {
        &self.reader
    }

    /// A snapshot that was current at most `max_age` ago. The cost of opening it is added to `cost`.
    ///
    /// # Errors
    /// As [`Snapshot::open`].
    pub(crate) async fn get(&self, name: &str, cost: &Cost) -> Result<Arc<Snapshot>, IndexError> {
        let slot = self.slot(name);
        let arrived = self.clock.monotonic();
        let is_fresh = |opened: &Opened| {
            arrived.saturating_sub(opened.checked) < self.max_age && !slot.expiry.is_expired(opened.checked)
        };
        if let Some(opened) = slot.opened().clone().filter(is_fresh) {
            return Ok(opened.snapshot);
        }
        let _refreshing = self.refreshing(&slot).await;
        let opened = slot.opened().clone();
        // Another request may have asked the store while this one waited.
        if let Some(opened) = opened
            .clone()
            .filter(|opened| is_fresh(opened) || opened.checked > arrived && !slot.expiry.is_expired(opened.checked))
        {
            return Ok(opened.snapshot);
        }
        let checked = self.clock.monotonic();
        match self.refresh(name, opened, &slot, cost).await {
            Ok(snapshot) => {
                *slot.opened() = Some(Opened { snapshot: Arc::clone(&snapshot), checked });
                self.close_beyond_capacity();
                Ok(snapshot)
            }
            Err(error) => {
                // Unknown names must not fill the table, and a deleted index must not be served from it.
                let is_gone = matches!(error, IndexError::NotFound { .. } | IndexError::InvalidName { .. });
                if is_gone || slot.opened().is_none() {
                    self.slots().pop(name);
                }
                Err(error)
            }
        }
    }

    /// Makes the next request for an index ask the store.
    pub(crate) fn expire(&self, name: &str) {
        if let Some(slot) = self.slots().peek(name) {
            slot.expiry.expire(self.clock.monotonic());
        }
    }

    /// Waits until no other request asks the store. It looks again and again, because requests must not wake each other: in WASI each is
    /// a task of the host, and waking another one makes the component panic or trap, depending on the version of its bindings.
    async fn refreshing<'a>(&self, slot: &'a Slot) -> futures::lock::MutexGuard<'a, ()> {
        loop {
            if let Some(guard) = slot.refreshing.try_lock() {
                return guard;
            }
            self.clock.sleep(RECHECK).await;
        }
    }

    async fn refresh(
        &self,
        name: &str,
        opened: Option<Opened>,
        slot: &Slot,
        cost: &Cost,
    ) -> Result<Arc<Snapshot>, IndexError> {
        let Some(Opened { snapshot: opened, checked }) = opened else {
            return Snapshot::open(&self.reader, name, cost).await.map(Arc::new);
        };
        // An index that this process has changed is not the same any more.
        if !slot.expiry.is_expired(checked) && opened.is_current().await? {
            return Ok(opened);
        }
        let newer = Snapshot::open(&self.reader, name, cost).await?;
        Ok(Arc::new(newer.with_opened_of(&opened)))
    }

    fn slot(&self, name: &str) -> Arc<Slot> {
        Arc::clone(self.slots().get_or_insert(name.to_owned(), Arc::default))
    }

    /// Closes the least recently used indices beyond the capacity. Requests that use them continue.
    fn close_beyond_capacity(&self) {
        let mut slots = self.slots();
        // From the most to the least recently used.
        let open = slots.iter().filter(|(_, slot)| slot.opened().is_some());
        let closed: Vec<String> = open.skip(self.capacity).map(|(name, _)| name.clone()).collect();
        for name in closed {
            slots.pop(&name);
        }
    }

    fn slots(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    fn opened(&self) -> MutexGuard<'_, Option<Opened>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::future::{Future, poll_fn};
    use std::pin::pin;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Poll, Wake, Waker};
    use std::time::SystemTime;

    use quidditch_clock::ManualClock;

    use futures::executor::block_on;
    use futures::future::join_all;
    use quidditch_index::{Mapping, ReadSettings};
    use quidditch_indexing::{create_index, delete_index};
    use quidditch_storage::{Counting, MemoryStorage, Storage};

    use super::*;

    struct Fixture {
        counts: Arc<Counting>,
        storage: Arc<dyn Storage>,
        clock: Arc<ManualClock>,
        snapshots: Snapshots,
    }

    fn fixture(capacity: usize) -> Fixture {
        let counts = Arc::new(Counting::new(Arc::new(MemoryStorage::new())));
        let storage: Arc<dyn Storage> = counts.clone();
        let clock = Arc::new(ManualClock::default());
        let reader = Arc::new(SplitReader::new(storage.clone(), ReadSettings::default()));
        let snapshots = Snapshots::new(reader, clock.clone(), Duration::from_millis(100), capacity);
        for name in ["a", "b", "c"] {
            block_on(create_index(&storage, name, &Mapping::default())).expect("created");
        }
        Fixture { counts, storage, clock, snapshots }
    }

    impl Fixture {
        fn get(&self, name: &str) -> Arc<Snapshot> {
            block_on(self.snapshots.get(name, &Cost::default())).expect("the index exists")
        }

        /// Numbers of `get` and `head` requests so far.
        fn reads(&self) -> (u64, u64) {
            let counts = self.counts.counts();
            (counts.gets, counts.heads)
        }
    }

    #[test]
    fn an_index_is_opened_once_and_checked_when_its_snapshot_is_old() {
        let fixture = fixture(8);
        let before = fixture.reads();
        let first = fixture.get("a");
        let opened = fixture.reads();
        assert_eq!((opened.0 - before.0, opened.1 - before.1), (1, 0));

        fixture.clock.advance(Duration::from_millis(99));
        assert!(Arc::ptr_eq(&first, &fixture.get("a")));
        assert_eq!(fixture.reads(), opened, "no requests");

        fixture.clock.advance(Duration::from_millis(1));
        assert!(Arc::ptr_eq(&first, &fixture.get("a")));
        assert_eq!(fixture.reads(), (opened.0, opened.1 + 1), "the manifest was checked");
    }

    #[test]
    fn a_changed_index_is_opened_again() {
        let fixture = fixture(8);
        let first = fixture.get("a");
        block_on(async {
            delete_index(&fixture.storage, "a").await.expect("deleted");
            create_index(&fixture.storage, "a", &Mapping::default()).await.expect("created");
        });
        assert!(Arc::ptr_eq(&first, &fixture.get("a")), "the snapshot is still fresh");
        fixture.clock.advance(Duration::from_millis(100));
        assert_ne!(first.version(), fixture.get("a").version());

        block_on(delete_index(&fixture.storage, "a")).expect("deleted");
        fixture.clock.advance(Duration::from_millis(100));
        let result = block_on(fixture.snapshots.get("a", &Cost::default()));
        assert!(matches!(result, Err(IndexError::NotFound { .. })));
    }

    #[test]
    fn a_change_of_this_process_is_seen_at_once() {
        let fixture = fixture(8);
        let first = fixture.get("a");
        block_on(async {
            delete_index(&fixture.storage, "a").await.expect("deleted");
            create_index(&fixture.storage, "a", &Mapping::default()).await.expect("created");
        });
        fixture.snapshots.expire("a");
        assert_ne!(first.version(), fixture.get("a").version());
    }

    #[test]
    fn concurrent_requests_share_one_opening() {
        let fixture = fixture(8);
        let before = fixture.reads();
        let cost = Cost::default();
        let got = block_on(join_all((0..10).map(|_| fixture.snapshots.get("a", &cost))));
        assert!(got.into_iter().all(|snapshot| snapshot.is_ok()));
        assert_eq!(fixture.reads().0, before.0 + 1);
    }

    /// A clock whose `sleep` is pending once, and wakes nobody.
    #[derive(Debug, Default)]
    struct SleepyClock(ManualClock);

    #[async_trait::async_trait]
    impl Clock for SleepyClock {
        fn monotonic(&self) -> Duration {
            self.0.monotonic()
        }

        fn now(&self) -> SystemTime {
            self.0.now()
        }

        async fn sleep(&self, _: Duration) {
            let mut has_slept = false;
            poll_fn(|_| if std::mem::replace(&mut has_slept, true) { Poll::Ready(()) } else { Poll::Pending }).await;
        }
    }

    #[derive(Default)]
    struct WakeCounter(AtomicUsize);

    impl Wake for WakeCounter {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_request_that_waits_for_another_one_is_not_woken_by_it() {
        let Fixture { snapshots: Snapshots { reader, .. }, .. } = fixture(8);
        let clock = Arc::new(SleepyClock::default());
        let snapshots = Snapshots::new(reader, clock, Duration::from_millis(100), 8);
        let slot = snapshots.slot("a");
        let other_request = slot.refreshing.try_lock().expect("no request asks the store");
        let wakes = Arc::new(WakeCounter::default());
        let waker = Waker::from(Arc::clone(&wakes));
        let mut context = Context::from_waker(&waker);
        let cost = Cost::default();
        let mut waiting = pin!(snapshots.get("a", &cost));
        assert!(waiting.as_mut().poll(&mut context).is_pending());
        assert!(waiting.as_mut().poll(&mut context).is_pending(), "it looks again");
        drop(other_request);
        assert_eq!(wakes.0.load(Ordering::Relaxed), 0);
        assert!(waiting.as_mut().poll(&mut context).is_ready());
    }

    #[test]
    fn the_least_recently_used_index_is_closed_first() {
        let fixture = fixture(2);
        let (a, _b) = (fixture.get("a"), fixture.get("b"));
        assert!(Arc::ptr_eq(&a, &fixture.get("a")));
        fixture.get("c");
        assert!(Arc::ptr_eq(&a, &fixture.get("a")), "a was used after b");
        let before = fixture.reads();
        fixture.get("b");
        assert_eq!(fixture.reads().0, before.0 + 1, "b was closed");
    }

    #[test]
    fn unknown_names_take_no_slots() {
        let fixture = fixture(8);
        for name in ["nope", "_nope"] {
            assert!(block_on(fixture.snapshots.get(name, &Cost::default())).is_err());
        }
        assert!(fixture.snapshots.slots().is_empty());
    }
}
