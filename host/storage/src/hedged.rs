//! Sends late reads a second time.

#![deny(clippy::missing_trait_methods)]

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

/// When a read is sent a second time.
#[derive(Debug, Clone, PartialEq)]
pub struct HedgeSettings {
    /// The delay is this quantile of the latencies of reads of similar size. 0.95: one read in twenty takes longer.
    pub percentile: f64,
    /// Minimum number of reads of similar size before the first hedge. 100: five of them were above the 95th percentile.
    pub min_samples: usize,
    /// Lower limit of the delay. 10 ms: cached responses are faster, so a second request would not overtake the first.
    pub min_delay: Duration,
    /// At most one read in this many is sent twice. 20: twice the requests would make an overloaded store even slower.
    pub reads_per_hedge: u64,
    /// How many unused second requests are kept for later. 10: enough for a short burst of late responses.
    pub max_saved_hedges: u64,
}

/// Passes every call on, and sends a read a second time if the first response is late. The first success is returned.
///
/// S3 answers most reads within 20 to 60 ms, and a few only after a second, because one of its many servers is busy. The second
/// request goes to another server.
pub struct Hedged {
    inner: Arc<dyn Storage>,
    settings: HedgeSettings,
    clock: Arc<dyn Clock>,
    latencies: Mutex<Latencies>,
    /// Every read adds one, every second request takes [`HedgeSettings::reads_per_hedge`].
    credit: AtomicU64,
    hedges: AtomicU64,
}

impl Default for HedgeSettings {
    fn default() -> Self {
        HedgeSettings {
            percentile: 0.95,
            min_samples: 100,
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
            credit: AtomicU64::new(0),
            hedges: AtomicU64::new(0),
        }
    }

    /// How many reads were sent twice.
    pub fn hedges(&self) -> u64 {
        self.hedges.load(Relaxed)
    }

    async fn hedge<T, R>(&self, class: SizeClass, read: impl Fn() -> R) -> Result<T, StorageError>
    where
        R: Future<Output = Result<T, StorageError>>,
    {
        let max_credit = self.settings.reads_per_hedge.saturating_mul(self.settings.max_saved_hedges);
        let add = |credit: u64| Some(credit.saturating_add(1).min(max_credit));
        // Never fails: `add` always returns a value.
        let _ = self.credit.fetch_update(Relaxed, Relaxed, add);
        let start = self.clock.monotonic();
        let response = self.race(class, read).await;
        if response.is_ok() {
            // The time that the caller waited. How long an overtaken first request would have taken is unknown, but it is above
            // the percentile in any case and does not change it.
            self.with_latencies(|latencies| latencies.add(class, self.clock.monotonic() - start));
        }
        response
    }

    async fn race<T, R>(&self, class: SizeClass, read: impl Fn() -> R) -> Result<T, StorageError>
    where
        R: Future<Output = Result<T, StorageError>>,
    {
        let HedgeSettings { percentile, min_samples, min_delay, .. } = self.settings;
        let first = pin!(read());
        let Some(usual) = self.with_latencies(|latencies| latencies.quantile(class, percentile, min_samples)) else {
            return first.await;
        };
        let first = match select(first, self.clock.sleep(usual.max(min_delay))).await {
            Either::Left((response, _)) => return response,
            Either::Right(((), first)) => first,
        };
        if !self.take_credit() {
            return first.await;
        }
        self.hedges.fetch_add(1, Relaxed);
        tracing::debug!(delay = ?usual, "sending a late read again");
        match select(first, pin!(read())).await {
            Either::Left((Err(StorageError::Unavailable { .. }), second)) => second.await,
            Either::Right((Err(StorageError::Unavailable { .. }), first)) => first.await,
            Either::Left((response, _)) | Either::Right((response, _)) => response,
        }
    }

    /// Takes the credit for a second request. `false` if there is not enough.
    fn take_credit(&self) -> bool {
        let spend = |credit: u64| credit.checked_sub(self.settings.reads_per_hedge);
        self.credit.fetch_update(Relaxed, Relaxed, spend).is_ok()
    }

    fn with_latencies<T>(&self, act: impl FnOnce(&mut Latencies) -> T) -> T {
        // Independent numbers: a panic elsewhere cannot have left them inconsistent.
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
        let class = SizeClass::from_bytes(range.end.saturating_sub(range.start));
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

    async fn list_in_parts(&self, prefix: &str, splits: &[String]) -> Result<Vec<Entry>, StorageError> {
        self.inner.list_in_parts(prefix, splits).await
    }

    async fn list_folders(&self, folder: &str) -> Result<Vec<String>, StorageError> {
        self.inner.list_folders(folder).await
    }

    async fn delete(&self, key: &str) -> Result<(), StorageError> {
        self.inner.delete(key).await
    }
}
