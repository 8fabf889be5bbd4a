//! Yanking and deprecating published versions. `disabling.rs` disables them.
//!
//! A yank and a deprecation are an object each, which is written or deleted as a whole. So concurrent changes of a version do not
//! lose each other: of two that differ, the later one holds.

use quidditch_function::{Deprecated, Yanked};
use quidditch_storage::{Precondition, StorageError};
use semver::Version;
use serde::Serialize;

use super::Registry;
use super::publish::parse_version;
use crate::RegistryError;
use crate::layout::{Part, part_key};

/// Longest note, in bytes. 500: it is in a header or an error of every answer of its callers.
const NOTE_BYTES: usize = 500;

impl Registry {
    /// Yanks a version: from now on only requests that name it exactly find it. Returns whether it was not yanked before.
    ///
    /// # Errors
    /// [`RegistryError::InvalidVersion`]; [`RegistryError::Function`] if the version is not published;
    /// [`RegistryError::Storage`] if the store fails.
    pub async fn yank(&self, name: &str, version: &str, by: Option<String>) -> Result<bool, RegistryError> {
        let version = self.published(name, version).await?;
        let yanked = Yanked { unix_millis: self.clock.unix_millis(), by };
        let key = part_key(name, &version, Part::Yank);
        let written = self.storage.put(&key, json(&yanked).into(), Precondition::Absent).await;
        self.cache().versions.remove(name);
        match written {
            Ok(_) => Ok(true),
            Err(StorageError::PreconditionFailed { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes a yank back. Returns whether the version was yanked.
    ///
    /// # Errors
    /// As [`Registry::yank`].
    pub async fn unyank(&self, name: &str, version: &str) -> Result<bool, RegistryError> {
        self.remove_part(name, version, Part::Yank).await
    }

    /// Deprecates a version with a note, in place of an earlier one: it is found as before, and its callers are told the note.
    ///
    /// # Errors
    /// [`RegistryError::InvalidNote`], and as [`Registry::yank`].
    pub async fn deprecate(
        &self,
        name: &str,
        version: &str,
        note: &str,
        by: Option<String>,
    ) -> Result<(), RegistryError> {
        check_note(note)?;
        let version = self.published(name, version).await?;
        let deprecated = Deprecated { note: note.to_owned(), unix_millis: self.clock.unix_millis(), by };
        let key = part_key(name, &version, Part::Deprecation);
        let written = self.storage.put(&key, json(&deprecated).into(), Precondition::None).await;
        self.cache().versions.remove(name);
        written?;
        Ok(())
    }

    /// Takes a deprecation back. Returns whether the version was deprecated.
    ///
    /// # Errors
    /// As [`Registry::yank`].
    pub async fn undeprecate(&self, name: &str, version: &str) -> Result<bool, RegistryError> {
        self.remove_part(name, version, Part::Deprecation).await
    }

    pub(super) async fn remove_part(&self, name: &str, version: &str, part: Part) -> Result<bool, RegistryError> {
        let key = part_key(name, &self.published(name, version).await?, part);
        self.remove(name, &key).await
    }

    /// Deletes an object of a function. Returns whether it existed.
    pub(super) async fn remove(&self, name: &str, key: &str) -> Result<bool, RegistryError> {
        match self.storage.head(key).await {
            Ok(_) => {}
            Err(StorageError::NotFound { .. }) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        let deleted = self.storage.delete(key).await;
        self.cache().versions.remove(name);
        deleted?;
        Ok(true)
    }

    /// Checks that a version is published now, and not only in the cache.
    pub(super) async fn published(&self, name: &str, version: &str) -> Result<Version, RegistryError> {
        let version = parse_version(version)?;
        self.cache().versions.remove(name);
        self.record(name, Some(&version.to_string())).await?;
        Ok(version)
    }
}

pub(super) fn check_note(note: &str) -> Result<(), RegistryError> {
    if note.trim().is_empty() {
        return Err(RegistryError::InvalidNote("it is empty"));
    }
    if note.len() > NOTE_BYTES {
        return Err(RegistryError::InvalidNote("it is longer than 500 bytes"));
    }
    if note.contains(char::is_control) {
        return Err(RegistryError::InvalidNote("it contains a control character"));
    }
    Ok(())
}

pub(super) fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec_pretty(value).expect("texts and numbers can be written as JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_short_lines() {
        let check = |note: &str| check_note(note).map_err(|error| error.to_string());
        assert_eq!(check(&"x".repeat(NOTE_BYTES)), Ok(()));
        assert_eq!(check("übernimm f2"), Ok(()));
        insta::assert_snapshot!(check(&"x".repeat(NOTE_BYTES + 1)).expect_err("too long"), @"invalid note: it is longer than 500 bytes");
        insta::assert_snapshot!(check(" ").expect_err("empty"), @"invalid note: it is empty");
        insta::assert_snapshot!(check("a\nb").expect_err("two lines"), @"invalid note: it contains a control character");
    }
}
