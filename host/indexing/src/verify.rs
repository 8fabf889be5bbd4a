//! Looking for damage.

use std::collections::HashSet;
use std::sync::Arc;

use quidditch_index::format::{Deletes, Manifest, Split, SplitEntry, manifest_key, split_key};
use quidditch_index::{IndexError, Mapping, check_index_name};
use quidditch_storage::{Storage, StorageError};
use tantivy::SegmentReader;
use tantivy::directory::OwnedBytes;

use crate::deletes::Alive;
use crate::split_stats::{id_range, ranges};
use crate::whole_split::open_whole;

/// What there is to say about the state of an index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VerifyReport {
    /// Objects that were read, with the manifest.
    pub objects: u64,
    /// Their size in bytes, without the manifest.
    pub bytes: u64,
    /// Documents that are not deleted.
    pub documents: u64,
    /// All that is wrong.
    pub problems: Vec<Problem>,
}

/// Something that is wrong with an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Key of the object.
    pub object: String,
    /// What is wrong with it.
    pub what: String,
}

/// How far the work has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifyProgress {
    /// Splits that were read.
    pub splits: usize,
    /// Splits that there are.
    pub all: usize,
}

/// Reads all of an index, and compares it with its checksums and with what the manifest says. Splits are read one after the
/// other, each whole. An index that changes meanwhile may seem to lack objects, where garbage is collected without a grace.
///
/// `progress` is called after each split.
///
/// # Errors
/// [`IndexError::NotFound`], [`IndexError::InvalidName`], [`IndexError::Storage`]. Damage is no error, but in the report.
pub async fn verify_index(
    storage: &Arc<dyn Storage>,
    index: &str,
    mut progress: impl FnMut(VerifyProgress),
) -> Result<VerifyReport, IndexError> {
    check_index_name(index)?;
    let mut verifying = Verifying { storage, index, report: VerifyReport { objects: 1, ..VerifyReport::default() } };
    let manifest = match Manifest::read(storage, index).await {
        Ok((manifest, _)) => manifest,
        Err(IndexError::Damaged { object, what }) => {
            verifying.problem(object, what);
            return Ok(verifying.report);
        }
        Err(error) => return Err(error),
    };
    verifying.check_names(&manifest);
    for (number, split) in manifest.splits.iter().enumerate() {
        verifying.check_split(&manifest.mapping, split).await?;
        verifying.check_deletes(split).await?;
        verifying.report.documents += split.live();
        progress(VerifyProgress { splits: number + 1, all: manifest.splits.len() });
    }
    Ok(verifying.report)
}

struct Verifying<'a> {
    storage: &'a Arc<dyn Storage>,
    index: &'a str,
    report: VerifyReport,
}

impl Verifying<'_> {
    fn problem(&mut self, object: impl Into<String>, what: impl Into<String>) {
        self.report.problems.push(Problem { object: object.into(), what: what.into() });
    }

    fn check_names(&mut self, manifest: &Manifest) {
        let mut seen = HashSet::new();
        for object in manifest.objects() {
            if !seen.insert(object.clone()) {
                self.problem(manifest_key(self.index), format!("it names {object} twice"));
            } else if manifest.retired.iter().any(|retired| retired.object == object) {
                let what = format!("it names {object} both as needed and as not needed any more");
                self.problem(manifest_key(self.index), what);
            }
        }
    }

    /// The whole object, if there is one.
    async fn read(&mut self, key: &str) -> Result<Option<OwnedBytes>, IndexError> {
        match self.storage.get(key).await {
            Ok(object) => {
                self.report.objects += 1;
                self.report.bytes += object.bytes.len() as u64;
                Ok(Some(OwnedBytes::new(Vec::from(object.bytes))))
            }
            Err(StorageError::NotFound { .. }) => {
                self.problem(key, "it is missing");
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn check_split(&mut self, mapping: &Mapping, entry: &SplitEntry) -> Result<(), IndexError> {
        let key = split_key(self.index, &entry.id);
        let Some(bytes) = self.read(&key).await? else { return Ok(()) };
        if bytes.len() as u64 != entry.size {
            self.problem(&key, format!("it has {} bytes; the manifest says {}", bytes.len(), entry.size));
        }
        let split = match Split::decode(&bytes) {
            Ok(split) => split,
            Err(what) => {
                self.problem(key, what);
                return Ok(());
            }
        };
        let data: usize = split.files.iter().map(|(_, content)| content.len()).sum();
        if (entry.footer.offset, entry.footer.length) != (data as u64, (bytes.len() - data) as u64) {
            self.problem(&key, "its footer lies elsewhere than the manifest says");
        }
        match differences(mapping, entry, split) {
            Ok(differences) => differences.into_iter().for_each(|what| self.problem(&key, what)),
            Err(error) => self.problem(&key, format!("it cannot be opened: {error}")),
        }
        Ok(())
    }

    async fn check_deletes(&mut self, entry: &SplitEntry) -> Result<(), IndexError> {
        let Some(deletes) = &entry.deletes else { return Ok(()) };
        let key = deletes.key(self.index);
        let Some(content) = self.read(&key).await? else { return Ok(()) };
        if let Err(what) = check_deletes(entry, deletes, content) {
            self.problem(key, what);
        }
        Ok(())
    }
}

/// In what a split is not what the manifest says.
fn differences(mapping: &Mapping, entry: &SplitEntry, split: Split) -> Result<Vec<String>, IndexError> {
    let (index, _) = open_whole(mapping, split)?;
    let mut differences = Vec::new();
    for segment in index.searchable_segments()? {
        let segment = SegmentReader::open(&segment)?;
        if u64::from(segment.max_doc()) != entry.documents {
            let documents = segment.max_doc();
            differences.push(format!("it has {documents} documents; the manifest says {}", entry.documents));
        }
        if ranges(&segment, mapping)? != entry.ranges {
            differences.push("its columns have other smallest and largest values than the manifest says".to_owned());
        }
        if id_range(&segment)? != entry.ids {
            differences.push("it has another smallest and largest _id than the manifest says".to_owned());
        }
    }
    Ok(differences)
}

fn check_deletes(entry: &SplitEntry, deletes: &Deletes, content: OwnedBytes) -> Result<(), String> {
    deletes.check(&content)?;
    let documents = u32::try_from(entry.documents).map_err(|_| "its split has too many documents".to_owned())?;
    let deleted = entry.documents - Alive::decode(content, documents)?.count();
    if deleted == deletes.documents {
        Ok(())
    } else {
        Err(format!("{deleted} documents are deleted; the manifest says {}", deletes.documents))
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures::executor::block_on;
    use quidditch_index::format::{ColumnRange, IdRange, Retired};
    use quidditch_storage::Precondition;
    use serde_json::json;

    use super::*;
    use crate::delete_ids;
    use crate::fixture::{INDEX, add, manifest, objects, store_with_index};

    async fn store() -> Arc<dyn Storage> {
        let storage = store_with_index(json!({})).await;
        let lines =
            |ids: &[&str]| -> String { ids.iter().map(|id| format!("{}\n", json!({"_id": id, "n": 1}))).collect() };
        add(&storage, &lines(&["a", "b", "c"])).await;
        add(&storage, &lines(&["d", "e"])).await;
        delete_ids(&storage, INDEX, &["b"]).await.expect("deleted");
        storage
    }

    async fn verify(storage: &Arc<dyn Storage>) -> VerifyReport {
        verify_index(storage, INDEX, |_| ()).await.expect("readable")
    }

    async fn problems(storage: &Arc<dyn Storage>) -> String {
        let report = verify(storage).await;
        let manifest = manifest(storage).await;
        let mut problems = String::new();
        for Problem { object, what } in report.problems {
            problems += &format!("{object}: {what}\n");
        }
        for (number, name) in manifest.objects().enumerate() {
            problems = problems.replace(&name, &format!("OBJECT{number}"));
        }
        let size = manifest.splits[0].size;
        problems.replace(&(size + 1).to_string(), "MORE").replace(&size.to_string(), "SIZE")
    }

    async fn overwrite(storage: &Arc<dyn Storage>, object: &str, change: impl Fn(&mut Vec<u8>)) {
        let key = format!("{INDEX}/splits/{object}");
        let mut bytes = storage.get(&key).await.expect("there").bytes.to_vec();
        change(&mut bytes);
        storage.put(&key, bytes.into(), Precondition::None).await.expect("written");
    }

    async fn write_manifest(storage: &Arc<dyn Storage>, change: impl Fn(&mut Manifest)) {
        let mut manifest = manifest(storage).await;
        change(&mut manifest);
        manifest.write(storage, INDEX, Precondition::None).await.expect("written");
    }

    #[test]
    fn a_sound_index_has_no_problems() {
        block_on(async {
            let storage = store().await;
            let mut seen = Vec::new();
            let report = verify_index(&storage, INDEX, |progress| seen.push(progress)).await.expect("readable");
            let bytes = storage.list("cities/splits/").await.expect("listed").iter().map(|entry| entry.size).sum();
            assert_eq!(report, VerifyReport { objects: 4, bytes, documents: 4, problems: Vec::new() });
            assert_eq!(seen, [1, 2].map(|splits| VerifyProgress { splits, all: 2 }));
            let error = verify_index(&storage, "other", |_| ()).await.expect_err("no index");
            insta::assert_snapshot!(error, @"no such index [other]");
        });
    }

    #[test]
    fn every_damaged_byte_is_found() {
        block_on(async {
            let storage = store().await;
            for object in objects(&storage).await {
                let size = storage.head(&format!("{INDEX}/splits/{object}")).await.expect("there").size as usize;
                for place in (0..size).step_by(size / 50 + 1) {
                    overwrite(&storage, &object, |bytes| bytes[place] ^= 1).await;
                    assert_eq!(verify(&storage).await.problems.len(), 1, "{object} at {place}");
                    overwrite(&storage, &object, |bytes| bytes[place] ^= 1).await;
                }
            }
            assert_eq!(verify(&storage).await.problems, []);
        });
    }

    #[test]
    fn all_problems_are_told() {
        block_on(async {
            let storage = store().await;
            let names: Vec<_> = manifest(&storage).await.objects().collect();
            overwrite(&storage, &names[0], |bytes| bytes.push(0)).await;
            overwrite(&storage, &names[1], |bytes| bytes[6] ^= 1).await;
            storage.delete(&format!("{INDEX}/splits/{}", names[2])).await.expect("removed");
            insta::assert_snapshot!(problems(&storage).await, @r"
            cities/splits/OBJECT0: it has MORE bytes; the manifest says SIZE
            cities/splits/OBJECT0: it does not end as splits do; it was cut off, or it is something else
            cities/splits/OBJECT1: its checksum is wrong
            cities/splits/OBJECT2: it is missing
            ");
            storage.put("cities/manifest.json", Bytes::from_static(b"{"), Precondition::None).await.expect("written");
            let report = verify(&storage).await;
            assert_eq!(
                (report.objects, report.problems.len(), report.problems[0].object.as_str()),
                (1, 1, "cities/manifest.json")
            );
        });
    }

    #[test]
    fn the_manifest_is_compared_with_the_splits() {
        block_on(async {
            let storage = store().await;
            write_manifest(&storage, |manifest| {
                let [first, second] = manifest.splits.as_mut_slice() else { panic!("two splits") };
                first.documents = 2;
                first.footer.offset += 1;
                first.ranges.insert("n".to_owned(), ColumnRange::Integers { min: 0, max: 1 });
                first.ids = Some(IdRange { min: "a".to_owned(), max: "b".to_owned() });
                first.deletes.as_mut().expect("some are deleted").documents = 2;
                let retired = Retired { object: second.object(), at: 0 };
                let twice = second.clone();
                manifest.retired.push(retired);
                manifest.splits.push(twice);
            })
            .await;
            insta::assert_snapshot!(problems(&storage).await, @r"
            cities/manifest.json: it names OBJECT2 both as needed and as not needed any more
            cities/manifest.json: it names OBJECT2 twice
            cities/splits/OBJECT0: its footer lies elsewhere than the manifest says
            cities/splits/OBJECT0: it has 3 documents; the manifest says 2
            cities/splits/OBJECT0: its columns have other smallest and largest values than the manifest says
            cities/splits/OBJECT0: it has another smallest and largest _id than the manifest says
            cities/splits/OBJECT1: it is not about 2 documents
            ");
        });
    }
}
