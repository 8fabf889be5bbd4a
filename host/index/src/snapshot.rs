//! An index at one moment, opened.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use quidditch_storage::{StorageError, Version};
use serde::{Deserialize, Serialize};
use tantivy::directory::OwnedBytes;
use tantivy::tokenizer::{TokenStream, TokenizerManager};
use tantivy::{DocId, schema};

use crate::manifest::{Manifest, SplitEntry};
use crate::mapping::{FIELD_NAMES, ID, SOURCE};
use crate::name::{check_index_name, manifest_key, split_key};
use crate::pruning::SplitValues;
use crate::reading::{Cost, ReadSession, SplitReader};
use crate::split::{Footer, LiveSplit, OpenSplit};
use crate::view::View;
use crate::{Field, FieldKind, IndexError, Mapping};

/// How many views of a snapshot are kept: one over all splits, and a few of those over the splits that often asked ranges
/// leave.
const KEPT_VIEWS: usize = 8;

/// An index at one moment: what the manifest said. Its splits are opened when a search needs them, see [`Snapshot::view`].
/// It never changes; open another to see newer documents.
pub struct Snapshot {
    reader: Arc<SplitReader>,
    name: String,
    version: Version,
    mapping: Mapping,
    tokenizers: TokenizerManager,
    splits: Vec<SplitEntry>,
    opened: Vec<OnceLock<LiveSplit>>,
    /// The views that were used last, the latest at the end, by the splits that they hold.
    views: Mutex<Vec<(Vec<usize>, Arc<View>)>>,
}

/// A term of an analyzed text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The term.
    pub text: String,
    /// Its place, counted from 0. Dropped words leave gaps.
    pub position: usize,
}

/// A document of a [`Snapshot`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SnapshotDocument {
    /// The number of its split in the snapshot, as [`View::split_of`](crate::View::split_of) says.
    pub split: usize,
    /// Its number in the split's segment.
    pub document: DocId,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Snapshot");
        debug.field("name", &self.name).field("version", &self.version).field("splits", &self.splits.len());
        debug.finish_non_exhaustive()
    }
}

impl Snapshot {
    /// Reads what the index is now: one request. What it costs is added to `cost`.
    ///
    /// # Errors
    /// [`IndexError::NotFound`], [`IndexError::InvalidName`], [`IndexError::Damaged`], [`IndexError::Storage`].
    pub async fn open(reader: &Arc<SplitReader>, name: &str, cost: &Cost) -> Result<Self, IndexError> {
        check_index_name(name)?;
        let (manifest, version, bytes) = Manifest::read_sized(reader.storage(), name).await?;
        cost.add_round_trip(1, bytes);
        Ok(Self::from_manifest(reader, name, manifest, version))
    }

    /// The index as a manifest says.
    pub fn from_manifest(reader: &Arc<SplitReader>, name: &str, manifest: Manifest, version: Version) -> Self {
        let Manifest { mapping, splits, .. } = manifest;
        Snapshot {
            reader: Arc::clone(reader),
            name: name.to_owned(),
            version,
            tokenizers: mapping.tokenizers(),
            mapping,
            opened: splits.iter().map(|_| OnceLock::new()).collect(),
            splits,
            views: Mutex::default(),
        }
    }

    /// Whether the index has not changed since: one cheap request. False also where it was deleted.
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

    /// Who reads it.
    pub fn reader(&self) -> &Arc<SplitReader> {
        &self.reader
    }

    /// The numbers of the splits that may have matches, as far as the manifest can tell.
    pub fn select(&self, mut may_match: impl FnMut(SplitValues<'_>) -> bool) -> Vec<usize> {
        (0..self.splits.len()).filter(|number| may_match(SplitValues(&self.splits[*number]))).collect()
    }

    /// Opens splits, given by their numbers, ascending. Those that were never opened take one round trip, all together.
    ///
    /// # Errors
    /// [`IndexError::Damaged`], [`IndexError::Storage`], [`IndexError::Search`].
    pub async fn view(&self, splits: &[usize], reads: &ReadSession) -> Result<Arc<View>, IndexError> {
        if let Some(view) = self.kept_view(splits) {
            return Ok(view);
        }
        self.open_splits(splits, reads).await?;
        let member = |number: &usize| {
            let opened = self.opened[*number].get().expect("it was just opened");
            (*number, opened.clone())
        };
        let view = Arc::new(View::open(&self.mapping, splits.iter().map(member).collect())?);
        let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        if views.len() == KEPT_VIEWS {
            views.remove(0);
        }
        views.push((splits.to_vec(), Arc::clone(&view)));
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

    fn kept_view(&self, splits: &[usize]) -> Option<Arc<View>> {
        let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        let place = views.iter().position(|(kept, _)| kept == splits)?;
        let kept = views.remove(place);
        let view = Arc::clone(&kept.1);
        views.push(kept);
        Some(view)
    }

    async fn open_splits(&self, splits: &[usize], reads: &ReadSession) -> Result<(), IndexError> {
        let missing: Vec<usize> =
            splits.iter().copied().filter(|number| self.opened[*number].get().is_none()).collect();
        if missing.is_empty() {
            return Ok(());
        }
        // Footers first, then deletes; all go out together.
        let entries = || missing.iter().map(|number| &self.splits[*number]);
        let with_deletes = || entries().filter_map(|entry| entry.deletes.as_ref());
        let mut wanted: Vec<_> = entries().map(|entry| self.opening_range(entry)).collect();
        wanted.extend(with_deletes().map(|deletes| (Arc::from(deletes.key(&self.name)), 0..deletes.size)));
        let mut read = self.reader.get_ranges(&wanted, reads).await?;
        let read_deletes = read.split_off(missing.len());

        for (((object, range), bytes), deletes) in wanted[missing.len()..].iter().zip(&read_deletes).zip(with_deletes())
        {
            deletes.check(bytes).map_err(|what| damaged(object, what))?;
            self.reader.keep(object, range.start, bytes);
        }
        let mut read_deletes = read_deletes.into_iter();
        for ((number, (object, range)), bytes) in missing.iter().zip(&wanted).zip(read) {
            let entry = &self.splits[*number];
            let split = open_split(object, entry, bytes.clone()).map_err(|what| damaged(object, what))?;
            self.reader.keep(object, range.start, &bytes);
            let deletes = entry.deletes.clone().zip(entry.deletes.as_ref().and_then(|_| read_deletes.next()));
            // Somebody else may have opened it meanwhile: it is the same.
            let _ = self.opened[*number].set(LiveSplit { split: Arc::new(split), deletes });
        }
        Ok(())
    }

    /// What is read of a split to open it.
    fn opening_range(&self, entry: &SplitEntry) -> (Arc<str>, Range<u64>) {
        let is_small = entry.size <= self.reader.settings().whole_split_bytes;
        let start = if is_small { 0 } else { entry.footer.offset };
        (Arc::from(split_key(&self.name, &entry.id)), start..entry.size)
    }

    /// Name of the index.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Version of the manifest that was opened.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// The fields.
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// Number of documents, without those that are deleted.
    pub fn documents(&self) -> u64 {
        self.splits.iter().map(SplitEntry::live).sum()
    }

    /// Size of all splits in bytes.
    pub fn size_bytes(&self) -> u64 {
        self.splits.iter().map(|split| split.size).sum()
    }

    /// ULID of a split, by its number.
    pub fn split_id(&self, number: usize) -> Option<&str> {
        self.splits.get(number).map(|split| split.id.as_str())
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

    /// Field `_field_names`: one raw term for each field, sub-field and object that the document has a value in.
    pub fn field_names_field(&self) -> schema::Field {
        FIELD_NAMES
    }

    /// The terms that a query's text becomes for this field: with its search analyzer for `text`, one term for every other
    /// kind.
    pub fn analyze(&self, field: &Field, text: &str) -> Vec<Token> {
        let analyzer = match field.kind() {
            FieldKind::Text { search_analyzer, .. } => self.tokenizers.get(search_analyzer),
            _ => None,
        };
        let Some(mut analyzer) = analyzer else { return vec![Token { text: text.to_owned(), position: 0 }] };
        let mut tokens = Vec::new();
        analyzer.token_stream(text).process(&mut |token| {
            tokens.push(Token { text: token.text.clone(), position: token.position });
        });
        tokens
    }
}

fn damaged(object: &str, what: String) -> IndexError {
    IndexError::Damaged { object: object.to_owned(), what }
}

/// A split, of which the footer was read, or all of it.
pub(crate) fn open_split(object: &Arc<str>, entry: &SplitEntry, bytes: OwnedBytes) -> Result<OpenSplit, String> {
    let footer_bytes = usize::try_from(entry.footer.length).ok().filter(|length| *length <= bytes.len());
    let Some(footer_bytes) = footer_bytes else { return Err("its footer does not fit".to_owned()) };
    let data_bytes = bytes.len() - footer_bytes;
    let (data, footer) = bytes.split(data_bytes);
    let footer = Footer::decode(&footer)?;
    if footer.data_bytes != entry.footer.offset {
        return Err(format!("its footer is of a split with {} bytes of data", footer.data_bytes));
    }
    if data.is_empty() {
        return Ok(OpenSplit::new(Arc::clone(object), footer));
    }
    footer.check(0, &data)?;
    Ok(OpenSplit::new(Arc::clone(object), footer).with_data(data))
}
