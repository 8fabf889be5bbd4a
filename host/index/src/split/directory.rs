//! All splits of an index as one tantivy directory.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{DirectoryLock, FileHandle, Lock, OwnedBytes, WatchCallback, WatchHandle, WritePtr};
use tantivy::schema::Schema;
use tantivy::{Directory, IndexSettings};

use super::Split;

/// The files of all splits side by side, and a `meta.json` that names their segments under one schema, so that tantivy sees
/// one index. It cannot be written.
///
/// The names of the files begin with the segment's UUID, so those of different splits never clash.
#[derive(Debug, Clone)]
pub(crate) struct SplitsDirectory {
    inner: Arc<Files>,
}

#[derive(Debug)]
struct Files {
    meta: Vec<u8>,
    by_path: HashMap<PathBuf, OwnedBytes>,
}

impl SplitsDirectory {
    pub(crate) fn new(schema: &Schema, splits: Vec<Split>) -> Self {
        let segments: Vec<_> = splits.iter().map(|split| split.segment.clone()).collect();
        let meta = json!({
            "index_settings": IndexSettings::default(),
            "segments": segments,
            "schema": schema,
            "opstamp": 0,
        });
        let files = splits.into_iter().flat_map(|split| split.files);
        let by_path = files.map(|(name, content)| (PathBuf::from(name), content)).collect();
        SplitsDirectory { inner: Arc::new(Files { meta: meta.to_string().into_bytes(), by_path }) }
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
        match self.inner.by_path.get(path) {
            Some(content) => Ok(Arc::new(content.clone())),
            None => Err(OpenReadError::FileDoesNotExist(path.to_owned())),
        }
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        Err(DeleteError::IoError { io_error: Arc::new(read_only()), filepath: path.to_owned() })
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        Ok(Self::is_meta(path) || self.inner.by_path.contains_key(path))
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
        // Locks keep writers from removing files under readers. Nothing is ever removed here.
        Ok(DirectoryLock::from(Box::new(())))
    }

    fn watch(&self, _callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}
