//! Combining footers: copies of the footers of many splits are stored in one object, so that one read opens all of them.

use std::collections::BTreeMap;

use futures::stream::{self, StreamExt, TryStreamExt};
use quidditch_index::format::{Footers, Manifest, SplitEntry, check_footer, split_key};
use quidditch_index::{IndexError, WHOLE_SPLIT_BYTES};
use quidditch_storage::Precondition;
use tantivy::directory::OwnedBytes;

use crate::commit::{Change, CommitError};
use crate::{IndexWriter, IndexingError};

/// How many footers are read at a time.
const READS_AT_A_TIME: usize = 16;

/// Which footers are combined, and when.
struct Rules {
    /// Splits of at most this many bytes are left out: readers read these whole.
    small_split_bytes: u64,
    /// Longer footers are left out. 256 KiB: reading one takes longer than what a request costs in addition.
    max_footer_bytes: u64,
    /// Footers are combined again when so many are without a copy, or so many copies are of splits that are gone. 8: opening so many
    /// takes one round trip anyway, and not every commit should write another object.
    min_changes: usize,
    /// The same as a fraction of the number of copies: 1 of this many. 4: so a footer is copied about four times while the number of
    /// splits doubles.
    change_fraction: usize,
}

const RULES: Rules =
    Rules { small_split_bytes: WHOLE_SPLIT_BYTES, max_footer_bytes: 256 << 10, min_changes: 8, change_fraction: 4 };

impl Rules {
    fn combines(&self, split: &SplitEntry) -> bool {
        split.size > self.small_split_bytes && split.footer.length <= self.max_footer_bytes
    }

    /// The splits whose footers are to be combined now; `None` if the footers object stays as it is.
    fn due<'a>(&self, manifest: &'a Manifest) -> Option<Vec<&'a SplitEntry>> {
        let splits: Vec<&SplitEntry> = manifest.splits.iter().filter(|split| self.combines(split)).collect();
        let copies = manifest.footers.as_ref().map(|footers| &footers.offsets);
        let has_copy = |split: &&&SplitEntry| copies.is_some_and(|copies| copies.contains_key(&split.id));
        let copied = splits.iter().filter(has_copy).count();
        let gone = copies.map_or(0, BTreeMap::len).saturating_sub(copied);
        let changes = (splits.len() - copied).max(gone);
        (changes >= self.min_changes.max(copied / self.change_fraction)).then_some(splits)
    }
}

impl IndexWriter {
    /// Combines the footers of the splits of an index, if this is due. `manifest` is what the index has become by a commit.
    ///
    /// The index is complete without this, and the next writer tries again, so a failure is not an error.
    pub(crate) async fn combine_footers(&self, manifest: &Manifest) {
        let _ = self.combine_footers_by(&RULES, manifest).await;
    }

    async fn combine_footers_by(&self, rules: &Rules, manifest: &Manifest) -> Result<(), IndexingError> {
        let Some(splits) = rules.due(manifest) else { return Ok(()) };
        let footers = if splits.is_empty() { None } else { Some(self.store_footers(&splits).await?) };
        let object = footers.as_ref().map(|footers| footers.object.clone());
        let before = manifest.footers.as_ref().map(|footers| footers.object.clone());
        let mut change = ReplaceFooters { writer: self, index_id: &manifest.id, before, footers };
        let is_unused = match self.commit(&mut change).await {
            Ok(manifest) => manifest.footers.map(|footers| footers.object) != object,
            Err(CommitError::NotWritten(_)) => true,
            Err(CommitError::Unknown(_)) => false,
        };
        if is_unused {
            self.remove_objects(object.into_iter().collect()).await;
        }
        Ok(())
    }

    /// Stores copies of footers in a new object.
    async fn store_footers(&self, splits: &[&SplitEntry]) -> Result<Footers, IndexingError> {
        // A list of futures, and not a stream that maps splits: that would not be `Send`.
        let reads: Vec<_> = splits.iter().map(|split| self.read_footer(split)).collect();
        let read: Vec<OwnedBytes> = stream::iter(reads).buffered(READS_AT_A_TIME).try_collect().await?;
        let mut footers = Footers { object: format!("{}.footers", self.new_ulid()), offsets: BTreeMap::new() };
        let mut bytes = Vec::with_capacity(read.iter().map(|footer| footer.len()).sum());
        for (split, footer) in splits.iter().zip(read) {
            footers.offsets.insert(split.id.clone(), bytes.len() as u64);
            bytes.extend_from_slice(&footer);
        }
        let stored = self.storage().put(&footers.key(self.index()), bytes.into(), Precondition::Absent).await;
        if let Err(error) = stored {
            self.remove_objects(vec![footers.object]).await;
            return Err(error.into());
        }
        Ok(footers)
    }

    async fn read_footer(&self, split: &SplitEntry) -> Result<OwnedBytes, IndexError> {
        let key = split_key(self.index(), &split.id);
        let read = self.storage().get_range(&key, split.footer.offset..split.size).await;
        let bytes = read.map_err(|error| IndexError::from_object_read(&key, error))?;
        let bytes = OwnedBytes::new(Vec::from(bytes));
        check_footer(&bytes, split.footer).map_err(|reason| IndexError::damaged(key, reason))?;
        Ok(bytes)
    }
}

/// Replaces the footers object, unless another writer was faster.
struct ReplaceFooters<'a> {
    writer: &'a IndexWriter,
    index_id: &'a str,
    /// The name of the object that is replaced.
    before: Option<String>,
    footers: Option<Footers>,
}

impl Change for ReplaceFooters<'_> {
    async fn apply(&mut self, manifest: &mut Manifest) -> Result<(), IndexingError> {
        manifest.check_id(self.index_id, self.writer.index())?;
        if manifest.footers.as_ref().map(|footers| &footers.object) != self.before.as_ref() {
            return Ok(());
        }
        if let Some(before) = std::mem::replace(&mut manifest.footers, self.footers.clone()) {
            manifest.retire(before.object, self.writer.now_millis());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures::executor::block_on;
    use quidditch_storage::Storage;
    use serde_json::json;

    use super::*;
    use crate::fixture::{
        INDEX, add, add_in_splits, assert_sound, manifest, objects, store_with_index, town_lines, writer,
    };
    use crate::{MergeOptions, verify_index};

    /// All splits, though they are small.
    const ALL: Rules = Rules { small_split_bytes: 0, max_footer_bytes: u64::MAX, min_changes: 2, change_fraction: 2 };

    /// An index of so many splits.
    async fn store_with_splits(count: usize) -> Arc<dyn Storage> {
        let storage = store_with_index(json!({})).await;
        add_in_splits(&storage, 1, &town_lines(count)).await;
        storage
    }

    async fn combine(storage: &Arc<dyn Storage>) -> Manifest {
        writer(storage).combine_footers_by(&ALL, &manifest(storage).await).await.expect("combined");
        manifest(storage).await
    }

    /// Asserts that the object has the footers of these splits, one after the other.
    async fn assert_copies(storage: &Arc<dyn Storage>, manifest: &Manifest, splits: &[SplitEntry]) {
        let footers = manifest.footers.as_ref().expect("combined");
        let copies = storage.get(&footers.key(INDEX)).await.expect("stored").bytes;
        let mut expected = Vec::new();
        for split in splits {
            assert_eq!(footers.range(&split.id, 1).expect("copied").start, expected.len() as u64);
            let object = storage.get(&split_key(INDEX, &split.id)).await.expect("stored").bytes;
            expected.extend_from_slice(&object[split.footer.offset as usize..]);
        }
        assert_eq!(copies, expected);
        assert_sound(storage).await;
    }

    #[test]
    fn footers_are_combined_again_when_enough_splits_have_changed() {
        block_on(async {
            let storage = store_with_index(json!({})).await;
            add(&storage, "{}").await;
            assert_eq!(combine(&storage).await.footers, None, "one split");

            add(&storage, "{}").await;
            let two = combine(&storage).await;
            assert_copies(&storage, &two, &two.splits).await;

            add(&storage, "{}").await;
            let three = combine(&storage).await;
            assert_eq!(three.footers, two.footers, "one split without a copy");

            add(&storage, "{}").await;
            let four = combine(&storage).await;
            assert_copies(&storage, &four, &four.splits).await;
            assert_eq!(four.retired.last().map(|retired| &retired.object), two.footers.as_ref().map(|old| &old.object));

            let merged = writer(&storage).merge_splits(&MergeOptions::default(), |_| ()).await.expect("merged");
            assert_eq!((merged.merged, merged.written), (4, 1));
            let one = combine(&storage).await;
            assert_copies(&storage, &one, &one.splits).await;
            assert_eq!(one.footers.expect("combined").offsets.len(), 1);
        });
    }

    #[test]
    fn changes_that_count_grow_with_the_number_of_copies() {
        let storage = block_on(store_with_splits(20));
        let all = block_on(manifest(&storage));
        // The first `copied` splits, and `gone` that are not there any more, have a copy.
        let due = |splits: usize, copied: usize, gone: usize| {
            let copies = all.splits[..copied].iter().map(|split| split.id.clone());
            let copies = copies.chain((0..gone).map(|number| format!("gone {number}").into()));
            let footers = Footers { object: String::new(), offsets: copies.map(|id| (id, 0)).collect() };
            let splits = all.splits[..splits].to_vec();
            ALL.due(&Manifest { splits, footers: Some(footers), ..all.clone() }).map(|splits| splits.len())
        };
        assert_eq!([due(1, 0, 0), due(2, 0, 0), due(20, 0, 0)], [None, Some(2), Some(20)]);
        assert_eq!([due(14, 10, 0), due(15, 10, 0)], [None, Some(15)]);
        assert_eq!([due(10, 10, 4), due(10, 10, 5)], [None, Some(10)]);
        assert_eq!([due(0, 0, 1), due(0, 0, 2)], [None, Some(0)]);
    }

    #[test]
    fn small_splits_and_long_footers_are_left_out() {
        let storage = block_on(store_with_splits(1));
        let split = block_on(manifest(&storage)).splits.remove(0);
        let (size, footer) = (split.size, split.footer.length);
        let combines =
            |small_split_bytes, max_footer_bytes| Rules { small_split_bytes, max_footer_bytes, ..ALL }.combines(&split);
        assert_eq!(
            [combines(size - 1, footer), combines(size, footer), combines(size - 1, footer - 1)],
            [true, false, false]
        );
    }

    #[test]
    fn of_two_writers_one_combines() {
        block_on(async {
            let storage = store_with_splits(3).await;
            let before = manifest(&storage).await;
            let first = combine(&storage).await;
            // Another writer, which saw the index as it was before.
            writer(&storage).combine_footers_by(&ALL, &before).await.expect("nothing to do");
            assert_eq!(manifest(&storage).await, first);
            assert_eq!(objects(&storage).await.len(), first.objects().count(), "its object was removed");
        });
    }

    #[test]
    fn damaged_copies_are_reported() {
        block_on(async {
            let storage = store_with_splits(3).await;
            let combined = combine(&storage).await;
            let footers = combined.footers.as_ref().expect("combined");
            let key = footers.key(INDEX);
            let sound = storage.get(&key).await.expect("stored").bytes;
            let problems = |bytes: Vec<u8>| {
                let (storage, key) = (&storage, &key);
                async move {
                    storage.put(key, bytes.into(), Precondition::None).await.expect("written");
                    let problems = verify_index(storage, INDEX, |_| ()).await.expect("readable").problems;
                    assert!(problems.iter().all(|problem| problem.object == *key), "{problems:?}");
                    problems.into_iter().map(|problem| problem.reason.to_string()).collect::<Vec<_>>()
                }
            };
            for at in (0..sound.len()).step_by(sound.len() / 50) {
                let mut bytes = sound.to_vec();
                bytes[at] ^= 1;
                assert_eq!(problems(bytes).await.len(), 1, "at {at}");
            }
            let cut_off = problems(sound[..sound.len() - 1].to_vec()).await;
            let last = combined.splits[2].object();
            assert_eq!(cut_off, [format!("copy of the footer of {last}: it extends past the end of the object")]);
            assert_eq!(problems(sound.to_vec()).await, [] as [String; 0]);
        });
    }

    #[test]
    fn damaged_footers_are_not_copied() {
        block_on(async {
            let storage = store_with_splits(2).await;
            let before = manifest(&storage).await;
            let key = split_key(INDEX, &before.splits[1].id);
            let mut bytes = storage.get(&key).await.expect("stored").bytes.to_vec();
            *bytes.last_mut().expect("not empty") ^= 1;
            storage.put(&key, bytes.into(), Precondition::None).await.expect("written");
            let error = writer(&storage).combine_footers_by(&ALL, &before).await.expect_err("damaged");
            assert!(error.to_string().contains("is damaged"), "{error}");
            assert_eq!(manifest(&storage).await, before);
        });
    }
}
