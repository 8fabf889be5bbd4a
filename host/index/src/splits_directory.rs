//! All splits of an index as one tantivy directory.

mod split_file;

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{DirectoryLock, FileHandle, Lock, OwnedBytes, WatchCallback, WatchHandle, WritePtr};
use tantivy::schema::Schema;
use tantivy::{Directory, IndexSettings};

use crate::deletes::describe_deletes;
use crate::split::{LiveSplit, OpenSplit};
use split_file::SplitFile;

/// The files of all splits in one directory, and a `meta.json` that lists their segments under one schema, so that tantivy sees
/// one index. It is read-only.
///
/// The names of files begin with the segment's UUID, so those of different splits never clash.
#[derive(Debug, Clone)]
pub(crate) struct SplitsDirectory {
    inner: Arc<Files>,
}

#[derive(Debug)]
struct Files {
    meta: Vec<u8>,
    splits: Vec<Arc<OpenSplit>>,
    /// The index of the split that contains a file.
    by_path: HashMap<PathBuf, usize>,
    deletes: HashMap<PathBuf, OwnedBytes>,
}

impl SplitsDirectory {
    /// A directory of these splits; their deletes hide deleted documents.
    pub(crate) fn new(schema: &Schema, splits: Vec<LiveSplit>) -> Self {
        let mut segments = Vec::with_capacity(splits.len());
        let mut files =
            Files { meta: Vec::new(), splits: Vec::new(), by_path: HashMap::new(), deletes: HashMap::new() };
        for (ordinal, LiveSplit { split, deletes }) in splits.into_iter().enumerate() {
            let mut segment = split.segment().clone();
            if let Some((deletes, content)) = deletes {
                files.deletes.insert(describe_deletes(&mut segment, &deletes).into(), content);
            }
            segments.push(segment);
            files.by_path.extend(split.file_names().map(|path| (path.to_owned(), ordinal)));
            files.splits.push(split);
        }
        let meta = json!({
            "index_settings": IndexSettings::default(),
            "segments": segments,
            "schema": schema,
            "opstamp": 0,
        });
        files.meta = meta.to_string().into_bytes();
        SplitsDirectory { inner: Arc::new(files) }
    }

    fn is_meta(path: &Path) -> bool {
        path == Path::new("meta.json")
    }
}

fn read_only() -> io::Error {
    io::Error::new(io::ErrorKind::ReadOnlyFilesystem, "splits are never written in place")
}

impl Directory for SplitsDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        if let Some(deletes) = self.inner.deletes.get(path) {
            return Ok(Arc::new(deletes.clone()));
        }
        let split = self.inner.by_path.get(path).map(|ordinal| &self.inner.splits[*ordinal]);
        match split.and_then(|split| SplitFile::open(split, path)) {
            Some(file) => Ok(Arc::new(file)),
            None => Err(OpenReadError::FileDoesNotExist(path.to_owned())),
        }
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        Err(DeleteError::IoError { io_error: Arc::new(read_only()), filepath: path.to_owned() })
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        Ok(Self::is_meta(path) || self.inner.by_path.contains_key(path) || self.inner.deletes.contains_key(path))
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        Err(OpenWriteError::IoError { io_error: Arc::new(read_only()), filepath: path.to_owned() })
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        if Self::is_meta(path) {
            return Ok(self.inner.meta.clone());
        }
        Err(OpenReadError::FileDoesNotExist(path.to_owned()))
    }

    fn atomic_write(&self, _path: &Path, _data: &[u8]) -> io::Result<()> {
        Err(read_only())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    fn acquire_lock(&self, _lock: &Lock) -> Result<DirectoryLock, LockError> {
        // Locks keep writers from removing files while readers open them. Nothing is ever removed here.
        Ok(DirectoryLock::from(Box::new(())))
    }

    fn watch(&self, _callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}
