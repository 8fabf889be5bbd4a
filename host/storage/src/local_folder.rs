//! Objects as files in a folder.

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

/// Objects as files in a folder: the key is the path below it.
///
/// A write goes to a new file beside the objects, reaches the disk, and is then renamed into place, so that a crash leaves
/// the old object or the new one. Renaming, and looking whether the precondition holds just before, happen under an
/// advisory lock: writers in any number of threads and processes of one machine are in order. Readers take no lock.
///
/// A version is the file's time of change, which writers make grow, with its size. Its own files are in `.quidditch`: the
/// lock, and what crashed writers left unfinished, which is never seen as an object and may be removed when nothing writes.
///
/// The methods wait for the disk although they are `async`. Local files answer in microseconds, a runtime's thread pool
/// would cost more than it wins, and this crate must work without any runtime.
#[derive(Debug)]
pub struct LocalFolder {
    root: PathBuf,
    /// Numbers the unfinished files of this value.
    unfinished: AtomicU64,
}

impl LocalFolder {
    /// The store in the folder `root`, which is made when the first object is written.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        LocalFolder { root: root.into(), unfinished: AtomicU64::new(0) }
    }

    fn path(&self, key: &str) -> Result<PathBuf, StorageError> {
        check_key(key)?;
        Ok(self.root.join(key))
    }

    fn private_folder(&self) -> PathBuf {
        self.root.join(PRIVATE_SEGMENT)
    }

    /// Writes bytes to a new file that is no object yet, down to the disk.
    fn write_unfinished(&self, bytes: &[u8]) -> io::Result<PathBuf> {
        let folder = self.private_folder();
        fs::create_dir_all(&folder)?;
        loop {
            let number = self.unfinished.fetch_add(1, Relaxed);
            let path = folder.join(format!("{}-{number}.unfinished", std::process::id()));
            let mut file = match File::create_new(&path) {
                Ok(file) => file,
                // Another value of this process, or a crashed process that had the same number.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error),
            };
            let written = file.write_all(bytes).and_then(|()| file.sync_all());
            return match written {
                Ok(()) => Ok(path),
                Err(error) => {
                    // The first error is the one to report; what cannot be removed is ignored by readers.
                    let _ = fs::remove_file(&path);
                    Err(error)
                }
            };
        }
    }

    /// Waits until no other writer of this store is between its look and its rename. The lock ends with the value.
    fn lock(&self) -> io::Result<File> {
        let folder = self.private_folder();
        fs::create_dir_all(&folder)?;
        let lock = File::options().create(true).truncate(false).write(true).open(folder.join("lock"))?;
        lock.lock()?;
        Ok(lock)
    }

    /// Under the lock: renames the unfinished file to the object, if the precondition holds.
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
        // Clocks are coarse and may be set back. Two writes must never give the same version.
        let mut changed = SystemTime::now();
        if let Some(metadata) = &before {
            changed = changed.max(metadata.modified()? + Duration::from_micros(1));
        }
        let file = File::options().write(true).open(unfinished)?;
        file.set_modified(changed)?;
        let version = version(&file.metadata()?)?;
        let folder = path.parent().expect("a key's path lies below the root");
        let is_new_folder = !folder.exists();
        fs::create_dir_all(folder)?;
        fs::rename(unfinished, path)?;
        sync_folder(folder)?;
        if is_new_folder {
            // The names of new folders must outlive a crash, too.
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
            // Of the open file, not of the path: the object may be replaced meanwhile.
            let metadata = file.metadata()?;
            let mut bytes = Vec::with_capacity(metadata.len() as usize);
            file.read_to_end(&mut bytes)?;
            Ok(Object { bytes: Bytes::from(bytes), version: version(&metadata)? })
        };
        read().map_err(|error| failure(key, error))
    }

    async fn get_range(&self, key: &str, range: Range<u64>) -> Result<Bytes, StorageError> {
        let path = self.path(key)?;
        let mut file = open_file(&path).map_err(|error| failure(key, error))?;
        let size = file.metadata().map_err(|error| failure(key, error))?.len();
        if range.start >= range.end || range.end > size {
            return Err(StorageError::InvalidRange { key: key.to_owned(), range, size });
        }
        let mut read = || {
            let mut bytes = vec![0; (range.end - range.start) as usize];
            file.seek(SeekFrom::Start(range.start))?;
            file.read_exact(&mut bytes)?;
            Ok(Bytes::from(bytes))
        };
        read().map_err(|error| failure(key, error))
    }

    async fn put(&self, key: &str, bytes: Bytes, precondition: Precondition) -> Result<Version, StorageError> {
        let path = self.path(key)?;
        let unfinished = self.write_unfinished(&bytes).map_err(|error| failure(key, error))?;
        let published = self.publish(&unfinished, &path, &precondition);
        if !matches!(published, Ok(Some(_))) {
            // As above: readers ignore what cannot be removed.
            let _ = fs::remove_file(&unfinished);
        }
        match published {
            Ok(Some(version)) => Ok(version),
            Ok(None) => Err(StorageError::PreconditionFailed { key: key.to_owned() }),
            Err(error) => Err(failed(key, error)),
        }
    }

    async fn head(&self, key: &str) -> Result<Entry, StorageError> {
        let path = self.path(key)?;
        let metadata = open_file(&path).and_then(|file| file.metadata()).map_err(|error| failure(key, error))?;
        Ok(Entry {
            key: key.to_owned(),
            size: metadata.len(),
            version: version(&metadata).map_err(|error| failure(key, error))?,
        })
    }

    async fn list(&self, prefix: &str) -> Result<Vec<Entry>, StorageError> {
        // Only the folder that the prefix names can hold such keys. A prefix that is no key itself is followed from the root.
        let folder = match prefix.rsplit_once('/') {
            Some((folder, _)) if check_key(folder).is_ok() => folder,
            _ => "",
        };
        let mut entries = Vec::new();
        collect(&self.root.join(folder), folder, prefix, &mut entries).map_err(|error| failed(prefix, error))?;
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
        let mut names = folders_in(&path, &prefix).map_err(|error| failed(folder, error))?;
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
                Ok(()) => sync_folder(path.parent().expect("a key's path lies below the root"))?,
                Err(error) if is_missing(&error) => return Ok(()),
                Err(error) => return Err(error),
            }
            // A bucket has no empty folders. The first that is not empty ends it.
            let folders = path.ancestors().skip(1).take_while(|folder| *folder != self.root);
            for folder in folders {
                if fs::remove_dir(folder).is_err() {
                    break;
                }
            }
            Ok(())
        };
        remove().map_err(|error| failed(key, error))
    }
}

/// Opens an object's file. A folder is no object.
fn open_file(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(ErrorKind::NotFound.into());
    }
    Ok(file)
}

fn version(metadata: &fs::Metadata) -> io::Result<Version> {
    let changed = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(Version::new(format!("{}-{}", changed.as_nanos(), metadata.len())))
}

/// Makes renames and removals in a folder outlive a crash of the machine.
fn sync_folder(folder: &Path) -> io::Result<()> {
    // Elsewhere folders cannot be opened, and renames are journalled.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Adds the objects below `folder`, whose key is `folder_key`, that begin with `prefix`.
fn collect(folder: &Path, folder_key: &str, prefix: &str, entries: &mut Vec<Entry>) -> io::Result<()> {
    for item in items(folder)? {
        let item = item?;
        // No key is spelled like this, so it is none of ours.
        let Ok(name) = item.file_name().into_string() else { continue };
        let key = if folder_key.is_empty() { name } else { format!("{folder_key}/{name}") };
        if check_key(&key).is_err() {
            continue;
        }
        let metadata = match fs::metadata(item.path()) {
            Ok(metadata) => metadata,
            // Deleted since the folder was read.
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

/// What is in a folder; nothing, if it is not there.
fn items(folder: &Path) -> io::Result<impl Iterator<Item = io::Result<fs::DirEntry>>> {
    match fs::read_dir(folder) {
        Ok(items) => Ok(Some(items).into_iter().flatten()),
        Err(error) if is_missing(&error) => Ok(None.into_iter().flatten()),
        Err(error) => Err(error),
    }
}

/// The names of the folders in a folder, whose keys begin with `prefix`, that have an object somewhere below them.
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

/// Whether there is an object below a folder. A writer that crashed may have left folders without any.
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

/// An error of reading, where a missing file is a missing object.
fn failure(key: &str, error: io::Error) -> StorageError {
    if is_missing(&error) {
        return StorageError::NotFound { key: key.to_owned() };
    }
    failed(key, error)
}

fn failed(key: &str, error: io::Error) -> StorageError {
    StorageError::Failed { key: key.to_owned(), source: Box::new(error) }
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::*;

    #[test]
    fn what_crashed_writers_left_is_no_object() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let storage = LocalFolder::new(folder.path());
        block_on(storage.put("a", Bytes::from_static(b"x"), Precondition::None)).expect("written");
        // A writer that died before its rename, and one that will want the same name.
        let left = storage.write_unfinished(b"half").expect("written");
        storage.unfinished.store(0, Relaxed);
        block_on(storage.put("b", Bytes::from_static(b"y"), Precondition::None)).expect("written");

        let keys: Vec<_> = block_on(storage.list("")).expect("a listing").into_iter().map(|entry| entry.key).collect();
        assert_eq!(keys, ["a", "b"]);
        assert_eq!(fs::read(left).expect("still there"), b"half");
    }

    #[test]
    fn refused_writes_leave_nothing_behind() {
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
    fn a_clock_that_was_set_back_still_gives_new_versions() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let storage = LocalFolder::new(folder.path());
        let first = block_on(storage.put("a", Bytes::from_static(b"x"), Precondition::None)).expect("written");
        let file = File::options().write(true).open(folder.path().join("a")).expect("the object");
        file.set_modified(SystemTime::now() + Duration::from_secs(3600)).expect("set");
        let ahead = block_on(storage.head("a")).expect("it is there").version;
        let second = block_on(storage.put("a", Bytes::from_static(b"x"), Precondition::None)).expect("written");
        let third = block_on(storage.put("a", Bytes::from_static(b"x"), Precondition::None)).expect("written");
        let all = std::collections::HashSet::from([first, ahead, second, third]);
        assert_eq!(all.len(), 4);
    }
}
