//! Stored scripts. Each is one object, which a new version replaces.

use futures::{StreamExt, TryStreamExt, stream};
use quidditch_function::StoredScript;
use quidditch_storage::{Precondition, StorageError};

use super::{PARALLEL_READS, Registry};
use crate::{RegistryError, layout};

/// Longest id of a stored script, in bytes. 200: a part of a key has at most 255.
const ID_BYTES: usize = 200;

/// Longest source of a stored script, in bytes. 65,535, as scripts in requests.
const SOURCE_BYTES: usize = 65_535;

impl Registry {
    /// Stores a script under an id, in place of the one that is there.
    ///
    /// # Errors
    /// [`RegistryError::InvalidScriptId`] and [`RegistryError::InvalidScript`]; [`RegistryError::Storage`] if the store fails.
    pub async fn put_script(&self, id: &str, script: &StoredScript) -> Result<(), RegistryError> {
        if !is_valid(id) {
            return Err(RegistryError::InvalidScriptId(id.to_owned()));
        }
        if script.source.is_empty() {
            return Err(RegistryError::InvalidScript("the source is empty"));
        }
        if script.source.len() > SOURCE_BYTES {
            return Err(RegistryError::InvalidScript("the source is longer than 65,535 bytes"));
        }
        let json = serde_json::to_vec_pretty(script).expect("texts can be written as JSON");
        self.storage.put(&layout::script_key(id), json.into(), Precondition::None).await?;
        self.cache().scripts.pop(id);
        Ok(())
    }

    /// The script that is stored under an id; `None` if there is none. It is read again after
    /// [`Settings::versions_ttl`](crate::Settings::versions_ttl).
    ///
    /// # Errors
    /// [`RegistryError::DamagedScript`]; [`RegistryError::Storage`] if the store fails.
    pub async fn stored_script(&self, id: &str) -> Result<Option<StoredScript>, RegistryError> {
        if !is_valid(id) {
            return Ok(None);
        }
        let now = self.clock.monotonic();
        if let Some((read, script)) = self.cache().scripts.get(id)
            && now.saturating_sub(*read) < self.settings.versions_ttl
        {
            return Ok(script.clone());
        }
        let script = self.read_script(id).await?;
        self.cache().scripts.put(id.to_owned(), (now, script.clone()));
        Ok(script)
    }

    /// All stored scripts with their ids, sorted by id.
    ///
    /// # Errors
    /// As [`Registry::stored_script`].
    pub async fn scripts(&self) -> Result<Vec<(String, StoredScript)>, RegistryError> {
        let entries = self.storage.list(layout::SCRIPTS).await?;
        let ids: Vec<&str> = entries.iter().filter_map(|entry| layout::script_of_key(&entry.key)).collect();
        let reads: Vec<_> = ids.iter().map(|id| self.read_script(id)).collect();
        let read: Vec<_> = stream::iter(reads).buffered(PARALLEL_READS).try_collect().await?;
        // A missing one was deleted after the listing.
        Ok(ids.iter().zip(read).filter_map(|(id, script)| Some(((*id).to_owned(), script?))).collect())
    }

    /// Deletes a stored script, and returns whether there was one.
    ///
    /// # Errors
    /// As [`Registry::stored_script`].
    pub async fn delete_script(&self, id: &str) -> Result<bool, RegistryError> {
        if !is_valid(id) || self.read_script(id).await?.is_none() {
            return Ok(false);
        }
        self.storage.delete(&layout::script_key(id)).await?;
        self.cache().scripts.pop(id);
        Ok(true)
    }

    async fn read_script(&self, id: &str) -> Result<Option<StoredScript>, RegistryError> {
        match self.storage.get(&layout::script_key(id)).await {
            Ok(object) => serde_json::from_slice(&object.bytes)
                .map(Some)
                .map_err(|source| RegistryError::DamagedScript { id: id.to_owned(), source }),
            Err(StorageError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

fn is_valid(id: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (1..=ID_BYTES).contains(&id.len()) && !id.starts_with('.') && id.bytes().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_parts_of_keys() {
        for valid in ["a", "my-script.v2", &"x".repeat(ID_BYTES)] {
            assert!(is_valid(valid), "{valid}");
        }
        for invalid in ["", ".a", "a/b", "a b", "a@1.0.0", "ä", &"x".repeat(ID_BYTES + 1)] {
            assert!(!is_valid(invalid), "{invalid}");
        }
        assert_eq!(layout::script_of_key(&layout::script_key("a.json")), Some("a.json"));
        assert_eq!(
            (layout::script_of_key("scripts/a/b.json"), layout::script_of_key("functions/a.json")),
            (None, None)
        );
    }
}
