//! Publishing, compiling and deleting functions.

use bytes::Bytes;
use quidditch_function::{Code, FunctionId, Target, TrustedCode};
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
    /// [`RegistryError::VersionTaken`] if the version has another component; [`RegistryError::Function`] if the component
    /// cannot be used; [`RegistryError::Storage`] if the store fails or ignores preconditions.
    pub async fn publish(&self, publication: &Publication) -> Result<Published, RegistryError> {
        self.publish_for(publication, &[]).await
    }

    /// Like [`Registry::publish`], with additional code for these targets.
    ///
    /// # Errors
    /// As [`Registry::publish`].
    pub async fn publish_for(&self, publication: &Publication, targets: &[Target]) -> Result<Published, RegistryError> {
        if !name::is_valid(&publication.name) {
            return Err(RegistryError::InvalidName(publication.name.clone()));
        }
        self.check_signing()?;
        let version = parse_version(&publication.version)?;
        let id = FunctionId::new(publication.name.as_str(), version.to_string());
        let sha256 = sha256_hex(&publication.component);
        let existing = self.existing_record(&id.name, &version).await?;
        if existing.as_ref().is_some_and(|existing| existing.sha256 != sha256 || existing.script.is_some()) {
            return Err(RegistryError::VersionTaken(id));
        }

        let code = self.loader.compile(&id, &publication.component, Target::ThisMachine)?;
        // Compiled here, so it is as trusted as the compiler.
        let function = self.loader.load(id.clone(), Code::AheadOfTime(TrustedCode::vouch_for(&code)))?;
        function.check_independence()?;
        let about = self.loader.package(&publication.component).about;
        let record = Record::new(publication, version, sha256, function.metadata(), about);

        if existing.is_none() {
            self.check_writes(&record).await?;
        }
        let component_key = layout::component_key(&record.name, &record.version, &record.sha256);
        self.put_unless_exists(&component_key, publication.component.clone()).await?;
        self.put_code(&record, Target::ThisMachine, &code).await?;
        self.put_code_for(&record, &publication.component, targets).await?;
        self.put_record(record).await
    }

    /// Publishes a script. Publishing the same script again under the same version changes nothing.
    ///
    /// # Errors
    /// As [`Registry::publish`].
    pub async fn publish_script(&self, publication: &ScriptPublication) -> Result<Published, RegistryError> {
        if !name::is_valid(&publication.name) {
            return Err(RegistryError::InvalidName(publication.name.clone()));
        }
        self.check_signing()?;
        let record = Record::from_script(publication, parse_version(&publication.version)?);
        if self.existing_record(&record.name, &record.version).await?.is_none() {
            self.check_writes(&record).await?;
        }
        self.put_record(record).await
    }

    /// Checks that no two publishers of a version can both succeed.
    async fn check_writes(&self, record: &Record) -> Result<(), StorageError> {
        let id = Ulid::from_datetime(self.clock.now());
        let probe = layout::probe_key(&record.name, &record.version, id);
        check_conditional_writes(&*self.storage, &probe).await
    }

    /// Compiles a published version, chosen as by [`Registry::show`], for these targets.
    ///
    /// # Errors
    /// [`RegistryError::Function`] if there is no such function or it cannot be compiled.
    pub async fn compile(
        &self,
        name: &str,
        version: Option<&str>,
        targets: &[Target],
    ) -> Result<Record, RegistryError> {
        let (record, component) = self.component_of(name, version).await?;
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
    async fn put_record(&self, record: Record) -> Result<Published, RegistryError> {
        let Record { name, version, .. } = &record;
        let json = Bytes::from(serde_json::to_vec_pretty(&record).expect("all maps of a record have text keys"));
        let mut existing = self.stored_record(name, version).await?;
        if existing.is_none() {
            // The signature first: whoever finds the record finds it as well.
            self.sign_record(name, version, &json).await?;
            match self.storage.put(&part_key(name, version, Part::Record), json, Precondition::Absent).await {
                Ok(_) => {}
                Err(StorageError::PreconditionFailed { .. }) => existing = self.stored_record(name, version).await?,
                Err(error) => return Err(error.into()),
            }
        }
        self.cache().versions.remove(name);
        let Some(StoredRecord { bytes, record: existing, .. }) = existing else {
            return Ok(Published { record, new: true });
        };
        // A signature vouches for everything in the record, not only for the digest of the component.
        let is_same =
            existing.sha256 == record.sha256 && (self.signing_key().is_none() || existing.is_same_function(&record));
        if !is_same {
            return Err(RegistryError::VersionTaken(record.id()));
        }
        self.sign_record(name, version, &bytes).await?;
        self.cache().versions.remove(name);
        Ok(Published { record: existing, new: false })
    }

    /// Writes an object whose key has a digest of its content: an existing one is the same.
    async fn put_unless_exists(&self, key: &str, bytes: Bytes) -> Result<(), StorageError> {
        match self.storage.put(key, bytes, Precondition::Absent).await {
            Ok(_) | Err(StorageError::PreconditionFailed { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn put_code_for(&self, record: &Record, component: &[u8], targets: &[Target]) -> Result<(), RegistryError> {
        for target in targets {
            let code = self.loader.compile(&record.id(), component, *target)?;
            self.put_code(record, *target, &code).await?;
        }
        Ok(())
    }

    async fn put_code(&self, record: &Record, target: Target, code: &[u8]) -> Result<(), RegistryError> {
        let Record { name, version, sha256, .. } = record;
        let compatibility = self.loader.compatibility(target);
        let key = layout::ahead_of_time_key(name, version, sha256, &compatibility);
        let encoded = ahead_of_time::encode(sha256, code, |digest| {
            let message = code_message(record, &compatibility, digest);
            self.signing_key().map(|key| SignedBy::new(key, &message))
        });
        self.storage.put(&key, encoded, Precondition::None).await?;
        Ok(())
    }
}

pub(super) fn parse_version(version: &str) -> Result<Version, RegistryError> {
    Version::parse(version).map_err(|source| RegistryError::InvalidVersion { version: version.to_owned(), source })
}
