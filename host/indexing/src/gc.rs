//! Removing what no index needs any more.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::stream::{self, StreamExt, TryStreamExt};
use quidditch_index::format::{Manifest, splits_prefix};
use quidditch_index::{IndexError, check_index_name};
use quidditch_storage::Storage;
use ulid::Ulid;

use crate::commit::{Change, commit};

/// How long garbage should be kept, if nothing speaks for another time. Longer than any search goes on with the splits that
/// it began with, and longer than any writer takes from storing its first split to the end.
pub const GARBAGE_GRACE: Duration = Duration::from_secs(24 * 60 * 60);

/// How many objects are removed at a time.
const REMOVALS_AT_A_TIME: usize = 16;

/// What was found beside an index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GarbageReport {
    /// Objects that were removed.
    pub removed: u64,
    /// Their size in bytes.
    pub bytes: u64,
    /// Objects that the index does not need, and that are too young to be removed.
    pub waiting: u64,
    /// Keys of objects that no index can have written. They stay.
    pub unknown: Vec<String>,
}

/// Removes splits and deletes that the index does not need: those that it has replaced, and those that a writer has left
/// behind. Each is kept for the time of `grace` from then on: searches may still read it, and the writer may be about to make
/// it part of the index. With less than [`GARBAGE_GRACE`], be sure that nobody writes, and that searches may fail.
///
/// An index that was removed is no error: what is left of it is garbage, too.
///
/// # Errors
/// [`IndexError::InvalidName`], [`IndexError::Damaged`], [`IndexError::Storage`], [`IndexError::Contention`]. After each, no
/// object is gone that should not be.
pub async fn collect_garbage(
    storage: &Arc<dyn Storage>,
    index: &str,
    grace: Duration,
    now: SystemTime,
) -> Result<GarbageReport, IndexError> {
    check_index_name(index)?;
    let latest = unix_millis_of(now).saturating_sub(i64::try_from(grace.as_millis()).unwrap_or(i64::MAX));
    // In this order: what is in the list and becomes part of the index now is in the manifest.
    let prefix = splits_prefix(index);
    let listed = storage.list(&prefix).await?;
    let manifest = match Manifest::read(storage, index).await {
        Ok((manifest, _)) => Some(manifest),
        Err(IndexError::NotFound { .. }) => None,
        Err(error) => return Err(error),
    };
    let needed: HashSet<String> = manifest.iter().flat_map(Manifest::objects).collect();
    let retired: HashMap<&str, i64> = manifest
        .iter()
        .flat_map(|manifest| &manifest.retired)
        .map(|retired| (retired.object.as_str(), retired.at))
        .collect();

    let mut report = GarbageReport::default();
    let (mut garbage, mut left) = (Vec::new(), HashSet::new());
    for entry in listed {
        let object = &entry.key[prefix.len()..];
        if needed.contains(object) {
            continue;
        }
        match retired.get(object).copied().or_else(|| written_at(object)) {
            None => report.unknown.push(entry.key),
            Some(since) if since > latest => {
                report.waiting += 1;
                left.insert(object.to_owned());
            }
            Some(_) => garbage.push(entry),
        }
    }
    let removals = stream::iter(&garbage).map(|entry| storage.delete(&entry.key));
    removals.buffer_unordered(REMOVALS_AT_A_TIME).try_collect::<()>().await?;
    report.removed = garbage.len() as u64;
    report.bytes = garbage.iter().map(|entry| entry.size).sum();

    if let Some(manifest) = manifest.filter(|manifest| !manifest.retired.is_empty()) {
        let gone =
            manifest.retired.into_iter().filter(|retired| retired.at <= latest && !left.contains(&retired.object));
        let gone = gone.map(|retired| retired.object).collect();
        match commit(storage, index, &mut Forget { index_id: manifest.id, gone }).await.map_err(IndexError::from) {
            // It was removed meanwhile.
            Ok(_) | Err(IndexError::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(report)
}

/// Takes objects that are gone off the list of those that are not needed any more.
struct Forget {
    index_id: String,
    gone: HashSet<String>,
}

impl Change for Forget {
    async fn apply(&mut self, manifest: &mut Manifest) -> Result<(), IndexError> {
        if manifest.id == self.index_id {
            manifest.retired.retain(|retired| !self.gone.contains(&retired.object));
        }
        Ok(())
    }
}

/// When an object was written, in milliseconds since 1970, if its name is one that this program gives: `<ULID>.split` or
/// `<ULID of the split>-<ULID>.deletes`.
fn written_at(object: &str) -> Option<i64> {
    let id = match object.strip_suffix(".split") {
        Some(id) => id,
        None => {
            let (split, id) = object.strip_suffix(".deletes")?.split_once('-')?;
            parse_ulid(split)?;
            id
        }
    };
    i64::try_from(parse_ulid(id)?.timestamp_ms()).ok()
}

fn parse_ulid(text: &str) -> Option<Ulid> {
    // Lower case and look-alikes are read as well, but never written.
    Ulid::from_string(text).ok().filter(|id| id.to_string() == text)
}

fn unix_millis_of(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures::executor::block_on;
    use quidditch_storage::Precondition;
    use serde_json::json;

    use super::*;
    use crate::fixture::{INDEX, add, add_in_splits, documents, manifest, objects, store_with_index};
    use crate::{delete_ids, delete_index};

    const HOUR: Duration = Duration::from_secs(3600);

    async fn collect(storage: &Arc<dyn Storage>, grace: Duration, later: Duration) -> GarbageReport {
        collect_garbage(storage, INDEX, grace, SystemTime::now() + later).await.expect("collected")
    }

    async fn needed(storage: &Arc<dyn Storage>) -> Vec<String> {
        let mut needed: Vec<_> = manifest(storage).await.objects().collect();
        needed.sort_unstable();
        needed
    }

    #[test]
    fn what_was_replaced_is_removed_after_the_grace() {
        block_on(async {
            let storage = store_with_index(json!({})).await;
            add_in_splits(&storage, 2, &(0..4).map(|id| format!("{{\"_id\": {id}}}\n")).collect::<String>()).await;
            for id in ["0", "1", "2"] {
                delete_ids(&storage, INDEX, &[id]).await.expect("deleted");
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
    fn what_a_writer_left_behind_is_removed_and_nothing_else() {
        block_on(async {
            let storage = store_with_index(json!({})).await;
            add(&storage, "{}").await;
            let split = Ulid::generate();
            let left_behind = [format!("{split}.split"), format!("{split}-{}.deletes", Ulid::generate())];
            let unknown = [
                "README".to_owned(),
                "x.split".to_owned(),
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
            assert_eq!((report.removed, report.waiting, report.unknown.len()), (0, 2, unknown.len()));
            let before = storage.list("").await.expect("listed").len();
            let report = collect(&storage, HOUR, HOUR + Duration::from_secs(1)).await;
            assert_eq!((report.removed, report.bytes, report.waiting), (2, 8, 0));
            let mut expected: Vec<_> = unknown.iter().map(|name| format!("{INDEX}/splits/{name}")).collect();
            expected.sort_unstable();
            assert_eq!(report.unknown, expected);
            assert_eq!(storage.list("").await.expect("listed").len(), before - 2);
            assert_eq!(documents(&storage).await.len(), 1);
        });
    }

    #[test]
    fn the_grace_is_exact() {
        block_on(async {
            let storage = store_with_index(json!({})).await;
            let written = UNIX_EPOCH + Duration::from_millis(1_715_904_000_000);
            let key = format!("{INDEX}/splits/{}.split", Ulid::from_datetime(written));
            storage.put(&key, Bytes::from_static(b"x"), Precondition::Absent).await.expect("written");
            for (age, removed) in [(HOUR - Duration::from_millis(1), 0), (HOUR, 1)] {
                let report = collect_garbage(&storage, INDEX, HOUR, written + age).await.expect("collected");
                assert_eq!(report.removed, removed);
            }
        });
    }

    #[test]
    fn the_rest_of_a_removed_index_is_garbage() {
        block_on(async {
            let storage = store_with_index(json!({})).await;
            add(&storage, "{}").await;
            storage.delete("cities/manifest.json").await.expect("removed");
            assert_eq!(collect(&storage, HOUR, Duration::ZERO).await.waiting, 1);
            assert_eq!(collect(&storage, HOUR, HOUR * 2).await.removed, 1);
            assert!(storage.list("").await.expect("listed").is_empty());
            assert_eq!(collect(&storage, HOUR, HOUR * 2).await, GarbageReport::default());
            let error = collect_garbage(&storage, "functions", HOUR, SystemTime::now()).await.expect_err("no index");
            insta::assert_snapshot!(error, @"invalid index name [functions]: it is reserved");
        });
    }

    #[test]
    fn nothing_is_removed_beside_a_manifest_that_cannot_be_read() {
        block_on(async {
            let storage = store_with_index(json!({})).await;
            add(&storage, "{}").await;
            let manifest = "cities/manifest.json";
            storage.put(manifest, Bytes::from_static(b"{"), Precondition::None).await.expect("written");
            let result = collect_garbage(&storage, INDEX, Duration::ZERO, SystemTime::now() + HOUR).await;
            assert!(matches!(result, Err(IndexError::Damaged { .. })), "{result:?}");
            assert_eq!(objects(&storage).await.len(), 1);
            delete_index(&storage, INDEX).await.expect("removed");
        });
    }
}
