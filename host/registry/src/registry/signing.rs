//! Signing published versions, and checking who signed them.

use bytes::Bytes;
use quidditch_function::{Cause, Target};
use quidditch_signing::{KeyId, PublicKey, SecretKey};
use quidditch_storage::{Precondition, StorageError};
use semver::Version;

use super::{Registry, StoredRecord, load_error};
use crate::signatures::{SignedBy, record_message};
use crate::versions::ListedVersion;
use crate::{Publication, Record, RegistryError, ScriptPublication, VersionSignature, layout};

impl Registry {
    /// Signs a published version, chosen as by [`Registry::show`], with the signing key of the settings: the record, and the code for
    /// this machine and these targets, which is compiled again. Other signatures of the record stay. Returns the record, and the key.
    ///
    /// # Errors
    /// [`RegistryError::NoSigningKey`]; [`RegistryError::Function`] if there is no such version, or it is neither signed by a trusted
    /// key nor `even_untrusted`; otherwise as [`Registry::publish`].
    pub async fn sign(
        &self,
        name: &str,
        version: Option<&str>,
        targets: &[Target],
        even_untrusted: bool,
    ) -> Result<(Record, PublicKey), RegistryError> {
        let key = self.signing_key().ok_or(RegistryError::NoSigningKey)?.public_key();
        let (stored, listed) = self.stored_and_listing(name, version).await?;
        if !even_untrusted && !self.is_signed(&stored, &listed).await? {
            return Err(load_error(stored.record.id(), untrusted()).into());
        }
        let record = stored.record;
        // As if what the store holds were published again: a record that does not describe its component is refused.
        let Record { name, version, provenance, .. } = record.clone();
        let published = match record.script.clone() {
            Some(script) => {
                let version = version.to_string();
                let Record { summary, roles, .. } = record.clone();
                let parameters = record.metadata().parameters;
                let publication = ScriptPublication { name, version, script, summary, roles, parameters, provenance };
                self.publish_script(&publication).await?
            }
            None => {
                let component = self.component(&record).await?;
                let publication = Publication { name, version: version.to_string(), component, provenance };
                self.publish_for(&publication, targets).await?
            }
        };
        Ok((published.record, key))
    }

    /// The record of the version that a request refers to, and how it is listed, if it is trusted.
    pub(super) async fn trusted_record(
        &self,
        name: &str,
        version: Option<&str>,
    ) -> Result<(Record, ListedVersion), RegistryError> {
        let (stored, listed) = self.stored_and_listing(name, version).await?;
        if self.settings.trust.require_signatures && !stored.is_signed {
            if !self.is_signed(&stored, &listed).await? {
                return Err(load_error(stored.record.id(), untrusted()).into());
            }
            let id = (stored.record.name.clone(), stored.record.version.clone());
            // Another request may have cached other bytes meanwhile, which nobody has checked.
            if let Some((_, cached)) = self.cache().records.get_mut(&id)
                && cached.bytes == stored.bytes
            {
                cached.is_signed = true;
            }
        }
        Ok((stored.record, listed))
    }

    /// Whether a trusted key has signed the record.
    async fn is_signed(&self, stored: &StoredRecord, listed: &ListedVersion) -> Result<bool, RegistryError> {
        let signatures = self.signatures(stored, listed).await?;
        Ok(signatures.iter().any(|signature| signature.valid && signature.trusted))
    }

    /// The signatures of a version that was listed so. What is no signature is left out.
    pub(super) async fn signatures(
        &self,
        StoredRecord { bytes, record, .. }: &StoredRecord,
        listed: &ListedVersion,
    ) -> Result<Vec<VersionSignature>, RegistryError> {
        let Record { name, version, .. } = record;
        let message = record_message(name, version, bytes);
        let mut signatures = Vec::with_capacity(listed.signatures.len());
        for id in &listed.signatures {
            let Some(SignedBy { key, signature }) = self.signature(name, version, *id).await? else { continue };
            let (valid, trusted) = (key.verify(&message, &signature), self.settings.trust.keys.contains(&key));
            signatures.push(VersionSignature { key, valid, trusted });
        }
        Ok(signatures)
    }

    async fn signature(&self, name: &str, version: &Version, id: KeyId) -> Result<Option<SignedBy>, RegistryError> {
        let Some(bytes) = self.read(&layout::signature_key(name, version, id)).await? else { return Ok(None) };
        let signed_by = serde_json::from_slice::<SignedBy>(&bytes).ok();
        Ok(signed_by.filter(|signed_by| signed_by.key.id() == id))
    }

    /// Signs the record of a version, if there is a key to sign with.
    pub(super) async fn sign_record(&self, name: &str, version: &Version, record: &Bytes) -> Result<(), StorageError> {
        let Some(key) = self.settings.signing_key.as_deref() else { return Ok(()) };
        let signed_by = SignedBy::new(key, &record_message(name, version, record));
        let json = serde_json::to_vec_pretty(&signed_by).expect("texts can be written as JSON");
        let key = layout::signature_key(name, version, signed_by.key.id());
        self.storage.put(&key, json.into(), Precondition::None).await?;
        Ok(())
    }

    /// Checks that what is published will be usable.
    pub(super) fn check_signing(&self) -> Result<(), RegistryError> {
        let is_missing = self.settings.trust.require_signatures && self.settings.signing_key.is_none();
        if is_missing { Err(RegistryError::NoSigningKey) } else { Ok(()) }
    }

    pub(super) fn signing_key(&self) -> Option<&SecretKey> {
        self.settings.signing_key.as_deref()
    }
}

fn untrusted() -> Cause {
    Cause::Untrusted("it is not signed by a trusted key".to_owned())
}
