//! Fetches what searches miss.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{self, StreamExt, TryStreamExt};
use quidditch_storage::Storage;
use tantivy::directory::OwnedBytes;
use tracing::{Instrument, debug_span};

use super::coalesce::{Slack, coalesce, cut};
use super::cost::Cost;
use super::disk_cache::DiskCache;
use super::held_bytes::HeldBytes;
use super::memory_cache::MemoryCache;
use super::settings::ReadSettings;
use crate::IndexError;
use crate::range_map::slice;
use crate::split::{BLOCK_BYTES, OpenSplit};
use crate::trace::TRACE_TARGET;

/// Reads the indices of a store, through caches that all searches share.
pub struct SplitReader {
    storage: Arc<dyn Storage>,
    settings: ReadSettings,
    memory: MemoryCache,
    disk: Option<DiskCache>,
}

impl fmt::Debug for SplitReader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SplitReader").field("storage", &self.storage).finish_non_exhaustive()
    }
}

/// Ranges that a search missed.
#[derive(Default)]
pub(super) struct Wanted {
    /// Required to continue.
    pub(super) missed: Vec<(Arc<OpenSplit>, Range<u64>)>,
    /// Likely to be required next.
    pub(super) likely: Vec<(Arc<OpenSplit>, Range<u64>)>,
}

/// A range to request, with the index of its object in a list.
type Request = (usize, Range<u64>);

impl SplitReader {
    /// A reader with an empty memory cache, and with the disk cache of an earlier process. If the folder of the disk cache
    /// cannot be used, there is none.
    pub fn new(storage: Arc<dyn Storage>, settings: ReadSettings) -> Self {
        let disk = settings.disk_cache.as_ref().and_then(|(folder, bytes)| DiskCache::open(folder, *bytes).ok());
        let memory = MemoryCache::new(settings.memory_cache_bytes);
        SplitReader { storage, settings, memory, disk }
    }

    /// The store.
    pub fn storage(&self) -> &Arc<dyn Storage> {
        &self.storage
    }

    /// Its settings.
    pub fn settings(&self) -> &ReadSettings {
        &self.settings
    }

    /// A piece in the memory cache that contains a range, and the offset at which it begins.
    pub(super) fn in_memory(&self, split: &OpenSplit, range: &Range<u64>) -> Option<(u64, OwnedBytes)> {
        self.memory.get(split.object(), range)
    }

    /// Whether a cache has a range of an object.
    pub(crate) fn has(&self, object: &Arc<str>, range: &Range<u64>) -> bool {
        self.cached(object, range).is_some()
    }

    /// Gets ranges of objects from the caches or from the store, in the given order. Those from the store are not checked yet: the
    /// caller does that and [keeps](SplitReader::keep) them.
    pub(crate) async fn get_ranges(
        &self,
        wanted: &[(Arc<str>, Range<u64>)],
        cost: &Cost,
    ) -> Result<Vec<OwnedBytes>, IndexError> {
        let mut found = Vec::with_capacity(wanted.len());
        let mut requests = Vec::new();
        for (index, (object, range)) in wanted.iter().enumerate() {
            let cached = self.cached(object, range);
            match &cached {
                Some(_) => cost.add_cache_hit(),
                None => requests.push((index, range.clone())),
            }
            found.push(cached.map(|(start, bytes)| slice(&bytes, start, range)));
        }
        let objects: Vec<&str> = wanted.iter().map(|(object, _)| &**object).collect();
        for ((index, _), bytes) in self.request(&objects, requests, cost).await? {
            found[index] = Some(OwnedBytes::new(Vec::from(bytes)));
        }
        Ok(found.into_iter().map(|bytes| bytes.expect("what was not found was read")).collect())
    }

    /// Fetches what a search missed, and adds it to what the search has.
    pub(super) async fn fetch(&self, wanted: Wanted, held: &HeldBytes) -> Result<(), IndexError> {
        let mut splits: Vec<Arc<OpenSplit>> = Vec::new();
        let missed = self.not_cached(wanted.missed, held, &mut splits);
        if missed.is_empty() {
            return Ok(());
        }
        let likely = self.not_cached(wanted.likely, held, &mut splits);
        let extra_bytes = self.settings.extra_bytes(splits.iter().map(|split| split.footer().data_bytes).sum());
        let (ranges, extra_bytes) = within_extra_bytes(extra_bytes, missed, likely);
        let requests = coalesce(ranges, Slack { max_gap: self.settings.max_gap_bytes, extra_bytes });
        held.check_room(requests.iter().map(|(_, range)| range.end - range.start).sum())?;
        // Posting lists and columns of small splits are short; those of large ones are worth several connections.
        let parts = cut(requests.clone(), self.settings.request_bytes);
        let objects: Vec<&str> = splits.iter().map(|split| &**split.object()).collect();
        let mut fetched = self.request(&objects, parts, held.cost()).await?.into_iter();
        for (index, range) in requests {
            let split = &splits[index];
            let mut bytes = Vec::with_capacity((range.end - range.start) as usize);
            while (bytes.len() as u64) < range.end - range.start {
                let (_, part) = fetched.next().expect("every part was fetched");
                if bytes.is_empty() && part.len() as u64 == range.end - range.start {
                    bytes = Vec::from(part);
                } else {
                    bytes.extend_from_slice(&part);
                }
            }
            let bytes = OwnedBytes::new(self.checked(split, &range, bytes, held.cost()).await?);
            self.keep(split.object(), range.start, &bytes);
            held.add(split, range.start, bytes);
        }
        Ok(())
    }

    /// The bytes if their checksums are right; else those of a second request, since they may have been damaged in transit.
    async fn checked(
        &self,
        split: &OpenSplit,
        range: &Range<u64>,
        bytes: Vec<u8>,
        cost: &Cost,
    ) -> Result<Vec<u8>, IndexError> {
        if split.footer().check(range.start, &bytes).is_ok() {
            return Ok(bytes);
        }
        let again = self.request(&[split.object()], vec![(0, range.clone())], cost).await?;
        let bytes = again.into_iter().flat_map(|(_, bytes)| Vec::from(bytes)).collect::<Vec<u8>>();
        let checked = split.footer().check(range.start, &bytes);
        checked.map_err(|reason| IndexError::damaged(&**split.object(), reason))?;
        Ok(bytes)
    }

    /// The ranges that no cache has, extended to whole blocks so that they can be checked. The others are added to what the search has.
    fn not_cached(
        &self,
        wanted: Vec<(Arc<OpenSplit>, Range<u64>)>,
        held: &HeldBytes,
        splits: &mut Vec<Arc<OpenSplit>>,
    ) -> Vec<Request> {
        let mut requests = Vec::with_capacity(wanted.len());
        for (split, range) in wanted {
            if held.get(&split, &range).is_some() {
                continue;
            }
            if let Some((start, bytes)) = self.cached(split.object(), &range) {
                held.cost().add_cache_hit();
                held.add(&split, start, bytes);
                continue;
            }
            let known = splits.iter().position(|known| known.object() == split.object());
            let index = known.unwrap_or_else(|| {
                splits.push(Arc::clone(&split));
                splits.len() - 1
            });
            let end = range.end.next_multiple_of(BLOCK_BYTES).min(split.footer().data_bytes);
            requests.push((index, range.start - range.start % BLOCK_BYTES..end));
        }
        requests
    }

    /// Sends requests in parallel, as many at a time as the settings allow, and returns the responses in order.
    async fn request(
        &self,
        objects: &[&str],
        requests: Vec<Request>,
        cost: &Cost,
    ) -> Result<Vec<(Request, Bytes)>, IndexError> {
        let Some((first, _)) = requests.first() else { return Ok(Vec::new()) };
        let span = debug_span!(
            target: TRACE_TARGET,
            "read",
            quidditch.object = objects[*first],
            quidditch.reads = requests.len(),
            quidditch.bytes = requests.iter().map(|(_, range)| range.end - range.start).sum::<u64>(),
        );
        let responses = stream::iter(requests).map(|(index, range)| async move {
            let key = objects[index];
            match self.storage.get_range(key, range.clone()).await {
                Ok(bytes) => Ok(((index, range), bytes)),
                Err(error) => Err(IndexError::from_object_read(key, error)),
            }
        });
        let responses: Vec<_> =
            responses.buffered(self.settings.parallel_requests).try_collect().instrument(span).await?;
        let bytes = responses.iter().map(|(_, bytes)| bytes.len() as u64).sum();
        cost.add_round_trip(responses.len() as u64, bytes);
        Ok(responses)
    }

    fn cached(&self, object: &Arc<str>, range: &Range<u64>) -> Option<(u64, OwnedBytes)> {
        if let Some(found) = self.memory.get(object, range) {
            return Some(found);
        }
        if let Some((start, bytes)) = self.disk.as_ref().and_then(|disk| disk.get(object, range)) {
            self.memory.insert(object, start, bytes.clone());
            return Some((start, bytes));
        }
        None
    }

    /// Adds a new object to the memory cache, so that it need not be read. It does so only for objects that would be read whole.
    pub fn note_written(&self, object: &str, bytes: &Bytes) {
        if bytes.len() as u64 <= self.settings.whole_split_bytes {
            self.memory.insert(&Arc::from(object), 0, OwnedBytes::new(bytes.to_vec()));
        }
    }

    /// Adds a checked piece to the caches.
    pub(crate) fn keep(&self, object: &Arc<str>, start: u64, bytes: &OwnedBytes) {
        self.memory.insert(object, start, bytes.clone());
        if let Some(disk) = &self.disk {
            disk.insert(object, start, bytes);
        }
    }
}

/// Adds the ranges that are likely to be wanted next, if all of them are within the extra bytes. Returns the extra bytes that are
/// left.
fn within_extra_bytes(extra_bytes: u64, mut missed: Vec<Request>, likely: Vec<Request>) -> (Vec<Request>, u64) {
    let no_slack = Slack { max_gap: 0, extra_bytes: 0 };
    let likely_bytes: u64 = coalesce(likely.clone(), no_slack).iter().map(|(_, range)| range.end - range.start).sum();
    match extra_bytes.checked_sub(likely_bytes) {
        Some(left) => {
            missed.extend(likely);
            (missed, left)
        }
        None => (missed, extra_bytes),
    }
}
