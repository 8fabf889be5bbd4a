//! Listing all functions, and the copies that make it fast.

use futures::{StreamExt, TryStreamExt, future, stream};
use quidditch_function::VersionState;
use quidditch_storage::{Precondition, StorageError, Version as StoredVersion};
use semver::Version;
use serde::de::DeserializeOwned;

use super::{PARALLEL_READS, Registry, parse, parse_record};
use crate::copies::{Copies, is_copied};
use crate::layout::{self, Part};
use crate::versions::{ListedVersion, published};
use crate::{DamagedRecord, PublishedVersion, Record, RegistryError};

impl Registry {
    /// All published versions, sorted by name and version. A damaged record does not affect the others.
    pub async fn list(&self) -> Result<Vec<Result<PublishedVersion, DamagedRecord>>, RegistryError> {
        let (copies, _) = self.copies().await?;
        let functions = published(&self.storage.list_in_parts(layout::ROOT, copies.splits()).await?);
        self.cache().records.retain(|id, _| functions.contains_key(id));
        let reads =
            functions.iter().map(|((name, version), listed)| self.listed_version(name, version, listed, &copies));
        let reads: Vec<_> = reads.collect();
        let versions: Vec<_> = stream::iter(reads).buffered(PARALLEL_READS).try_collect().await?;
        // A missing record was deleted after the listing.
        Ok(versions.into_iter().flatten().collect())
    }

    /// A version for the list, in which a damaged one is an entry.
    async fn listed_version(
        &self,
        name: &str,
        version: &Version,
        listed: &ListedVersion,
        copies: &Copies,
    ) -> Result<Option<Result<PublishedVersion, DamagedRecord>>, RegistryError> {
        let record = self.record_with_copies(name, version, listed, copies);
        let state = self.state_with_copies(name, version, listed, copies);
        match future::try_join(record, state).await {
            Ok((record, state)) => {
                Ok(record.map(|record| Ok(PublishedVersion { record, state, signatures: Vec::new() })))
            }
            Err(RegistryError::Damaged(damaged)) => Ok(Some(Err(damaged))),
            Err(error) => Err(error),
        }
    }

    /// The record of a version that was listed so. One that was copied is not cached: functions are called with what is in their own
    /// objects only.
    async fn record_with_copies(
        &self,
        name: &str,
        version: &Version,
        listed: &ListedVersion,
        copies: &Copies,
    ) -> Result<Option<Record>, RegistryError> {
        if let Some(bytes) = copies.get(&layout::part_key(name, version, Part::Record), &listed.record) {
            return parse_record(bytes, name, version).map(Some);
        }
        Ok(self.listed_record(name, version, listed).await?.map(|stored| stored.record))
    }

    /// What has become of a version that was listed so.
    pub(super) async fn state_with_copies(
        &self,
        name: &str,
        version: &Version,
        listed: &ListedVersion,
        copies: &Copies,
    ) -> Result<VersionState, RegistryError> {
        let key = |part| layout::part_key(name, version, part);
        let note = NoteReader { registry: self, name, version, copies };
        let (yanked, deprecated, disabled, function_disabled) = future::try_join4(
            note.read(key(Part::Yank), listed.yank.as_ref(), Part::Yank),
            note.read(key(Part::Deprecation), listed.deprecation.as_ref(), Part::Deprecation),
            note.read(key(Part::Disablement), listed.disablement.as_ref(), Part::Disablement),
            note.read(layout::function_disabled_key(name), listed.function_disablement.as_ref(), Part::Disablement),
        )
        .await?;
        Ok(VersionState { yanked, deprecated, disabled, function_disabled })
    }

    /// The copies, and their version in the store; none if there are none, or they are damaged.
    async fn copies(&self) -> Result<(Copies, Precondition), StorageError> {
        match self.storage.get(layout::COPIES).await {
            Ok(object) => Ok((Copies::decode(&object.bytes), Precondition::Matches(object.version))),
            Err(StorageError::NotFound { .. }) => Ok((Copies::default(), Precondition::Absent)),
            Err(error) => Err(error),
        }
    }

    /// Replaces the copies if so much was published since they were made that a listing takes more round trips. A failure is only
    /// logged: listings then read what has no copy, and the next publication tries again.
    pub(super) async fn renew_copies(&self) {
        if let Err(error) = self.try_to_renew_copies().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "cannot copy the records of all functions");
        }
    }

    async fn try_to_renew_copies(&self) -> Result<(), StorageError> {
        let (copies, precondition) = self.copies().await?;
        let entries = self.storage.list_in_parts(layout::ROOT, copies.splits()).await?;
        if !copies.are_outdated(&entries) {
            return Ok(());
        }
        let reads = entries.iter().filter(|entry| is_copied(&entry.key)).map(async |entry| {
            if let Some(bytes) = copies.get(&entry.key, &entry.version) {
                return Ok(Some((entry.key.clone(), entry.version.clone(), bytes.to_vec())));
            }
            match self.storage.get(&entry.key).await {
                // The version that was read, which may be a later one than was listed.
                Ok(object) => Ok(Some((entry.key.clone(), object.version, object.bytes.to_vec()))),
                Err(StorageError::NotFound { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        });
        let reads: Vec<_> = reads.collect();
        let objects: Vec<_> = stream::iter(reads).buffered(PARALLEL_READS).try_collect().await?;
        let renewed = Copies::new(&entries, objects.into_iter().flatten());
        match self.storage.put(layout::COPIES, renewed.encode().into(), precondition).await {
            // Another publisher has replaced them.
            Ok(_) | Err(StorageError::PreconditionFailed { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Reads what has become of a version.
struct NoteReader<'a> {
    registry: &'a Registry,
    name: &'a str,
    version: &'a Version,
    copies: &'a Copies,
}

impl NoteReader<'_> {
    /// Reads an object that was listed with this version; `None` if it was not listed, or deleted since.
    async fn read<T: DeserializeOwned>(
        &self,
        key: String,
        listed: Option<&StoredVersion>,
        part: Part,
    ) -> Result<Option<T>, RegistryError> {
        let Some(listed) = listed else { return Ok(None) };
        if let Some(bytes) = self.copies.get(&key, listed) {
            return Ok(Some(parse(bytes, self.name, self.version, part)?));
        }
        let Some(bytes) = self.registry.read(&key).await? else { return Ok(None) };
        Ok(Some(parse(&bytes, self.name, self.version, part)?))
    }
}
