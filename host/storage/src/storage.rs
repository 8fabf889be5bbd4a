//! The trait that all stores implement.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;

use crate::StorageError;

/// Objects by key.
///
/// The contract, tested for every implementation by one suite:
///
/// - Writes are atomic: no reader ever sees a partial object, not even after a crash.
/// - A reader sees a write as soon as [`put`](Storage::put) has returned.
/// - A write that changes an object's content changes its [`Version`]. A write of the same content may keep the version: S3's
///   is a digest of the content. Equal versions therefore mean equal content, even if the content differed in between.
/// - Of several writers with the same precondition on the same version, exactly one succeeds.
/// - Every implementation accepts the keys that [`check_key`](crate::check_key) accepts, and no others, so that a store can be
///   copied from one kind to another.
///
/// Implementations that wrap another storage pass on every method (`#![deny(clippy::missing_trait_methods)]` in their files).
#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
pub trait Storage: fmt::Debug + Send + Sync {
    /// Reads an object.
    async fn get(&self, key: &str) -> Result<Object, StorageError>;

    /// Reads the bytes of an object from `range.start` up to but excluding `range.end`. Fails with
    /// [`StorageError::InvalidRange`] if the range is empty or extends past the end of the object.
    async fn get_range(&self, key: &str, range: Range<u64>) -> Result<Bytes, StorageError>;

    /// Creates or replaces an object. Fails with [`StorageError::PreconditionFailed`] if the precondition does not hold.
    async fn put(&self, key: &str, bytes: Bytes, precondition: Precondition) -> Result<Version, StorageError>;

    /// Size and version of an object.
    async fn head(&self, key: &str) -> Result<Entry, StorageError>;

    /// All objects whose keys begin with `prefix` (any text, not only a whole folder), sorted by key.
    async fn list(&self, prefix: &str) -> Result<Vec<Entry>, StorageError>;

    /// The same as [`list`](Storage::list). The parts of the listing between `splits`, which are sorted keys, may be read side by
    /// side: a long listing then takes as long as its longest part.
    ///
    /// This default ignores the splits. Storages that list page by page override it.
    async fn list_in_parts(&self, prefix: &str, splits: &[String]) -> Result<Vec<Entry>, StorageError> {
        let _ = splits;
        self.list(prefix).await
    }

    /// The sorted names of the folders directly in a folder (`""` for the whole store, else with or without a slash at its end).
    /// A folder exists as long as there is an object below it.
    ///
    /// This default lists all objects below the folder. Storages that can do with less override it.
    async fn list_folders(&self, folder: &str) -> Result<Vec<String>, StorageError> {
        let prefix = folder_prefix(folder);
        let entries = self.list(&prefix).await?;
        let below = entries.iter().filter_map(|entry| entry.key[prefix.len()..].split_once('/'));
        let names: BTreeSet<_> = below.map(|(name, _)| name.to_owned()).collect();
        Ok(names.into_iter().collect())
    }

    /// Deletes an object. Succeeds if there is none, so that deleting can be repeated.
    async fn delete(&self, key: &str) -> Result<(), StorageError>;
}

/// The prefix of all keys below a folder.
pub(crate) fn folder_prefix(folder: &str) -> String {
    if folder.is_empty() || folder.ends_with('/') { folder.to_owned() } else { format!("{folder}/") }
}

/// An object that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// The content.
    pub bytes: Bytes,
    /// The version that was read.
    pub version: Version,
}

/// An object that was listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// The size in bytes.
    pub size: u64,
    /// The version that was seen.
    pub version: Version,
}

/// Identifies one state of an object. Versions can only be compared for equality.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Version(String);

impl Version {
    /// A version from the storage's own name for it, for example an entity tag.
    pub fn new(name: impl Into<String>) -> Self {
        Version(name.into())
    }

    /// The storage's own name for it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What must be true at the time of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Precondition {
    /// Nothing.
    None,
    /// No object has that key.
    Absent,
    /// The object still has this version.
    Matches(Version),
}
