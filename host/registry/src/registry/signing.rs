//! Signing published versions, and checking who signed them.

use bytes::Bytes;
use quidditch_function::{Cause, Target};
use quidditch_signing::{PublicKey, SecretKey};
use quidditch_storage::{Precondition, StorageError};
use semver::Version;
use serde_json::{Map, Value as Json};

use super::{Registry, StoredRecord, load_error};
use crate::layout::{ListedSignature, RecordDigest};
use crate::signatures::{SignedBy, record_message};
use crate::versions::ListedVersion;
use crate::{Publication, Record, RegistryError, Trust, VersionSignature, layout};

impl Registry {
    /// Signs a published version, chosen as by [`Registry::show`], with the signing key of the settings: the record, and the code for
    /// this machine and these targets, which is compiled again. Other signatures of the record stay. Returns the record, and the key.
    ///
    /// # Errors
    /// [`RegistryError::NoSigningKey`]; [`RegistryError::Function`] if the version is unknown, or is neither signed by a trusted key nor
    /// `even_untrusted`; [`RegistryError::NotSignable`] if its record does not describe its component.
    pub async fn sign(
        &self,
        name: &str,
        version: Option<&str>,
        targets: &[Target],
        even_untrusted: bool,
    ) -> Result<(Record, PublicKey), RegistryError> {
        let key = self.signing_key().ok_or(RegistryError::NoSigningKey)?.public_key();
        let (stored, listed) = self.stored_and_listing(name, version).await?;
        if !even_untrusted {
            self.check_signed(&stored, &listed).await?;
        }
        let Record { name, version, .. } = &stored.record;
        if let Some(script) = stored.record.script_publication() {
            self.check_signable(&stored, &Record::from_script(&script, version.clone()))?;
        } else {
            let component = self.component(&stored.record).await?;
            let (name, provenance) = (name.clone(), stored.record.provenance.clone());
            let publication = Publication { name, version: version.to_string(), component, provenance };
            let (described, code) = self.compiled(&publication, version.clone())?;
            self.check_signable(&stored, &described)?;
            self.put_code(&described, Target::ThisMachine, &code).await?;
            self.put_code_for(&described, &publication.component, targets).await?;
        }
        self.sign_record(name, version, &stored.bytes).await?;
        Ok((stored.record, key))
    }

    /// The record of the version that a request refers to, and how it is listed. If signatures are required, a trusted key has
    /// signed it.
    pub(super) async fn trusted_record(
        &self,
        name: &str,
        version: Option<&str>,
    ) -> Result<(Record, ListedVersion), RegistryError> {
        if self.settings.trust.require_signatures {
            return self.signed_record(name, version).await;
        }
        let (stored, listed) = self.stored_and_listing(name, version).await?;
        Ok((stored.record, listed))
    }

    /// The same for a version that a trusted key has signed.
    pub(super) async fn signed_record(
        &self,
        name: &str,
        version: Option<&str>,
    ) -> Result<(Record, ListedVersion), RegistryError> {
        let (stored, listed) = self.stored_and_listing(name, version).await?;
        if !stored.is_signed {
            self.check_signed(&stored, &listed).await?;
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

    /// Checks that a trusted key has signed the record. Signatures of other keys are not read.
    async fn check_signed(&self, stored: &StoredRecord, listed: &ListedVersion) -> Result<(), RegistryError> {
        let keys = &self.settings.trust.keys;
        for listed in stored.signatures(listed).filter(|listed| keys.iter().any(|key| key.id() == listed.key)) {
            if let Some(VersionSignature { valid: true, trusted: true, .. }) = self.verified(stored, listed).await? {
                return Ok(());
            }
        }
        let cause = Cause::Untrusted("it is not signed by a trusted key".to_owned());
        Err(load_error(stored.record.id(), cause).into())
    }

    /// All signatures of a version that was listed so. Objects that do not contain a signature are left out.
    pub(super) async fn signatures(
        &self,
        stored: &StoredRecord,
        listed: &ListedVersion,
    ) -> Result<Vec<VersionSignature>, RegistryError> {
        let mut signatures = Vec::new();
        for listed in stored.signatures(listed) {
            signatures.extend(self.verified(stored, listed).await?);
        }
        Ok(signatures)
    }

    /// Reads and verifies a signature; `None` if there is none.
    async fn verified(
        &self,
        StoredRecord { bytes, record, .. }: &StoredRecord,
        listed: &ListedSignature,
    ) -> Result<Option<VersionSignature>, RegistryError> {
        let Record { name, version, .. } = record;
        let Some(json) = self.read(&layout::signature_key(name, version, listed)).await? else { return Ok(None) };
        let Ok(SignedBy { key, signature }) = serde_json::from_slice(&json) else { return Ok(None) };
        if key.id() != listed.key {
            return Ok(None);
        }
        let valid = key.verify(&record_message(name, version, bytes), &signature);
        Ok(Some(VersionSignature { key, valid, trusted: self.settings.trust.keys.contains(&key) }))
    }

    /// Signs the record of a version, if there is a key to sign with.
    pub(super) async fn sign_record(&self, name: &str, version: &Version, record: &Bytes) -> Result<(), StorageError> {
        let Some(key) = self.signing_key() else { return Ok(()) };
        let signed_by = SignedBy::new(key, &record_message(name, version, record));
        let json = serde_json::to_vec_pretty(&signed_by).expect("texts can be written as JSON");
        let listed = ListedSignature { key: signed_by.key.id(), record: RecordDigest::of(record) };
        self.storage.put(&layout::signature_key(name, version, &listed), json.into(), Precondition::None).await?;
        self.cache().versions.remove(name);
        Ok(())
    }

    /// Checks that a record may be signed, if there is a key to sign with: it must be what publishing the function now would write, apart
    /// from who published it and when. The signature covers the whole record, not only the component's digest.
    pub(super) fn check_signable(&self, stored: &StoredRecord, expected: &Record) -> Result<(), RegistryError> {
        if self.signing_key().is_none() || (stored.record.is_same_function(expected) && stored.is_understood()) {
            return Ok(());
        }
        Err(RegistryError::NotSignable(stored.record.id()))
    }

    /// Checks that what is published can be used where signatures are required.
    pub(super) fn check_signing(&self) -> Result<(), RegistryError> {
        let Trust { keys, require_signatures, .. } = &self.settings.trust;
        let is_trusted = self.signing_key().is_some_and(|key| keys.contains(&key.public_key()));
        if *require_signatures && !is_trusted { Err(RegistryError::NoSigningKey) } else { Ok(()) }
    }

    pub(super) fn signing_key(&self) -> Option<&SecretKey> {
        self.settings.signing_key.as_deref()
    }
}

impl StoredRecord {
    /// The listed signatures that are of this record, and not of another one that the version had or might have had.
    fn signatures<'a>(&self, listed: &'a ListedVersion) -> impl Iterator<Item = &'a ListedSignature> {
        let digest = RecordDigest::of(&self.bytes);
        listed.signatures.iter().filter(move |signature| signature.record == digest)
    }

    /// Whether this program knows every key of the record. A later program may give a meaning to the others.
    fn is_understood(&self) -> bool {
        let known = serde_json::to_value(&self.record).expect("all maps of a record have text keys");
        let stored: Map<String, Json> = serde_json::from_slice(&self.bytes).unwrap_or_default();
        stored.iter().all(|(key, value)| known.get(key) == Some(value))
    }
}
