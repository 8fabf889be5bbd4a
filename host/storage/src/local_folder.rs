//! A folder of files.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use bytes::Bytes;

use crate::key::PRIVATE_SEGMENT;
use crate::storage::folder_prefix;
use crate::{Entry, Object, Precondition, Storage, StorageError, Version, check_key};

/// A folder whose files are the objects. The key is the path of a file below the folder.
///
/// Objects are written to a new file, synced to the disk and then renamed, so that a crash leaves the old object or the new one.
/// The precondition is checked, and the file renamed, under an advisory lock, for writers in any number of threads and processes
/// of one machine. Readers take no lock.
///
/// A version is the file's modification time, which increases with every write, and its size. The folder `.quidditch` contains
/// the lock and the unfinished files of crashed writers, which are not visible as objects and can be removed while nothing
/// writes.
///
/// The methods are `async` but block on the disk: local files respond within microseconds, handing over to a thread pool would
/// take longer, and this crate must work without a runtime.
#[derive(Debug)]
pub struct LocalFolder {
    root: PathBuf,
    /// The number of the next unfinished file of this value.
    unfinished: AtomicU64,
}

impl LocalFolder {
    /// The store in the folder `root`, which is created with the first object.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        LocalFolder { root: root.into(), unfinished: AtomicU64::new(0) }
    }

    /// Removes the folder with the lock and the unfinished files. Nothing else may write to this store meanwhile.
    ///
    /// # Errors
    /// If files cannot be removed.
    pub fn remove_lock(&self) -> io::Result<()> {
        match fs::remove_dir_all(self.private_folder()) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn path(&self, key: &str) -> Result<PathBuf, StorageError> {
        check_key(key)?;
        Ok(self.root.join(key))
    }

    fn private_folder(&self) -> PathBuf {
        self.root.join(PRIVATE_SEGMENT)
    }

    /// Writes a new file that is not an object yet, and syncs it to the disk.
    fn write_unfinished(&self, bytes: &[u8]) -> io::Result<PathBuf> {
        let folder = self.private_folder();
        fs::create_dir_all(&folder)?;
        loop {
            let number = self.unfinished.fetch_add(1, Relaxed);
            let path = folder.join(format!("{}-{number}.unfinished", std::process::id()));
            let mut file = match File::create_new(&path) {
                Ok(file) => file,
                // From another value of this process, or from a crashed process with the same id.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error),
            };
            let written = file.write_all(bytes).and_then(|()| file.sync_all());
            return match written {
                Ok(()) => Ok(path),
                Err(error) => {
                    // The first error is returned. Readers ignore a file that cannot be removed.
                    let _ = fs::remove_file(&path);
                    Err(error)
                }
            };
        }
    }

    /// Waits until no other writer checks a precondition or renames. The lock is released when the value is dropped.
    fn lock(&self) -> io::Result<File> {
        let folder = self.private_folder();
        fs::create_dir_all(&folder)?;
        let lock = File::options().create(true).truncate(false).write(true).open(folder.join("lock"))?;
        lock.lock()?;
        Ok(lock)
    }

    /// Makes the unfinished file the object if the precondition holds; returns `None` if not.
    fn publish(&self, unfinished: &Path, path: &Path, precondition: &Precondition) -> io::Result<Option<Version>> {
        let _lock = self.lock()?;
        let before = match fs::metadata(path) {
            Ok(metadata) => Some(metadata),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let holds = match (precondition, &before) {
            (Precondition::None, _) | (Precondition::Absent, None) => true,
            (Precondition::Matches(expected), Some(metadata)) => version(metadata)? == *expected,
            (Precondition::Absent, Some(_)) | (Precondition::Matches(_), None) => false,
        };
        if !holds {
            return Ok(None);
        }
        // The time that the file system sets is too coarse to distinguish an object from one that is deleted and written again.
        #[allow(
            clippy::disallowed_methods,
            reason = "the time is stored, as by the file system, and nothing waits for it"
        )]
        #[expect(clippy::disallowed_methods, reason = "files have the time of the machine")]
        let mut modified = SystemTime::now();
        if let Some(metadata) = &before {
            // Clocks may be set back, but two writes must never have the same version.
            modified = modified.max(metadata.modified()? + Duration::from_micros(1));
        }
        let file = File::options().write(true).open(unfinished)?;
        file.set_modified(modified)?;
        let version = version(&file.metadata()?)?;
        let folder = path.parent().expect("the path of a key is below the root");
        let is_new_folder = !folder.exists();
        fs::create_dir_all(folder)?;
        fs::rename(unfinished, path)?;
        sync_folder(folder)?;
        if is_new_folder {
            // The entries of new folders must survive a crash, too.
            let outer = folder.ancestors().skip(1).take_while(|outer| outer.starts_with(&self.root));
            for outer in outer {
                sync_folder(outer)?;
            }
        }
        Ok(Some(version))
    }
}

#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
impl Storage for LocalFolder {
    async fn get(&self, key: &str) -> Result<Object, StorageError> {
        let path = self.path(key)?;
        let read = || {
            let mut file = open_file(&path)?;
            // Of the open file, not of the path: the object may be replaced in the meantime.
            let metadata = file.metadata()?;
            let mut bytes = Vec::with_capacity(metadata.len() as usize);
            file.read_to_end(&mut bytes)?;
            Ok(Object { bytes: Bytes::from(bytes), version: version(&metadata)? })
        };
        read().map_err(|error| read_error(key, error))
    }

    async fn get_range(&self, key: &str, range: Range<u64>) -> Result<Bytes, StorageError> {
        let path = self.path(key)?;
        let mut file = open_file(&path).map_err(|error| read_error(key, error))?;
        let size = file.metadata().map_err(|error| read_error(key, error))?.len();
        if range.start >= range.end || range.end > size {
            return Err(StorageError::InvalidRange { key: key.to_owned(), range, size });
        }
        let mut read = || {
            let mut bytes = vec![0; (range.end - range.start) as usize];
            file.seek(SeekFrom::Start(range.start))?;
            file.read_exact(&mut bytes)?;
            Ok(Bytes::from(bytes))
        };
        read().map_err(|error| read_error(key, error))
    }

    async fn put(&self, key: &str, bytes: Bytes, precondition: Precondition) -> Result<Version, StorageError> {
        let path = self.path(key)?;
        let unfinished = self.write_unfinished(&bytes).map_err(|error| read_error(key, error))?;
        let published = self.publish(&unfinished, &path, &precondition);
        if !matches!(published, Ok(Some(_))) {
            // As above: readers ignore a file that cannot be removed.
            let _ = fs::remove_file(&unfinished);
        }
        match published {
            Ok(Some(version)) => Ok(version),
            Ok(None) => Err(StorageError::PreconditionFailed { key: key.to_owned() }),
            Err(error) => Err(io_error(key, error)),
        }
    }

    async fn head(&self, key: &str) -> Result<Entry, StorageError> {
        let path = self.path(key)?;
        let metadata = open_file(&path).and_then(|file| file.metadata()).map_err(|error| read_error(key, error))?;
        Ok(Entry {
            key: key.to_owned(),
            size: metadata.len(),
            version: version(&metadata).map_err(|error| read_error(key, error))?,
        })
    }

    async fn list(&self, prefix: &str) -> Result<Vec<Entry>, StorageError> {
        // All such keys are below the last folder that the prefix names in full.
        let folder = match prefix.rsplit_once('/') {
            Some((folder, _)) if check_key(folder).is_ok() => folder,
            _ => "",
        };
        let mut entries = Vec::new();
        collect(&self.root.join(folder), folder, prefix, &mut entries).map_err(|error| io_error(prefix, error))?;
        entries.sort_unstable_by(|left, right| left.key.cmp(&right.key));
        Ok(entries)
    }

    async fn list_folders(&self, folder: &str) -> Result<Vec<String>, StorageError> {
        let prefix = folder_prefix(folder);
        let folder = prefix.strip_suffix('/').unwrap_or_default();
        if !folder.is_empty() && check_key(folder).is_err() {
            return Ok(Vec::new());
        }
        let path = self.root.join(folder);
        let mut names = folders_in(&path, &prefix).map_err(|error| io_error(folder, error))?;
        names.sort_unstable();
        Ok(names)
    }

    async fn delete(&self, key: &str) -> Result<(), StorageError> {
        let path = self.path(key)?;
        let remove = || {
            if !self.root.exists() {
                return Ok(());
            }
            let _lock = self.lock()?;
            if path.is_dir() {
                return Ok(());
            }
            match fs::remove_file(&path) {
                Ok(()) => sync_folder(path.parent().expect("the path of a key is below the root"))?,
                Err(error) if is_missing(&error) => return Ok(()),
                Err(error) => return Err(error),
            }
            // A bucket has no empty folders. Removing a folder fails if it is not empty.
            let folders = path.ancestors().skip(1).take_while(|folder| *folder != self.root);
            for folder in folders {
                if fs::remove_dir(folder).is_err() {
                    break;
                }
            }
            Ok(())
        };
        remove().map_err(|error| io_error(key, error))
    }
}

/// Opens the file of an object, which must not be a folder.
fn open_file(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(ErrorKind::NotFound.into());
    }
    Ok(file)
}

fn version(metadata: &fs::Metadata) -> io::Result<Version> {
    let modified = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(Version::new(format!("{}-{}", modified.as_nanos(), metadata.len())))
}

/// Makes renames and removals in a folder survive a crash of the machine.
fn sync_folder(folder: &Path) -> io::Result<()> {
    // On Windows, folders cannot be opened as files, and renames are journalled.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Adds the objects below `folder`, whose key is `folder_key`, whose keys begin with `prefix`.
fn collect(folder: &Path, folder_key: &str, prefix: &str, entries: &mut Vec<Entry>) -> io::Result<()> {
    for item in items(folder)? {
        let item = item?;
        // Keys are UTF-8, so this is not an object.
        let Ok(name) = item.file_name().into_string() else { continue };
        let key = if folder_key.is_empty() { name } else { format!("{folder_key}/{name}") };
        if check_key(&key).is_err() {
            continue;
        }
        let metadata = match fs::metadata(item.path()) {
            Ok(metadata) => metadata,
            // Deleted after the folder was read.
            Err(error) if is_missing(&error) => continue,
            Err(error) => return Err(error),
        };
        if metadata.is_dir() {
            let inside = format!("{key}/");
            if inside.starts_with(prefix) || prefix.starts_with(&inside) {
                collect(&item.path(), &key, prefix, entries)?;
            }
        } else if key.starts_with(prefix) {
            entries.push(Entry { key, size: metadata.len(), version: version(&metadata)? });
        }
    }
    Ok(())
}

/// The entries of a folder; none if it does not exist.
fn items(folder: &Path) -> io::Result<impl Iterator<Item = io::Result<fs::DirEntry>>> {
    match fs::read_dir(folder) {
        Ok(items) => Ok(Some(items).into_iter().flatten()),
        Err(error) if is_missing(&error) => Ok(None.into_iter().flatten()),
        Err(error) => Err(error),
    }
}

/// The names of the folders in `folder` that have an object below them. `prefix` is the prefix of all keys in `folder`.
fn folders_in(folder: &Path, prefix: &str) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for item in items(folder)? {
        let item = item?;
        let Ok(name) = item.file_name().into_string() else { continue };
        let is_folder = check_key(&format!("{prefix}{name}")).is_ok() && item.path().is_dir();
        if is_folder && holds_objects(&item.path())? {
            names.push(name);
        }
    }
    Ok(names)
}

/// Whether there is an object below a folder. Crashed writers leave empty folders.
fn holds_objects(folder: &Path) -> io::Result<bool> {
    for item in items(folder)? {
        let path = item?.path();
        if !path.is_dir() || holds_objects(&path)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// The error of a read, for which a missing file is a missing object.
fn read_error(key: &str, error: io::Error) -> StorageError {
    if is_missing(&error) {
        return StorageError::NotFound { key: key.to_owned() };
    }
    io_error(key, error)
}

fn io_error(key: &str, error: io::Error) -> StorageError {
    StorageError::Failed { key: key.to_owned(), source: Box::new(error) }
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::*;

    #[test]
    fn files_of_crashed_writers_are_not_objects() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let storage = LocalFolder::new(folder.path());
        block_on(storage.put("a", Bytes::from_static(b"x"), Precondition::None)).expect("written");
        // A writer that died before the rename, and one that will use the same name.
        let left = storage.write_unfinished(b"half").expect("written");
        storage.unfinished.store(0, Relaxed);
        block_on(storage.put("b", Bytes::from_static(b"y"), Precondition::None)).expect("written");

        let keys: Vec<_> = block_on(storage.list("")).expect("a listing").into_iter().map(|entry| entry.key).collect();
        assert_eq!(keys, ["a", "b"]);
        assert_eq!(fs::read(left).expect("still there"), b"half");
    }

    #[test]
    fn rejected_writes_leave_no_files() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let storage = LocalFolder::new(folder.path());
        block_on(storage.put("a", Bytes::from_static(b"x"), Precondition::None)).expect("written");
        block_on(storage.put("a", Bytes::from_static(b"y"), Precondition::Absent)).expect_err("it is there");
        let left: Vec<_> = fs::read_dir(storage.private_folder())
            .expect("the private folder")
            .map(|item| item.expect("an item").file_name())
            .collect();
        assert_eq!(left, ["lock"]);
    }

    #[test]
    fn versions_are_new_after_the_clock_was_set_back() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let storage = LocalFolder::new(folder.path());
        let first = block_on(storage.put("a", Bytes::from_static(b"x"), Precondition::None)).expect("written");
        let file = File::options().write(true).open(folder.path().join("a")).expect("the object");
        #[expect(clippy::disallowed_methods, reason = "files have the time of the machine")]
        file.set_modified(SystemTime::now() + Duration::from_secs(3600)).expect("set");
        let ahead = block_on(storage.head("a")).expect("it is there").version;
        let second = block_on(storage.put("a", Bytes::from_static(b"x"), Precondition::None)).expect("written");
        let third = block_on(storage.put("a", Bytes::from_static(b"x"), Precondition::None)).expect("written");
        let all = std::collections::HashSet::from([first, ahead, second, third]);
        assert_eq!(all.len(), 4);
    }
}
