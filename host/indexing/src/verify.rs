//! Verifying an index.

use std::collections::HashSet;
use std::sync::Arc;

use quidditch_index::format::{Deletes, Manifest, Split, SplitEntry, check_footer, manifest_key, split_key};
use quidditch_index::{Damage, IndexError, Mapping, check_index_name};
use quidditch_storage::{Storage, StorageError};
use tantivy::SegmentReader;
use tantivy::directory::OwnedBytes;

use crate::deletes::AliveDocuments;
use crate::new_split::nested_documents;
use crate::split_stats::{field_statistics, id_range, ranges};
use crate::whole_split::open_whole;

/// The result of verifying an index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VerifyReport {
    /// Objects that were read, including the manifest.
    pub objects: u64,
    /// Their size in bytes, excluding the manifest.
    pub bytes: u64,
    /// Documents that are not deleted.
    pub documents: u64,
    /// All problems that were found.
    pub problems: Vec<Problem>,
}

/// A problem of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Key of the object.
    pub object: String,
    /// What is wrong with it.
    pub reason: Damage,
}

/// The progress of verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifyProgress {
    /// Splits that were read.
    pub splits: usize,
    /// All splits of the index.
    pub all: usize,
}

/// Reads all of an index, and compares it with its checksums and with the manifest. Splits are read whole, one at a time. If the
/// index changes in the meantime and garbage is collected without a grace period, objects may be reported as missing.
///
/// `progress` is called after each split.
///
/// # Errors
/// [`IndexError::NotFound`], [`IndexError::InvalidName`], [`IndexError::Storage`]. Damage is not an error: it is in the report.
pub async fn verify_index(
    storage: &Arc<dyn Storage>,
    index: &str,
    mut progress: impl FnMut(VerifyProgress),
) -> Result<VerifyReport, IndexError> {
    check_index_name(index)?;
    let mut verification =
        Verification { storage, index, report: VerifyReport { objects: 1, ..VerifyReport::default() } };
    let manifest = match Manifest::read(storage, index).await {
        Ok((manifest, _)) => manifest,
        Err(IndexError::Damaged { object, reason }) => {
            verification.add(object, reason);
            return Ok(verification.report);
        }
        Err(error) => return Err(error),
    };
    verification.check_names(&manifest);
    verification.check_footers(&manifest).await?;
    for (number, split) in manifest.splits.iter().enumerate() {
        verification.check_split(&manifest.mapping, split).await?;
        verification.check_deletes(split).await?;
        verification.report.documents += split.live();
        progress(VerifyProgress { splits: number + 1, all: manifest.splits.len() });
    }
    Ok(verification.report)
}

struct Verification<'a> {
    storage: &'a Arc<dyn Storage>,
    index: &'a str,
    report: VerifyReport,
}

impl Verification<'_> {
    fn add(&mut self, object: impl Into<String>, reason: Damage) {
        self.report.problems.push(Problem { object: object.into(), reason });
    }

    /// Checks that the manifest lists each object once.
    fn check_names(&mut self, manifest: &Manifest) {
        let mut seen = HashSet::new();
        for object in manifest.objects() {
            if !seen.insert(object.clone()) {
                self.add(manifest_key(self.index), Damage::corrupt(format!("lists {object} twice")));
            } else if manifest.retired.iter().any(|retired| retired.object == object) {
                let reason = format!("lists {object} both as live and as retired");
                self.add(manifest_key(self.index), Damage::corrupt(reason));
            }
        }
    }

    /// The whole object, if it exists.
    async fn read(&mut self, key: &str) -> Result<Option<OwnedBytes>, IndexError> {
        match self.storage.get(key).await {
            Ok(object) => {
                self.report.objects += 1;
                self.report.bytes += object.bytes.len() as u64;
                Ok(Some(OwnedBytes::new(Vec::from(object.bytes))))
            }
            Err(StorageError::NotFound { .. }) => {
                self.add(key, Damage::Missing);
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Checks the copies of footers.
    async fn check_footers(&mut self, manifest: &Manifest) -> Result<(), IndexError> {
        let Some(footers) = &manifest.footers else { return Ok(()) };
        let key = footers.key(self.index);
        let Some(content) = self.read(&key).await? else { return Ok(()) };
        for split in &manifest.splits {
            let Some(range) = footers.range(&split.id, split.footer.length) else { continue };
            let checked = if range.end <= content.len() as u64 {
                check_footer(&content.slice(range.start as usize..range.end as usize), split.footer)
            } else {
                Err(Damage::corrupt("it extends past the end of the object"))
            };
            if let Err(reason) = checked {
                let reason = format!("copy of the footer of {}: {reason}", split.object());
                self.add(&key, Damage::corrupt(reason));
            }
        }
        Ok(())
    }

    async fn check_split(&mut self, mapping: &Mapping, entry: &SplitEntry) -> Result<(), IndexError> {
        let key = split_key(self.index, &entry.id);
        let Some(bytes) = self.read(&key).await? else { return Ok(()) };
        if bytes.len() as u64 != entry.size {
            let reason = format!("size is {} bytes; the manifest says {}", bytes.len(), entry.size);
            self.add(&key, Damage::corrupt(reason));
        }
        let split = match Split::decode(&bytes) {
            Ok(split) => split,
            Err(reason) => {
                self.add(key, reason);
                return Ok(());
            }
        };
        let data: usize = split.files.iter().map(|(_, content)| content.len()).sum();
        if (entry.footer.offset, entry.footer.length) != (data as u64, (bytes.len() - data) as u64) {
            self.add(&key, Damage::corrupt("footer offset differs from the manifest"));
        }
        match differences(mapping, entry, split) {
            Ok(differences) => differences.into_iter().for_each(|reason| self.add(&key, Damage::Corrupt(reason))),
            Err(error) => self.add(&key, Damage::unparsable("tantivy cannot open it", error)),
        }
        Ok(())
    }

    async fn check_deletes(&mut self, entry: &SplitEntry) -> Result<(), IndexError> {
        let Some(deletes) = &entry.deletes else { return Ok(()) };
        let key = deletes.key(self.index);
        let Some(content) = self.read(&key).await? else { return Ok(()) };
        if let Err(reason) = check_deletes(entry, deletes, content) {
            self.add(key, reason);
        }
        Ok(())
    }
}

/// The differences between a split and its entry in the manifest.
fn differences(mapping: &Mapping, entry: &SplitEntry, split: Split) -> Result<Vec<String>, IndexError> {
    let (index, _) = open_whole(mapping, split)?;
    let mut differences = Vec::new();
    for segment in index.searchable_segments()? {
        let segment = SegmentReader::open(&segment)?;
        if u64::from(segment.max_doc()) != entry.documents {
            let documents = segment.max_doc();
            differences.push(format!("{documents} documents; the manifest says {}", entry.documents));
        }
        let nested = nested_documents(&segment)?;
        if nested != entry.nested {
            differences.push(format!("{nested} nested objects; the manifest says {}", entry.nested));
        }
        if ranges(&segment, mapping)? != entry.ranges {
            differences.push("column min/max differ from the manifest".to_owned());
        }
        if id_range(&segment)? != entry.ids {
            differences.push("_id range differs from the manifest".to_owned());
        }
        if let Some(statistics) = &entry.statistics
            && field_statistics(&segment, mapping)? != *statistics
        {
            differences.push("numbers of terms differ from the manifest".to_owned());
        }
    }
    Ok(differences)
}

fn check_deletes(entry: &SplitEntry, deletes: &Deletes, content: OwnedBytes) -> Result<(), Damage> {
    deletes.check(&content)?;
    let documents = u32::try_from(entry.documents);
    let documents =
        documents.map_err(|_| Damage::corrupt("the manifest says that the split has over 2^32 documents"))?;
    let deleted = entry.documents - AliveDocuments::decode(content, documents)?.count();
    if deleted == deletes.documents {
        Ok(())
    } else {
        let reason = format!("{deleted} documents are deleted; the manifest says {}", deletes.documents);
        Err(Damage::corrupt(reason))
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures::executor::block_on;
    use quidditch_index::FieldStatistics;
    use quidditch_index::format::{ColumnRange, IdRange, Retired};
    use quidditch_storage::Precondition;
    use serde_json::json;

    use super::*;
    use crate::fixture::{INDEX, add, delete, manifest, objects, store_with_index};

    async fn store() -> Arc<dyn Storage> {
        let storage = store_with_index(json!({})).await;
        let lines =
            |ids: &[&str]| -> String { ids.iter().map(|id| format!("{}\n", json!({"_id": id, "n": 1}))).collect() };
        add(&storage, &lines(&["a", "b", "c"])).await;
        add(&storage, &lines(&["d", "e"])).await;
        delete(&storage, &["b"]).await;
        storage
    }

    async fn verify(storage: &Arc<dyn Storage>) -> VerifyReport {
        verify_index(storage, INDEX, |_| ()).await.expect("readable")
    }

    async fn problems(storage: &Arc<dyn Storage>) -> String {
        let report = verify(storage).await;
        let manifest = manifest(storage).await;
        let mut problems = String::new();
        for Problem { object, reason } in report.problems {
            problems += &format!("{object}: {reason}\n");
        }
        for (number, name) in manifest.objects().enumerate() {
            problems = problems.replace(&name, &format!("OBJECT{number}"));
        }
        let size = manifest.splits[0].size;
        problems.replace(&(size + 1).to_string(), "MORE").replace(&size.to_string(), "SIZE")
    }

    async fn overwrite(storage: &Arc<dyn Storage>, object: &str, change: impl Fn(&mut Vec<u8>)) {
        let key = format!("{INDEX}/splits/{object}");
        let mut bytes = storage.get(&key).await.expect("it exists").bytes.to_vec();
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
    fn every_damaged_byte_is_detected() {
        block_on(async {
            let storage = store().await;
            for object in objects(&storage).await {
                let size = storage.head(&format!("{INDEX}/splits/{object}")).await.expect("it exists").size as usize;
                for at in (0..size).step_by(size / 50 + 1) {
                    overwrite(&storage, &object, |bytes| bytes[at] ^= 1).await;
                    assert_eq!(verify(&storage).await.problems.len(), 1, "{object} at {at}");
                    overwrite(&storage, &object, |bytes| bytes[at] ^= 1).await;
                }
            }
            assert_eq!(verify(&storage).await.problems, []);
        });
    }

    #[test]
    fn all_problems_are_reported() {
        block_on(async {
            let storage = store().await;
            let names: Vec<_> = manifest(&storage).await.objects().collect();
            overwrite(&storage, &names[0], |bytes| bytes.push(0)).await;
            overwrite(&storage, &names[1], |bytes| bytes[6] ^= 1).await;
            storage.delete(&format!("{INDEX}/splits/{}", names[2])).await.expect("removed");
            insta::assert_snapshot!(problems(&storage).await, @r"
            cities/splits/OBJECT0: size is MORE bytes; the manifest says SIZE
            cities/splits/OBJECT0: bad trailer magic: truncated, or not a split
            cities/splits/OBJECT1: checksum mismatch
            cities/splits/OBJECT2: missing
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
                let wrong = FieldStatistics { documents: 3, terms: 4 };
                first.statistics.as_mut().expect("new splits have them").insert("text".to_owned(), wrong);
                first.deletes.as_mut().expect("a document is deleted").documents = 2;
                let retired = Retired { object: second.object(), at: 0 };
                let twice = second.clone();
                manifest.retired.push(retired);
                manifest.splits.push(twice);
            })
            .await;
            insta::assert_snapshot!(problems(&storage).await, @r"
            cities/manifest.json: lists OBJECT2 both as live and as retired
            cities/manifest.json: lists OBJECT2 twice
            cities/splits/OBJECT0: footer offset differs from the manifest
            cities/splits/OBJECT0: 3 documents; the manifest says 2
            cities/splits/OBJECT0: column min/max differ from the manifest
            cities/splits/OBJECT0: _id range differs from the manifest
            cities/splits/OBJECT0: numbers of terms differ from the manifest
            cities/splits/OBJECT1: delete bitset does not cover 2 documents
            ");
        });
    }
}
