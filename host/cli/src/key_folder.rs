//! The folder of keys: for each key `NAME.pub`, its public key in one line, and `NAME.pem`, its secret key, if it is ours.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use etcetera::BaseStrategy;
use quidditch_signing::{PublicKey, SecretKey};

/// The key that signs unless another one is named.
pub(crate) const DEFAULT_KEY: &str = "default";

/// Longest name of a key, in bytes. 64, as of functions.
const NAME_BYTES: usize = 64;

/// A folder of keys.
pub(crate) enum KeyFolder {
    /// One that the user named. It must exist, except when a key is added: a misspelt folder must not count as one without keys.
    Named(PathBuf),
    /// The one of the user's settings, which need not exist. `None`: it is not known where it would be, as in a container without
    /// users.
    OfUser(Option<PathBuf>),
}

/// A key in the folder.
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) public: PublicKey,
    /// Whether the secret key is in the folder.
    pub(crate) is_own: bool,
}

impl KeyFolder {
    /// The one of the user who runs the command.
    pub(crate) fn of_user() -> Self {
        let folders = etcetera::choose_base_strategy().ok();
        KeyFolder::OfUser(folders.map(|folders| folders.config_dir().join("quidditch").join("keys")))
    }

    /// All keys, sorted by name.
    pub(crate) fn list(&self) -> Result<Vec<Key>> {
        let Some(folder) = self.existing()? else { return Ok(Vec::new()) };
        let unreadable = || unreadable(folder);
        let entries = fs::read_dir(folder).with_context(unreadable)?;
        let mut keys = Vec::new();
        for entry in entries {
            let path = entry.with_context(unreadable)?.path();
            let name = path.file_stem().and_then(|name| name.to_str());
            if let Some(name) = name.filter(|_| path.extension().is_some_and(|extension| extension == "pub")) {
                let (public, is_own) = (read_public(&path)?, secret_path(folder, name).exists());
                keys.push(Key { name: name.to_owned(), public, is_own });
            }
        }
        keys.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(keys)
    }

    /// The key to sign with: the named one, or the default one if it exists.
    pub(crate) fn signing_key(&self, name: Option<&str>) -> Result<Option<SecretKey>> {
        match name {
            Some(name) => self.secret_key(name).map(Some),
            None if self.existing()?.is_some_and(|folder| secret_path(folder, DEFAULT_KEY).exists()) => {
                self.secret_key(DEFAULT_KEY).map(Some)
            }
            None => Ok(None),
        }
    }

    fn secret_key(&self, name: &str) -> Result<SecretKey> {
        let path = secret_path(self.folder_for(name)?, name);
        let pem = fs::read_to_string(&path).with_context(|| {
            format!("cannot read the secret key {}; `quidditch key new {name}` makes one", path.display())
        })?;
        SecretKey::from_pem(&pem).with_context(|| format!("cannot use {}", path.display()))
    }

    /// Makes a key.
    pub(crate) fn create(&self, name: &str) -> Result<PublicKey> {
        let folder = self.folder_for(name)?;
        let key = SecretKey::generate()?;
        make_room(folder, name)?;
        write_new(&secret_path(folder, name), &key.to_pem(), Readers::Owner)?;
        write_public(folder, name, &key.public_key())?;
        Ok(key.public_key())
    }

    /// Trusts somebody else's key.
    pub(crate) fn trust(&self, name: &str, key: &PublicKey) -> Result<()> {
        let folder = self.folder_for(name)?;
        make_room(folder, name)?;
        write_public(folder, name, key)
    }

    /// Removes a key, which is no longer trusted. Its secret key is removed only if the caller says so.
    pub(crate) fn remove(&self, name: &str, with_secret: bool) -> Result<PublicKey> {
        let folder = self.folder_for(name)?;
        let (public_path, secret_path) = (public_path(folder, name), secret_path(folder, name));
        let has_public = public_path.exists();
        ensure!(has_public || secret_path.exists(), "unknown key [{name}]");
        let key = if has_public { read_public(&public_path)? } else { self.secret_key(name)?.public_key() };
        if secret_path.exists() {
            ensure!(
                with_secret,
                "key [{name}] has a secret key, which cannot be recovered: specify --with-secret to remove both"
            );
            fs::remove_file(&secret_path).with_context(|| format!("cannot remove {}", secret_path.display()))?;
        }
        if has_public {
            fs::remove_file(&public_path).with_context(|| format!("cannot remove {}", public_path.display()))?;
        }
        Ok(key)
    }

    /// The folder, for a key that has this name or gets it.
    fn folder_for(&self, name: &str) -> Result<&Path> {
        check_name(name)?;
        self.path().context("the folder of keys is not known; specify --keys DIR")
    }

    fn path(&self) -> Option<&Path> {
        match self {
            KeyFolder::Named(folder) => Some(folder),
            KeyFolder::OfUser(folder) => folder.as_deref(),
        }
    }

    /// The folder, if it exists.
    ///
    /// # Errors
    /// If the user named one that does not exist.
    fn existing(&self) -> Result<Option<&Path>> {
        let Some(folder) = self.path() else { return Ok(None) };
        let exists = folder.try_exists().with_context(|| unreadable(folder))?;
        let is_named = matches!(self, KeyFolder::Named(_));
        ensure!(
            exists || !is_named,
            "folder of keys {} not found; `quidditch key new` and `key trust` create it",
            folder.display()
        );
        Ok(exists.then_some(folder))
    }
}

fn unreadable(folder: &Path) -> String {
    format!("cannot read the folder of keys {}", folder.display())
}

/// Makes the folder, in which there must be no key with this name.
fn make_room(folder: &Path, name: &str) -> Result<()> {
    let is_taken = public_path(folder, name).exists() || secret_path(folder, name).exists();
    ensure!(!is_taken, "there is already a key [{name}]; use another name, or remove it first");
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))
}

fn write_public(folder: &Path, name: &str, key: &PublicKey) -> Result<()> {
    write_new(&public_path(folder, name), &format!("{key}\n"), Readers::All)
}

fn public_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.pub"))
}

fn secret_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.pem"))
}

/// Which users may read a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Readers {
    Owner,
    All,
}

fn check_name(name: &str) -> Result<()> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if name.is_empty() || name.len() > NAME_BYTES || !name.bytes().all(is_allowed) {
        bail!("invalid name of a key [{name}], must be 1 to {NAME_BYTES} letters, digits, `_` or `-`");
    }
    Ok(())
}

fn read_public(path: &Path) -> Result<PublicKey> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    text.trim().parse().with_context(|| format!("cannot use {}", path.display()))
}

fn write_new(path: &Path, text: &str, readers: Readers) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if readers == Readers::Owner {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    #[cfg(not(unix))]
    let _ = readers;
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message<T>(result: Result<T>) -> String {
        result.err().map(|error| format!("{error:#}")).unwrap_or_default()
    }

    #[test]
    fn keys_are_made_trusted_listed_and_removed() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = KeyFolder::OfUser(Some(folder.path().join("keys")));
        assert!(keys.list().expect("nothing yet").is_empty());
        assert!(keys.signing_key(None).expect("nothing yet").is_none());
        let own = keys.create(DEFAULT_KEY).expect("is new");
        let theirs = SecretKey::generate().expect("random numbers").public_key();
        keys.trust("ada", &theirs).expect("is new");
        let listed = keys.list().expect("readable");
        let listed: Vec<_> = listed.iter().map(|key| (&*key.name, key.public, key.is_own)).collect();
        assert_eq!(listed, [("ada", theirs, false), ("default", own, true)]);
        assert_eq!(keys.signing_key(None).expect("readable").expect("it exists").public_key(), own);
        let missing = message(keys.signing_key(Some("ada")));
        assert!(missing.contains("ada.pem; `quidditch key new ada` makes one: "), "{missing}");
        insta::assert_snapshot!(message(keys.create("ada")), @"there is already a key [ada]; use another name, or remove it first");
        insta::assert_snapshot!(message(keys.remove("default", false)), @"key [default] has a secret key, which cannot be recovered: specify --with-secret to remove both");
        keys.remove("default", true).expect("removed");
        keys.remove("ada", false).expect("removed");
        insta::assert_snapshot!(message(keys.remove("ada", false)), @"unknown key [ada]");
        let alone = keys.create("alone").expect("is new");
        fs::remove_file(folder.path().join("keys/alone.pub")).expect("it exists");
        assert_eq!(keys.remove("alone", true).expect("a secret key without its public key"), alone);
        assert_eq!(fs::read_dir(folder.path().join("keys")).expect("a folder").count(), 0);
    }

    #[test]
    fn names_of_keys_are_names_of_files() {
        for valid in ["a", "Ada-2", &"x".repeat(NAME_BYTES)] {
            check_name(valid).expect(valid);
        }
        for invalid in ["", "..", "a/b", "a.b", "ä", &"x".repeat(NAME_BYTES + 1)] {
            assert!(message(check_name(invalid)).ends_with("must be 1 to 64 letters, digits, `_` or `-`"), "{invalid}");
        }
    }

    #[test]
    fn a_named_folder_exists_unless_it_gets_its_first_key() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("kyes");
        let keys = KeyFolder::Named(path.clone());
        let missing =
            format!("folder of keys {} not found; `quidditch key new` and `key trust` create it", path.display());
        assert_eq!(message(keys.list()), missing);
        assert_eq!(message(keys.signing_key(None)), missing);
        keys.create(DEFAULT_KEY).expect("the folder is created");
        assert_eq!(keys.list().expect("readable").len(), 1);
        assert!(keys.signing_key(None).expect("readable").is_some());
    }

    #[test]
    fn without_a_known_folder_there_are_no_keys() {
        let keys = KeyFolder::OfUser(None);
        assert!(keys.list().expect("none").is_empty());
        assert!(keys.signing_key(None).expect("none").is_none());
        insta::assert_snapshot!(message(keys.create("a")), @"the folder of keys is not known; specify --keys DIR");
    }

    #[test]
    fn damaged_files_are_named() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("ada.pub"), "ed25519:AAAA").expect("written");
        fs::write(folder.path().join("default.pem"), "secret").expect("written");
        let keys = KeyFolder::Named(folder.path().to_owned());
        assert!(message(keys.list()).contains("ada.pub: invalid public key [ed25519:AAAA], must be"));
        assert!(message(keys.signing_key(None)).contains("default.pem: invalid secret key, must be"));
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_a_secret_key() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        KeyFolder::Named(folder.path().to_owned()).create("a").expect("is new");
        let mode = |file: &str| fs::metadata(folder.path().join(file)).expect("exists").permissions().mode() & 0o777;
        assert_eq!(mode("a.pem"), 0o600);
    }
}
