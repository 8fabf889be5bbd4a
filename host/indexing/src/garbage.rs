//! Garbage collection.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use futures::stream::{self, StreamExt, TryStreamExt};
use quidditch_index::IndexError;
use quidditch_index::format::{Manifest, splits_prefix};
use ulid::Ulid;

use crate::commit::Change;
use crate::{IndexWriter, IndexingError};

/// The usual grace period. Longer than any search uses the splits with which it began, and longer than any writer takes from
/// storing its first split to its commit. Scrolls and points in time, which live for a day, use the splits with which they began.
pub const GARBAGE_GRACE: Duration = Duration::from_secs(24 * 60 * 60);

/// Objects that are retired sooner than this after they were written need not be listed as retired: what is not listed is kept for
/// this time in addition to a grace period that is longer. 10 minutes: splits of a few documents are merged sooner.
pub(crate) const UNLISTED: Duration = Duration::from_secs(10 * 60);

/// How many objects are removed at a time.
const REMOVALS_AT_A_TIME: usize = 16;

/// The result of a garbage collection.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GarbageReport {
    /// Objects that were removed.
    pub removed: u64,
    /// Their size in bytes.
    pub bytes: u64,
    /// Objects that the index does not need, and that become removable after the grace period.
    pub waiting: u64,
    /// Keys of objects that no index can have written. They are not removed.
    pub unknown: Vec<String>,
}

impl IndexWriter {
    /// Removes splits and deletes objects that the index does not need: those that it has replaced, and those that a writer has
    /// left behind. Each is kept for the grace period from then on, since searches may still read it, and the writer may be
    /// about to make it part of the index. With less than [`GARBAGE_GRACE`], make sure that nobody writes, and expect searches
    /// to fail.
    ///
    /// A deleted index is not an error: its remains are garbage, too.
    ///
    /// # Errors
    /// [`IndexError::Damaged`], [`IndexError::Storage`], [`IndexingError::Contention`]. After each, only garbage was removed.
    pub async fn collect_garbage(&self, grace: Duration) -> Result<GarbageReport, IndexingError> {
        let (storage, index) = (self.storage(), self.index());
        let latest = self.now_millis().saturating_sub(i64::try_from(grace.as_millis()).unwrap_or(i64::MAX));
        // In this order: what is listed and becomes part of the index right now is in the manifest.
        let prefix = splits_prefix(index);
        let listed = storage.list(&prefix).await?;
        let manifest = match Manifest::read(storage, index).await {
            Ok((manifest, _)) => Some(manifest),
            Err(IndexError::NotFound { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let needed: HashSet<String> = manifest.iter().flat_map(Manifest::objects).collect();
        let retired: HashMap<&str, i64> = manifest
            .iter()
            .flat_map(|manifest| &manifest.retired)
            .map(|retired| (retired.object.as_str(), retired.at))
            .collect();

        let mut report = GarbageReport::default();
        let (mut garbage, mut waiting) = (Vec::new(), HashSet::new());
        for entry in listed {
            let object = &entry.key[prefix.len()..];
            if needed.contains(object) {
                continue;
            }
            match retired.get(object).copied().or_else(|| unneeded_since(object, grace)) {
                None => report.unknown.push(entry.key),
                Some(since) if since > latest => {
                    report.waiting += 1;
                    waiting.insert(object.to_owned());
                }
                Some(_) => garbage.push(entry),
            }
        }
        // A list of futures, and not a stream that maps entries: that would not be `Send`.
        let removals: Vec<_> = garbage.iter().map(|entry| storage.delete(&entry.key)).collect();
        let removals = stream::iter(removals);
        removals.buffer_unordered(REMOVALS_AT_A_TIME).try_collect::<()>().await?;
        report.removed = garbage.len() as u64;
        report.bytes = garbage.iter().map(|entry| entry.size).sum();

        if let Some(manifest) = manifest.filter(|manifest| !manifest.retired.is_empty()) {
            let is_removed = |object: &str| !waiting.contains(object);
            let removed =
                manifest.retired.into_iter().filter(|retired| retired.at <= latest && is_removed(&retired.object));
            let removed = removed.map(|retired| retired.object).collect();
            let mut change = ForgetRetired { index_id: manifest.id, removed };
            match self.commit(&mut change).await.map_err(IndexingError::from) {
                // The index was deleted in the meantime.
                Ok(_) | Err(IndexingError::Index(IndexError::NotFound { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(report)
    }
}

/// Removes objects that no longer exist from the list of retired objects.
struct ForgetRetired {
    index_id: String,
    removed: HashSet<String>,
}

impl Change for ForgetRetired {
    async fn apply(&mut self, manifest: &mut Manifest) -> Result<(), IndexingError> {
        if manifest.id == self.index_id {
            manifest.retired.retain(|retired| !self.removed.contains(&retired.object));
        }
        Ok(())
    }
}

/// When an object that is not listed as retired was retired at the latest, or its writer gave it up. With a grace period that is
/// shorter than that time, nobody may still use it.
fn unneeded_since(object: &str, grace: Duration) -> Option<i64> {
    let longest = i64::try_from(UNLISTED.min(grace).as_millis()).unwrap_or(i64::MAX);
    written_at(object).map(|written| written.saturating_add(longest))
}

/// When an object was written, in milliseconds since 1970, if its name has the form that writers use: `<ULID>.split`,
/// `<ULID of the split>-<ULID>.deletes`, `<ULID>.footers`, or `<ULID>.probe` (see [`create_index`](crate::create_index())).
pub(crate) fn written_at(object: &str) -> Option<i64> {
    let id = match object.rsplit_once('.')? {
        (id, "split" | "footers" | "probe") => id,
        (id, "deletes") => {
            let (split, id) = id.split_once('-')?;
            parse_ulid(split)?;
            id
        }
        _ => return None,
    };
    i64::try_from(parse_ulid(id)?.timestamp_ms()).ok()
}

fn parse_ulid(text: &str) -> Option<Ulid> {
    // `from_string` also accepts lower case and ambiguous letters, which are never written.
    Ulid::from_string(text).ok().filter(|id| id.to_string() == text)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::UNIX_EPOCH;

    use bytes::Bytes;
    use futures::executor::block_on;
    use quidditch_clock::{Clock, ManualClock};
    use quidditch_storage::{Precondition, Storage};
    use serde_json::json;

    use super::*;
    use crate::delete_index;
    use crate::fixture::{
        INDEX, add, add_in_splits, delete, documents, manifest, objects, store_with_index, writer_at,
    };

    const HOUR: Duration = Duration::from_secs(3600);

    /// Collects garbage at this time since the epoch, when the clocks of the writers of these tests stand still.
    async fn collect(storage: &Arc<dyn Storage>, grace: Duration, time: Duration) -> GarbageReport {
        let clock = ManualClock::default();
        clock.advance(time);
        let clock: Arc<dyn Clock> = Arc::new(clock);
        writer_at(storage, &clock).collect_garbage(grace).await.expect("collected")
    }

    async fn needed(storage: &Arc<dyn Storage>) -> Vec<String> {
        let mut needed: Vec<_> = manifest(storage).await.objects().collect();
        needed.sort_unstable();
        needed
    }

    #[test]
    fn replaced_objects_are_removed_after_the_grace_period() {
        block_on(async {
            let storage = store_with_index(json!({})).await;
            add_in_splits(&storage, 2, &(0..4).map(|id| format!("{{\"_id\": {id}}}\n")).collect::<String>()).await;
            for id in ["0", "1", "2"] {
                delete(&storage, &[id]).await;
            }
            let before = documents(&storage).await;
            assert_eq!(manifest(&storage).await.retired.len(), 2);
            assert_eq!(collect(&storage, HOUR, HOUR / 2).await, GarbageReport { waiting: 2, ..Default::default() });
            assert_eq!(manifest(&storage).await.retired.len(), 2);

            let sizes: u64 = storage.list("cities/splits/").await.expect("listed").iter().map(|entry| entry.size).sum();
            let report = collect(&storage, HOUR, HOUR + Duration::from_secs(1)).await;
            let left: u64 = storage.list("cities/splits/").await.expect("listed").iter().map(|entry| entry.size).sum();
            assert_eq!(report, GarbageReport { removed: 2, bytes: sizes - left, ..Default::default() });
            assert!(manifest(&storage).await.retired.is_empty());
            assert_eq!(objects(&storage).await, needed(&storage).await);
            assert_eq!(documents(&storage).await, before);
            assert_eq!(collect(&storage, HOUR, HOUR * 9).await, GarbageReport::default());
        });
    }

    #[test]
    fn objects_left_behind_by_writers_are_removed_and_no_others() {
        block_on(async {
            let storage = store_with_index(json!({})).await;
            add(&storage, "{}").await;
            let new_ulid = || Ulid::from_datetime(UNIX_EPOCH);
            let split = new_ulid();
            let left_behind = [
                format!("{split}.split"),
                format!("{split}-{}.deletes", new_ulid()),
                format!("{}.footers", new_ulid()),
                format!("{}.probe", new_ulid()),
            ];
            let unknown = [
                "README".to_owned(),
                "x.split".to_owned(),
                "x.probe".to_owned(),
                format!("{split}.deletes"),
                format!("x-{split}.deletes"),
                format!("{split}-x.deletes"),
                format!("{split}.split.part"),
                format!("{}.split", split.to_string().to_lowercase()),
                format!("below/{split}.split"),
            ];
            for name in left_behind.iter().chain(&unknown) {
                let key = format!("{INDEX}/splits/{name}");
                storage.put(&key, Bytes::from_static(b"four"), Precondition::Absent).await.expect("written");
            }
            for elsewhere in ["other/splits/", "cities2/splits/", "cities/"] {
                let key = format!("{elsewhere}{split}.split");
                storage.put(&key, Bytes::from_static(b"four"), Precondition::Absent).await.expect("written");
            }
            let report = collect(&storage, HOUR, Duration::ZERO).await;
            assert_eq!(
                (report.removed, report.waiting, report.unknown.len()),
                (0, left_behind.len() as u64, unknown.len())
            );
            let before = storage.list("").await.expect("listed").len();
            let report = collect(&storage, HOUR, HOUR + UNLISTED + Duration::from_secs(1)).await;
            assert_eq!((report.removed, report.bytes, report.waiting), (4, 16, 0));
            let mut expected: Vec<_> = unknown.iter().map(|name| format!("{INDEX}/splits/{name}")).collect();
            expected.sort_unstable();
            assert_eq!(report.unknown, expected);
            assert_eq!(storage.list("").await.expect("listed").len(), before - 4);
            assert_eq!(documents(&storage).await.len(), 1);
        });
    }

    #[test]
    fn the_grace_period_is_exact() {
        block_on(async {
            let storage = store_with_index(json!({})).await;
            let written = Duration::from_millis(1_715_904_000_000);
            let key = format!("{INDEX}/splits/{}.split", Ulid::from_datetime(UNIX_EPOCH + written));
            storage.put(&key, Bytes::from_static(b"x"), Precondition::Absent).await.expect("written");
            for (age, removed) in [(HOUR + UNLISTED - Duration::from_millis(1), 0), (HOUR + UNLISTED, 1)] {
                assert_eq!(collect(&storage, HOUR, written + age).await.removed, removed);
            }
        });
    }

    #[test]
    fn the_remains_of_a_deleted_index_are_garbage() {
        block_on(async {
            let storage = store_with_index(json!({})).await;
            add(&storage, "{}").await;
            storage.delete("cities/manifest.json").await.expect("removed");
            assert_eq!(collect(&storage, HOUR, Duration::ZERO).await.waiting, 1);
            assert_eq!(collect(&storage, HOUR, HOUR * 2).await.removed, 1);
            assert!(storage.list("").await.expect("listed").is_empty());
            assert_eq!(collect(&storage, HOUR, HOUR * 2).await, GarbageReport::default());
            let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
            let error = IndexWriter::new(&storage, &clock, "functions").expect_err("not an index");
            insta::assert_snapshot!(error, @"invalid index name [functions]: it is reserved");
        });
    }

    #[test]
    fn nothing_is_removed_if_the_manifest_cannot_be_read() {
        block_on(async {
            let storage = store_with_index(json!({})).await;
            add(&storage, "{}").await;
            let manifest = "cities/manifest.json";
            storage.put(manifest, Bytes::from_static(b"{"), Precondition::None).await.expect("written");
            let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
            clock.sleep(HOUR).await;
            let result = writer_at(&storage, &clock).collect_garbage(Duration::ZERO).await;
            assert!(matches!(result, Err(IndexingError::Index(IndexError::Damaged { .. }))), "{result:?}");
            assert_eq!(objects(&storage).await.len(), 1);
            delete_index(&storage, INDEX).await.expect("removed");
        });
    }
}
