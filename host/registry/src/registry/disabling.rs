//! Disabling versions and whole functions: they are found as before, and not called.

use quidditch_function::Disabled;
use quidditch_storage::Precondition;

use super::Registry;
use super::lifecycle::{check_note, json};
use crate::RegistryError;
use crate::layout::{Part, function_disabled_key, part_key};

impl Registry {
    /// Disables a version, or all versions of a function: requests that call it fail and are told `reason`, which replaces an earlier
    /// one. Nobody is given another version instead, as happens when a version is yanked.
    ///
    /// # Errors
    /// [`RegistryError::InvalidNote`], and as [`Registry::yank`].
    pub async fn disable(
        &self,
        name: &str,
        version: Option<&str>,
        reason: Option<&str>,
        by: Option<String>,
    ) -> Result<(), RegistryError> {
        reason.map(check_note).transpose()?;
        let key = self.disablement_key(name, version).await?;
        let disabled = Disabled { reason: reason.map(str::to_owned), unix_millis: self.clock.unix_millis(), by };
        let written = self.storage.put(&key, json(&disabled).into(), Precondition::None).await;
        self.cache().versions.remove(name);
        written?;
        Ok(())
    }

    /// Takes back what [`Registry::disable`] did with the same name and version. Returns whether it was disabled so.
    ///
    /// # Errors
    /// As [`Registry::yank`].
    pub async fn enable(&self, name: &str, version: Option<&str>) -> Result<bool, RegistryError> {
        let key = self.disablement_key(name, version).await?;
        self.remove(name, &key).await
    }

    /// The key of the object that disables a published version, or all versions of a published function.
    async fn disablement_key(&self, name: &str, version: Option<&str>) -> Result<String, RegistryError> {
        match version {
            Some(version) => Ok(part_key(name, &self.published(name, version).await?, Part::Disablement)),
            None => {
                self.check_published(name).await?;
                Ok(function_disabled_key(name))
            }
        }
    }
}
