//! The boundary between what stores objects and who needs them.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;

use crate::StorageError;

/// Objects by key.
///
/// The contract, which one suite of tests holds every implementation to:
///
/// - An object appears whole or not at all: no reader ever sees half of a write, not even after a crash.
/// - A reader sees a write as soon as [`put`](Storage::put) has returned.
/// - A write that changes an object's content gives it another [`Version`]. One that does not may leave the version as it
///   is: S3's is a digest of the content. A version that is the same therefore says that the content is the same, even if
///   it was another one in between.
/// - Of several writers with the same precondition on the same version, exactly one succeeds.
/// - Keys are as [`check_key`](crate::check_key) wants them, everywhere, so that a store can be copied from one kind to
///   another.
#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
pub trait Storage: fmt::Debug + Send + Sync {
    /// The whole object.
    async fn get(&self, key: &str) -> Result<Object, StorageError>;

    /// The bytes of an object from `range.start` up to and without `range.end`: all of them, or
    /// [`StorageError::InvalidRange`] where the range is empty or reaches past the end.
    async fn get_range(&self, key: &str, range: Range<u64>) -> Result<Bytes, StorageError>;

    /// Writes an object, new or in place of another, if the precondition holds; else [`StorageError::PreconditionFailed`].
    async fn put(&self, key: &str, bytes: Bytes, precondition: Precondition) -> Result<Version, StorageError>;

    /// What there is to know about an object without reading it.
    async fn head(&self, key: &str) -> Result<Entry, StorageError>;

    /// All objects whose keys begin with `prefix` (any text, not only whole folders), in the order of their keys.
    async fn list(&self, prefix: &str) -> Result<Vec<Entry>, StorageError>;

    /// The names of the folders directly in a folder (`""` for the whole store, else with or without a slash at its end), in
    /// order. A folder is there as long as an object is below it.
    ///
    /// As given here, it reads the whole listing. Storages that know a shorter way take it, and those that wrap another one
    /// pass the call on.
    async fn list_folders(&self, folder: &str) -> Result<Vec<String>, StorageError> {
        let prefix = folder_prefix(folder);
        let entries = self.list(&prefix).await?;
        let below = entries.iter().filter_map(|entry| entry.key[prefix.len()..].split_once('/'));
        let names: BTreeSet<_> = below.map(|(name, _)| name.to_owned()).collect();
        Ok(names.into_iter().collect())
    }

    /// Removes an object. That it was not there is no error: deleting can be repeated.
    async fn delete(&self, key: &str) -> Result<(), StorageError>;
}

/// What the keys below a folder begin with.
pub(crate) fn folder_prefix(folder: &str) -> String {
    if folder.is_empty() || folder.ends_with('/') { folder.to_owned() } else { format!("{folder}/") }
}

/// An object, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its content.
    pub bytes: Bytes,
    /// The version that was read.
    pub version: Version,
}

/// An object, listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its key.
    pub key: String,
    /// Its size in bytes.
    pub size: u64,
    /// The version that was seen.
    pub version: Version,
}

/// Tells one state of an object from another. It has no order and no meaning beyond being equal or not.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Version(String);

impl Version {
    /// A version as the storage names it, e.g. an entity tag.
    pub fn new(name: impl Into<String>) -> Self {
        Version(name.into())
    }

    /// As the storage names it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What must be true at the moment of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Precondition {
    /// Nothing.
    None,
    /// There is no object of that key.
    Absent,
    /// The object is still at this version.
    Matches(Version),
}
