//! An index at one moment, opened.

use std::fmt;
use std::sync::Arc;

use futures::future::try_join_all;
use quidditch_storage::{Storage, StorageError, Version};
use tantivy::directory::OwnedBytes;
use tantivy::schema::{self, TantivyDocument, Value};
use tantivy::tokenizer::TokenStream;
use tantivy::{DocAddress, Index, IndexReader, ReloadPolicy, Searcher};

use crate::deletes::{describe_deletes, load_deletes};
use crate::manifest::{Manifest, SplitEntry};
use crate::mapping::{FIELD_NAMES, ID, SOURCE};
use crate::name::{check_index_name, manifest_key, split_key};
use crate::split::{Split, SplitsDirectory};
use crate::{Field, FieldKind, IndexError, Mapping};

/// Blocks of documents that each split keeps decompressed, of 16 KiB each: one page of hits seldom needs more, and there
/// may be many splits.
const CACHED_STORE_BLOCKS: usize = 8;

/// An index at one moment, opened: one searcher over all of its splits. It never changes; open another to see newer documents.
pub struct Snapshot {
    name: String,
    version: Version,
    mapping: Mapping,
    splits: Vec<SplitEntry>,
    searcher: Searcher,
}

/// A document as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDocument {
    /// Its `_id`.
    pub id: String,
    /// Its JSON text, without an `_id`.
    pub source: String,
}

/// A term of an analyzed text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The term.
    pub text: String,
    /// Its place, counted from 0. Dropped words leave gaps.
    pub position: usize,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Snapshot");
        debug.field("name", &self.name).field("version", &self.version).field("splits", &self.splits.len());
        debug.finish_non_exhaustive()
    }
}

impl Snapshot {
    /// Opens the index as it is now.
    ///
    /// # Errors
    /// [`IndexError::NotFound`], [`IndexError::InvalidName`], [`IndexError::Damaged`], [`IndexError::Storage`].
    pub async fn open(storage: &Arc<dyn Storage>, name: &str) -> Result<Self, IndexError> {
        check_index_name(name)?;
        let (manifest, version) = Manifest::read(storage, name).await?;
        let splits = try_join_all(manifest.splits.iter().map(|entry| read_split(storage, name, entry))).await?;
        let searcher = searcher(&manifest.mapping, splits)?;
        // tantivy does not promise to keep the order of segments, and nothing here relies on it.
        Ok(Snapshot { name: name.to_owned(), version, mapping: manifest.mapping, splits: manifest.splits, searcher })
    }

    /// Whether the index has not changed since: one cheap request. False also where it was deleted.
    ///
    /// # Errors
    /// [`IndexError::Storage`].
    pub async fn is_current(&self, storage: &Arc<dyn Storage>) -> Result<bool, IndexError> {
        match storage.head(&manifest_key(&self.name)).await {
            Ok(entry) => Ok(entry.version == self.version),
            Err(StorageError::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
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

    /// Searches all splits.
    pub fn searcher(&self) -> &Searcher {
        &self.searcher
    }

    /// Number of documents, without those that are deleted.
    pub fn documents(&self) -> u64 {
        self.splits.iter().map(SplitEntry::live).sum()
    }

    /// Size of all splits in bytes.
    pub fn size_bytes(&self) -> u64 {
        self.splits.iter().map(|split| split.size).sum()
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
            FieldKind::Text { search_analyzer, .. } => self.searcher.index().tokenizers().get(search_analyzer),
            _ => None,
        };
        let Some(mut analyzer) = analyzer else { return vec![Token { text: text.to_owned(), position: 0 }] };
        let mut tokens = Vec::new();
        analyzer.token_stream(text).process(&mut |token| {
            tokens.push(Token { text: token.text.clone(), position: token.position });
        });
        tokens
    }

    /// A document as it was given.
    ///
    /// # Errors
    /// [`IndexError::Search`] where the address is not one of this snapshot's documents, or its block cannot be decompressed.
    pub async fn stored(&self, address: DocAddress) -> Result<StoredDocument, IndexError> {
        let document: TantivyDocument = self.searcher.doc(address)?;
        let text = |field| document.get_first(field).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        Ok(StoredDocument { id: text(ID), source: text(SOURCE) })
    }
}

/// Reads a split whole.
async fn read_split(storage: &Arc<dyn Storage>, index: &str, entry: &SplitEntry) -> Result<Split, IndexError> {
    let key = split_key(index, &entry.id);
    let damaged = |what: String| IndexError::Damaged { object: key.clone(), what };
    let bytes = match storage.get(&key).await {
        Ok(object) => object.bytes,
        Err(StorageError::NotFound { .. }) => return Err(damaged("it is missing".to_owned())),
        Err(error) => return Err(error.into()),
    };
    if bytes.len() as u64 != entry.size {
        return Err(damaged(format!("it has {} bytes; the manifest says {}", bytes.len(), entry.size)));
    }
    // Costs no copy where the storage does not keep the bytes.
    let mut split = Split::decode(&OwnedBytes::new(Vec::from(bytes))).map_err(damaged)?;
    if let (Some(deletes), Some(content)) = (&entry.deletes, load_deletes(storage, index, entry).await?) {
        let name = describe_deletes(&mut split.segment, deletes);
        split.files.push((name, content));
    }
    Ok(split)
}

fn searcher(mapping: &Mapping, splits: Vec<Split>) -> Result<Searcher, IndexError> {
    let mut index = Index::open(SplitsDirectory::new(&mapping.schema(), splits))?;
    index.set_tokenizers(mapping.analysis().tokenizers(mapping.analyzer_names()));
    let reader: IndexReader = index
        .reader_builder()
        .reload_policy(ReloadPolicy::Manual)
        .doc_store_cache_num_blocks(CACHED_STORE_BLOCKS)
        .try_into()?;
    Ok(reader.searcher())
}
