//! An index at one moment, opened.

mod open_splits;
mod tokens;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use lru::LruCache;
use quidditch_storage::{StorageError, Version};
use tantivy::schema;
use tantivy::tokenizer::TokenizerManager;

use crate::footers::Footers;
use crate::manifest::{FieldStatistics, Manifest, SplitEntry};
use crate::mapping::{FIELD_NAMES, ID, SOURCE};
use crate::name::{check_index_name, manifest_key};
use crate::pruning::SplitValues;
use crate::reading::{Cost, ReadSession, SplitReader};
use crate::similarity::Similarity;
use crate::snapshot_record::{SnapshotRecord, SplitRecord};
use crate::split::LiveSplit;
use crate::view::View;
use crate::{DocumentId, IndexError, Mapping, SnapshotDocument, SplitId};

pub use tokens::{DocumentToken, Token};

/// How many views of a snapshot are kept: one over all splits, and a few over the splits that frequent ranges select.
const KEPT_VIEWS: NonZeroUsize = NonZeroUsize::new(8).expect("not zero");

/// An index at one moment: what the manifest said. Its splits are opened when a search needs them, see [`Snapshot::view`].
/// It never changes; open another one to see newer documents.
pub struct Snapshot {
    reader: Arc<SplitReader>,
    name: String,
    version: Version,
    /// The id of the index.
    id: String,
    mapping: Mapping,
    tokenizers: TokenizerManager,
    similarity: Similarity,
    splits: Vec<SplitEntry>,
    /// Copies of the footers of some splits.
    footers: Option<Footers>,
    /// The splits of which the ranges of values are not known, by their numbers: those that the manifest does not have any more.
    without_ranges: HashSet<usize>,
    /// The number of each split.
    numbers: HashMap<SplitId, usize>,
    /// The position of the first document of each split in the index.
    positions: Vec<u64>,
    opened: Vec<OnceLock<LiveSplit>>,
    /// Of all splits together; `None` if the manifest does not have those of every split.
    statistics: OnceLock<Option<BTreeMap<String, FieldStatistics>>>,
    /// The views that were used last, by the numbers of their splits.
    views: Mutex<LruCache<Vec<usize>, Arc<View>>>,
}

/// The size of a split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SplitFigures {
    /// Number of documents that are not deleted, and of their nested objects.
    pub documents: u64,
    /// Number of deleted documents.
    pub deleted: u64,
    /// Size of its object in bytes.
    pub bytes: u64,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Snapshot");
        debug.field("name", &self.name).field("version", &self.version).field("splits", &self.splits.len());
        debug.finish_non_exhaustive()
    }
}

impl Snapshot {
    /// Opens the index as it is now: one request, whose cost is added to `cost`.
    ///
    /// # Errors
    /// [`IndexError::NotFound`], [`IndexError::InvalidName`], [`IndexError::Damaged`], [`IndexError::Storage`].
    pub async fn open(reader: &Arc<SplitReader>, name: &str, cost: &Cost) -> Result<Self, IndexError> {
        check_index_name(name)?;
        let (manifest, version, bytes) = Manifest::read_sized(reader.storage(), name).await?;
        cost.add_round_trip(1, bytes);
        Ok(Self::from_manifest(reader, name, manifest, version))
    }

    /// Opens the index at a version of its manifest, which is the [`Snapshot::version`] of another snapshot of the same store,
    /// perhaps in another process: it has the same splits with the same deleted documents.
    ///
    /// A store keeps the newest manifest only. So this fails as soon as the index has changed, also by a garbage collection,
    /// although the splits of that version still exist for a while.
    ///
    /// # Errors
    /// [`IndexError::Changed`] if the manifest has another version now, and those of [`Snapshot::open`].
    pub async fn open_at(
        reader: &Arc<SplitReader>,
        name: &str,
        version: &Version,
        cost: &Cost,
    ) -> Result<Self, IndexError> {
        let snapshot = Self::open(reader, name, cost).await?;
        if snapshot.version == *version {
            Ok(snapshot)
        } else {
            Err(IndexError::Changed { name: name.to_owned(), version: version.clone() })
        }
    }

    /// The index that a manifest describes.
    pub fn from_manifest(reader: &Arc<SplitReader>, name: &str, manifest: Manifest, version: Version) -> Self {
        let Manifest { id, mapping, splits, footers, .. } = manifest;
        Snapshot { footers, ..Self::with_splits(reader, name, version, (id, mapping), splits) }
    }

    fn with_splits(
        reader: &Arc<SplitReader>,
        name: &str,
        version: Version,
        (id, mapping): (String, Mapping),
        splits: Vec<SplitEntry>,
    ) -> Self {
        let positions = splits.iter().scan(0, |next, split| {
            let position = *next;
            *next += split.documents;
            Some(position)
        });
        Snapshot {
            reader: Arc::clone(reader),
            name: name.to_owned(),
            id,
            version,
            without_ranges: HashSet::new(),
            tokenizers: mapping.tokenizers(),
            similarity: Similarity::default(),
            mapping,
            positions: positions.collect(),
            numbers: splits.iter().enumerate().map(|(number, split)| (split.id.clone(), number)).collect(),
            opened: splits.iter().map(|_| OnceLock::new()).collect(),
            splits,
            footers: None,
            statistics: OnceLock::new(),
            views: Mutex::new(LruCache::new(KEPT_VIEWS)),
        }
    }

    /// The same, with the splits that another snapshot of the index has opened.
    #[must_use]
    pub fn with_opened_of(mut self, other: &Snapshot) -> Self {
        for (number, split) in self.splits.iter().enumerate() {
            let Some(before) = other.numbers.get(&split.id) else { continue };
            if other.splits[*before].deletes == split.deletes
                && let Some(opened) = other.opened[*before].get()
            {
                self.opened[number] = OnceLock::from(opened.clone());
            }
        }
        self
    }

    /// What this snapshot consists of, to open it again with [`Snapshot::at_record`] after the index has changed.
    pub fn record(&self) -> SnapshotRecord {
        SnapshotRecord {
            index_id: self.id.clone(),
            splits: self.splits.iter().map(SplitRecord::new).collect(),
            statistics: self.statistics.get_or_init(|| add_statistics(&self.splits)).clone(),
        }
    }

    /// The index as it was when another snapshot of it was recorded: the same splits with the same deleted documents, in the same
    /// order. This snapshot is of the index as it is now, and has its fields. Whether the splits still exist is known when they are
    /// read. `None` if the record is of another index, or if no index can be like it.
    pub fn at_record(&self, record: &SnapshotRecord) -> Option<Self> {
        if record.index_id != self.id {
            return None;
        }
        let mut splits = Vec::with_capacity(record.splits.len());
        let mut without_ranges = HashSet::new();
        for (number, recorded) in record.splits.iter().enumerate() {
            let recorded = recorded.entry()?;
            splits.push(match self.numbers.get(&recorded.id).map(|number| &self.splits[*number]) {
                Some(current) if current.footer == recorded.footer && current.documents == recorded.documents => {
                    SplitEntry { deletes: recorded.deletes, ..current.clone() }
                }
                Some(_) => return None,
                None => {
                    without_ranges.insert(number);
                    recorded
                }
            });
        }
        let fields = (self.id.clone(), self.mapping.clone());
        let snapshot = Self::with_splits(&self.reader, &self.name, self.version.clone(), fields, splits);
        let statistics = OnceLock::from(record.statistics.clone());
        Some(Snapshot { footers: self.footers.clone(), without_ranges, statistics, ..snapshot })
    }

    /// Whether the index has not changed since: one cheap request. False also if it was deleted.
    ///
    /// # Errors
    /// [`IndexError::Storage`].
    pub async fn is_current(&self) -> Result<bool, IndexError> {
        match self.reader.storage().head(&manifest_key(&self.name)).await {
            Ok(entry) => Ok(entry.version == self.version),
            Err(StorageError::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The reader of its splits.
    pub fn reader(&self) -> &Arc<SplitReader> {
        &self.reader
    }

    /// The numbers of the splits that may have matches, as far as the manifest can tell. Ascending.
    pub fn select(&self, mut may_match: impl FnMut(SplitValues<'_>) -> bool) -> Vec<usize> {
        let may_match =
            |number: &usize| self.without_ranges.contains(number) || may_match(SplitValues(&self.splits[*number]));
        (0..self.splits.len()).filter(may_match).collect()
    }

    /// What the scores of a field's terms are computed from, over all splits; `None` if the manifest does not say so for every
    /// split, because some were added by an older version.
    pub fn field_statistics(&self, field: &str) -> Option<FieldStatistics> {
        let all = self.statistics.get_or_init(|| add_statistics(&self.splits)).as_ref()?;
        Some(all.get(field).copied().unwrap_or_default())
    }

    /// Opens splits, given by their numbers, ascending. Those that were not opened before take one round trip together.
    ///
    /// # Errors
    /// [`IndexError::Damaged`], [`IndexError::Storage`], [`IndexError::Search`].
    pub async fn view(&self, splits: &[usize], reads: &ReadSession) -> Result<Arc<View>, IndexError> {
        if let Some(view) = self.views().get(splits) {
            return Ok(Arc::clone(view));
        }
        self.open_splits(splits, reads).await?;
        let member = |number: &usize| {
            let opened = self.opened[*number].get().expect("it was just opened");
            (*number, opened.clone())
        };
        let view = Arc::new(View::open(&self.mapping, splits.iter().map(member).collect())?);
        self.views().put(splits.to_vec(), Arc::clone(&view));
        Ok(view)
    }

    /// Opens all splits.
    ///
    /// # Errors
    /// As [`Snapshot::view`].
    pub async fn view_of_all(&self, reads: &ReadSession) -> Result<Arc<View>, IndexError> {
        let all: Vec<usize> = (0..self.splits.len()).collect();
        self.view(&all, reads).await
    }

    fn views(&self) -> MutexGuard<'_, LruCache<Vec<usize>, Arc<View>>> {
        self.views.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same, whose terms score in another way.
    #[must_use]
    pub fn with_similarity(self, similarity: Similarity) -> Self {
        Snapshot { similarity, ..self }
    }

    /// How its terms score.
    pub fn similarity(&self) -> Similarity {
        self.similarity
    }

    /// Name of the index.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Distinguishes it from another index that had, or will have, the same name.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Version of the manifest that was opened.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// The fields.
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// Number of documents that are not deleted.
    pub fn documents(&self) -> u64 {
        self.splits.iter().map(SplitEntry::live).sum()
    }

    /// Number of documents that are not deleted, and of their nested objects.
    pub fn stored_documents(&self) -> u64 {
        self.splits.iter().map(SplitEntry::stored).sum()
    }

    /// Number of deleted documents that are still in their splits.
    pub fn deleted(&self) -> u64 {
        self.splits.iter().map(SplitEntry::deleted).sum()
    }

    /// Size of all splits in bytes.
    pub fn size_bytes(&self) -> u64 {
        self.splits.iter().map(|split| split.size).sum()
    }

    /// What the manifest says about each split, in their order.
    pub fn split_figures(&self) -> impl Iterator<Item = SplitFigures> {
        self.splits.iter().map(|split| SplitFigures {
            documents: split.stored(),
            deleted: split.deleted(),
            bytes: split.size,
        })
    }

    /// The name of a document that other processes understand.
    ///
    /// # Panics
    /// If the snapshot has no such split.
    pub fn document_id(&self, document: SnapshotDocument) -> DocumentId {
        DocumentId { split: self.splits[document.split].id.clone(), document: document.document }
    }

    /// The document of that name; `None` if its split is not part of this snapshot.
    pub fn document(&self, id: &DocumentId) -> Option<SnapshotDocument> {
        Some(SnapshotDocument { split: *self.numbers.get(&id.split)?, document: id.document })
    }

    /// The position of the first document of a split in the index: how many documents are in the splits before it, nested
    /// objects and deleted ones included.
    ///
    /// # Panics
    /// If the snapshot has no such split.
    pub fn first_position(&self, split: usize) -> u64 {
        self.positions[split]
    }

    /// Number of splits.
    pub fn splits(&self) -> usize {
        self.splits.len()
    }

    /// Field `_id`: one raw term, a string column `_id`, stored.
    pub fn id_field(&self) -> schema::Field {
        ID
    }

    /// Field `_source`: the document's JSON text, stored only.
    pub fn source_field(&self) -> schema::Field {
        SOURCE
    }

    /// Field `_field_names`: one raw term for each field, sub-field and object in which the document has a value.
    pub fn field_names_field(&self) -> schema::Field {
        FIELD_NAMES
    }
}

fn add_statistics(splits: &[SplitEntry]) -> Option<BTreeMap<String, FieldStatistics>> {
    let mut all: BTreeMap<String, FieldStatistics> = BTreeMap::new();
    for split in splits {
        for (field, statistics) in split.statistics.as_ref()? {
            match all.get_mut(field) {
                Some(sum) => *sum += *statistics,
                None => _ = all.insert(field.clone(), *statistics),
            }
        }
    }
    Some(all)
}
