//! Publishing, compiling and deleting functions.

use bytes::Bytes;
use quidditch_function::{Code, FunctionId, Target, TrustedCode, search_profile};
use quidditch_signing::SecretKey;
use quidditch_storage::{Precondition, StorageError, check_conditional_writes};
use semver::Version;
use ulid::Ulid;

use super::{Registry, StoredRecord};
use crate::digest::sha256_hex;
use crate::layout::{Part, part_key};
use crate::signatures::{SignedBy, code_message};
use crate::{Publication, Published, Record, RegistryError, ScriptPublication};
use crate::{ahead_of_time, layout, name};

impl Registry {
    /// Whether components can be published: this program has a compiler.
    pub fn can_publish(&self) -> bool {
        self.loader.can_compile()
    }

    /// Publishes a component, with code compiled ahead of time for machines like this one.
    ///
    /// Publishing the same component again under the same version only writes the ahead-of-time code again. A new version
    /// is published only if the store honours the preconditions of writes: otherwise two publishers of the same version could
    /// both succeed.
    ///
    /// # Errors
    /// [`RegistryError::VersionTaken`] if the version has another component; [`RegistryError::NotSignable`] if it has this component
    /// and a record that this program must not sign; [`RegistryError::NoSigningKey`] if signatures are required;
    /// [`RegistryError::Function`] if the component cannot be used; [`RegistryError::Storage`] if the store fails or ignores
    /// preconditions.
    pub async fn publish(&self, publication: &Publication) -> Result<Published, RegistryError> {
        self.publish_for(publication, &[]).await
    }

    /// Like [`Registry::publish`], with additional code for these targets.
    ///
    /// # Errors
    /// As [`Registry::publish`].
    pub async fn publish_for(&self, publication: &Publication, targets: &[Target]) -> Result<Published, RegistryError> {
        let version = self.check_publication(&publication.name, &publication.version)?;
        let existing = self.stored_record(&publication.name, &version).await?;
        let sha256 = sha256_hex(&publication.component);
        if let Some(StoredRecord { record, .. }) = &existing
            && (record.sha256 != sha256 || record.script.is_some())
        {
            return Err(RegistryError::VersionTaken(record.id()));
        }
        let (record, code) = self.compiled(publication, version)?;
        // Before anything is written: code is signed as well.
        match &existing {
            Some(existing) => self.check_signable(existing, &record)?,
            None => self.check_writes(&record).await?,
        }
        let component_key = layout::component_key(&record.name, &record.version, &record.sha256);
        self.put_unless_exists(&component_key, publication.component.clone()).await?;
        self.put_code(&record, Target::ThisMachine, &code).await?;
        self.put_code_for(&record, &publication.component, targets).await?;
        self.put_record(record, existing).await
    }

    /// Publishes a script. Publishing the same script again under the same version changes nothing.
    ///
    /// # Errors
    /// As [`Registry::publish`].
    pub async fn publish_script(&self, publication: &ScriptPublication) -> Result<Published, RegistryError> {
        let version = self.check_publication(&publication.name, &publication.version)?;
        let record = Record::from_script(publication, version);
        let existing = self.stored_record(&record.name, &record.version).await?;
        if existing.is_none() {
            self.check_writes(&record).await?;
        }
        self.put_record(record, existing).await
    }

    /// Checks name and version of a publication, and that it can be signed if it must be. Returns the version.
    fn check_publication(&self, name: &str, version: &str) -> Result<Version, RegistryError> {
        if !name::is_valid(name) {
            return Err(RegistryError::InvalidName(name.to_owned()));
        }
        if search_profile(name).is_some() {
            return Err(RegistryError::ReservedNamespace(name.to_owned()));
        }
        self.check_signing()?;
        parse_version(version)
    }

    /// Checks and compiles a component. Returns its record, and its code for this machine.
    pub(super) fn compiled(
        &self,
        publication: &Publication,
        version: Version,
    ) -> Result<(Record, Vec<u8>), RegistryError> {
        let id = FunctionId::new(publication.name.as_str(), version.to_string());
        let code = self.loader.compile(&id, &publication.component, Target::ThisMachine)?;
        // Compiled here, so it is as trusted as the compiler.
        let function = self.loader.load(id, Code::AheadOfTime(TrustedCode::vouch_for(&code)))?;
        function.check_independence()?;
        let about = self.loader.package(&publication.component).about;
        let sha256 = sha256_hex(&publication.component);
        Ok((Record::new(publication, version, sha256, function.metadata(), about), code))
    }

    /// Checks that no two publishers of a version can both succeed.
    async fn check_writes(&self, record: &Record) -> Result<(), StorageError> {
        let id = Ulid::from_datetime(self.clock.now());
        let probe = layout::probe_key(&record.name, &record.version, id);
        check_conditional_writes(&*self.storage, &probe).await
    }

    /// Compiles a published version, chosen as by [`Registry::show`], for these targets. The code is signed if there is a signing key.
    ///
    /// # Errors
    /// [`RegistryError::Function`] if there is no such function or it cannot be compiled, or if the code would be signed and no
    /// trusted key has signed the function.
    pub async fn compile(
        &self,
        name: &str,
        version: Option<&str>,
        targets: &[Target],
    ) -> Result<Record, RegistryError> {
        let (record, _) = match self.signing_key() {
            Some(_) => self.signed_record(name, version).await?,
            None => self.trusted_record(name, version).await?,
        };
        let component = self.component(&record).await?;
        self.put_code_for(&record, &component, targets).await?;
        Ok(record)
    }

    /// Deletes one version of a function. Running requests can still use it; other processes can resolve it for up to
    /// [`Settings::versions_ttl`](crate::Settings::versions_ttl).
    ///
    /// # Errors
    /// As [`Registry::yank`].
    pub async fn delete(&self, name: &str, version: &str) -> Result<(), RegistryError> {
        let version = self.published(name, version).await?;
        // The record first: without it the version is not published, whatever other objects remain.
        self.storage.delete(&part_key(name, &version, Part::Record)).await?;
        self.cache().versions.remove(name);
        for entry in self.storage.list(&layout::version_prefix(name, &version)).await? {
            self.storage.delete(&entry.key).await?;
        }
        Ok(())
    }

    /// Writes the record, which publishes the function, and its signature. If the version has a record of the same function, it
    /// signs that one.
    async fn put_record(&self, record: Record, existing: Option<StoredRecord>) -> Result<Published, RegistryError> {
        if let Some(existing) = existing {
            return self.published_before(existing, &record).await;
        }
        let Record { name, version, .. } = &record;
        let json = Bytes::from(serde_json::to_vec_pretty(&record).expect("all maps of a record have text keys"));
        // The signature first, so that every reader who finds the record finds its signature.
        self.sign_record(name, version, &json).await?;
        let written = self.storage.put(&part_key(name, version, Part::Record), json, Precondition::Absent).await;
        self.cache().versions.remove(name);
        match written {
            Ok(_) => {
                self.renew_copies().await;
                Ok(Published { record, new: true, signed_by: self.signing_key().map(SecretKey::public_key) })
            }
            Err(StorageError::PreconditionFailed { .. }) => match self.stored_record(name, version).await? {
                Some(existing) => self.published_before(existing, &record).await,
                // Written and deleted by others meanwhile.
                None => Err(RegistryError::VersionTaken(record.id())),
            },
            Err(error) => Err(error.into()),
        }
    }

    /// Signs the record of a version that is already published, if it is the same function.
    async fn published_before(&self, existing: StoredRecord, record: &Record) -> Result<Published, RegistryError> {
        if existing.record.sha256 != record.sha256 {
            return Err(RegistryError::VersionTaken(record.id()));
        }
        self.check_signable(&existing, record)?;
        self.sign_record(&record.name, &record.version, &existing.bytes).await?;
        Ok(Published { record: existing.record, new: false, signed_by: self.signing_key().map(SecretKey::public_key) })
    }

    /// Writes an object whose key has a digest of its content: an existing one is the same.
    async fn put_unless_exists(&self, key: &str, bytes: Bytes) -> Result<(), StorageError> {
        match self.storage.put(key, bytes, Precondition::Absent).await {
            Ok(_) | Err(StorageError::PreconditionFailed { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn put_code_for(
        &self,
        record: &Record,
        component: &[u8],
        targets: &[Target],
    ) -> Result<(), RegistryError> {
        for target in targets {
            let code = self.loader.compile(&record.id(), component, *target)?;
            self.put_code(record, *target, &code).await?;
        }
        Ok(())
    }

    /// Writes ahead-of-time code, signed if there is a signing key. Without one, signed code stays as it is.
    pub(super) async fn put_code(&self, record: &Record, target: Target, code: &[u8]) -> Result<(), RegistryError> {
        let Record { name, version, sha256, .. } = record;
        let compatibility = self.loader.compatibility(target);
        let key = layout::ahead_of_time_key(name, version, sha256, &compatibility);
        let message = |digest: &[u8]| code_message(record, &compatibility, digest);
        if self.signing_key().is_none()
            && let Some(encoded) = self.read(&key).await?
            && let Some(stored) = ahead_of_time::decode(sha256, &encoded)
            && stored.signed_by.is_some_and(|by| by.key.verify(&message(&stored.digest), &by.signature))
        {
            return Ok(());
        }
        let encoded = ahead_of_time::encode(sha256, code, |digest| {
            self.signing_key().map(|key| SignedBy::new(key, &message(digest)))
        });
        self.storage.put(&key, encoded, Precondition::None).await?;
        Ok(())
    }
}

pub(super) fn parse_version(version: &str) -> Result<Version, RegistryError> {
    Version::parse(version).map_err(|source| RegistryError::InvalidVersion { version: version.to_owned(), source })
}
