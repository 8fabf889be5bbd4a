//! Asks a second time where an answer is late.

mod latencies;

use std::fmt;
use std::future::Future;
use std::ops::Range;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::future::{Either, select};

use self::latencies::{Latencies, SizeClass};
use crate::{Entry, Object, Precondition, Storage, StorageError, Version};
use quidditch_clock::Clock;

/// When a read is asked for a second time.
#[derive(Debug, Clone, PartialEq)]
pub struct HedgeSettings {
    /// After the time within which this part of the reads of like size were answered. 0.95: one read in twenty is later.
    pub percentile: f64,
    /// Only once so many reads of like size were seen. 100: five of them were later than the 95th percentile.
    pub samples: usize,
    /// Never sooner. 10 ms: answers out of a cache come faster, and a second request would come no sooner than the first.
    pub min_delay: Duration,
    /// One read in so many may be asked for twice. 20: a store that is slow as a whole is not made slower by twice the
    /// requests.
    pub reads_per_hedge: u64,
    /// Most second requests that are saved up for bad moments. 10.
    pub max_saved_hedges: u64,
}

/// Passes everything on, and asks for a read a second time if the first answer is late. The first success is taken.
///
/// S3 answers most reads within 20 to 60 ms, and a few after a second, because one of its many servers is busy. The second
/// request goes to another one.
pub struct Hedged {
    inner: Arc<dyn Storage>,
    settings: HedgeSettings,
    clock: Arc<dyn Clock>,
    latencies: Mutex<Latencies>,
    /// Every read saves up one, every second request costs [`HedgeSettings::reads_per_hedge`].
    savings: AtomicU64,
    hedges: AtomicU64,
}

impl Default for HedgeSettings {
    fn default() -> Self {
        HedgeSettings {
            percentile: 0.95,
            samples: 100,
            min_delay: Duration::from_millis(10),
            reads_per_hedge: 20,
            max_saved_hedges: 10,
        }
    }
}

impl Hedged {
    /// Hedges the reads of `inner`.
    pub fn new(inner: Arc<dyn Storage>, settings: HedgeSettings, clock: Arc<dyn Clock>) -> Self {
        Hedged {
            inner,
            settings,
            clock,
            latencies: Mutex::default(),
            savings: AtomicU64::new(0),
            hedges: AtomicU64::new(0),
        }
    }

    /// How many reads were asked for twice.
    pub fn hedges(&self) -> u64 {
        self.hedges.load(Relaxed)
    }

    async fn hedge<T, R>(&self, class: SizeClass, read: impl Fn() -> R) -> Result<T, StorageError>
    where
        R: Future<Output = Result<T, StorageError>>,
    {
        let most = self.settings.reads_per_hedge.saturating_mul(self.settings.max_saved_hedges);
        let save = |savings: u64| Some(savings.saturating_add(1).min(most));
        // It never fails: there is always a new value.
        let _ = self.savings.fetch_update(Relaxed, Relaxed, save);
        let begin = self.clock.monotonic();
        let answer = self.race(class, read).await;
        if answer.is_ok() {
            // The time that the caller waited. The time of a first request that was overtaken is not known, but as it is over
            // the percentile either way, the percentile stays what it is.
            self.with_latencies(|latencies| latencies.add(class, self.clock.monotonic() - begin));
        }
        answer
    }

    async fn race<T, R>(&self, class: SizeClass, read: impl Fn() -> R) -> Result<T, StorageError>
    where
        R: Future<Output = Result<T, StorageError>>,
    {
        let HedgeSettings { percentile, samples, min_delay, .. } = self.settings;
        let first = pin!(read());
        let Some(usual) = self.with_latencies(|latencies| latencies.percentile(class, percentile, samples)) else {
            return first.await;
        };
        let first = match select(first, self.clock.sleep(usual.max(min_delay))).await {
            Either::Left((answer, _)) => return answer,
            Either::Right(((), first)) => first,
        };
        if !self.may_hedge() {
            return first.await;
        }
        self.hedges.fetch_add(1, Relaxed);
        tracing::debug!(patience = ?usual, "asking a second time");
        match select(first, pin!(read())).await {
            Either::Left((Err(StorageError::Unavailable { .. }), second)) => second.await,
            Either::Right((Err(StorageError::Unavailable { .. }), first)) => first.await,
            Either::Left((answer, _)) | Either::Right((answer, _)) => answer,
        }
    }

    /// Whether there are savings for a second request. They are then spent.
    fn may_hedge(&self) -> bool {
        let spend = |savings: u64| savings.checked_sub(self.settings.reads_per_hedge);
        self.savings.fetch_update(Relaxed, Relaxed, spend).is_ok()
    }

    fn with_latencies<T>(&self, act: impl FnOnce(&mut Latencies) -> T) -> T {
        // Numbers of which none depends on another: there is nothing half done to fear.
        act(&mut self.latencies.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Hedged {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Hedged");
        debug.field("inner", &self.inner).field("settings", &self.settings).finish_non_exhaustive()
    }
}

#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
impl Storage for Hedged {
    async fn get(&self, key: &str) -> Result<Object, StorageError> {
        self.hedge(SizeClass::WHOLE, || self.inner.get(key)).await
    }

    async fn get_range(&self, key: &str, range: Range<u64>) -> Result<Bytes, StorageError> {
        let class = SizeClass::of(range.end.saturating_sub(range.start));
        self.hedge(class, || self.inner.get_range(key, range.clone())).await
    }

    async fn put(&self, key: &str, bytes: Bytes, precondition: Precondition) -> Result<Version, StorageError> {
        self.inner.put(key, bytes, precondition).await
    }

    async fn head(&self, key: &str) -> Result<Entry, StorageError> {
        self.inner.head(key).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<Entry>, StorageError> {
        self.inner.list(prefix).await
    }

    async fn list_folders(&self, folder: &str) -> Result<Vec<String>, StorageError> {
        self.inner.list_folders(folder).await
    }

    async fn delete(&self, key: &str) -> Result<(), StorageError> {
        self.inner.delete(key).await
    }
}

#[cfg(test)]
mod tests;
