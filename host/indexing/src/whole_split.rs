//! Splits, read whole.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use quidditch_index::format::{Split, SplitEntry, split_key};
use quidditch_index::{IndexError, Mapping};
use quidditch_storage::{Storage, StorageError};
use serde_json::json;
use tantivy::directory::{OwnedBytes, RamDirectory, TerminatingWrite};
use tantivy::{Directory, Index, IndexSettings, TantivyError};

/// Reads a split, and checks every byte.
///
/// # Errors
/// [`IndexError::Damaged`], [`IndexError::Storage`].
pub(crate) async fn read_whole_split(
    storage: &Arc<dyn Storage>,
    index: &str,
    entry: &SplitEntry,
) -> Result<Split, IndexError> {
    let key = split_key(index, &entry.id);
    let damaged = |what: String| IndexError::Damaged { object: key.clone(), what };
    let bytes = match storage.get(&key).await {
        Ok(object) => object.bytes,
        Err(StorageError::NotFound { .. }) => return Err(damaged("it is missing".to_owned())),
        Err(error) => return Err(error.into()),
    };
    if bytes.len() as u64 != entry.size {
        return Err(damaged(format!("it has {} bytes; the manifest says {}", bytes.len(), entry.size)));
    }
    // Costs no copy where the storage does not keep the bytes.
    Split::decode(&OwnedBytes::new(Vec::from(bytes))).map_err(damaged)
}

/// The split as a tantivy index of one segment, in memory.
///
/// # Errors
/// [`IndexError::Search`] where its bytes are right, and yet tantivy cannot read it.
pub(crate) fn open_whole(mapping: &Mapping, split: Split) -> Result<(Index, RamDirectory), IndexError> {
    let directory = RamDirectory::create();
    let meta = json!({
        "index_settings": IndexSettings::default(),
        "segments": [split.segment],
        "schema": mapping.schema(),
        "opstamp": 0,
    });
    for (name, content) in split.files {
        write_file(&directory, Path::new(&name), &content)?;
    }
    let meta_file = Path::new("meta.json");
    directory.atomic_write(meta_file, meta.to_string().as_bytes()).map_err(TantivyError::from)?;
    Ok((Index::open(directory.clone())?, directory))
}

/// Writes a file as it is, or writes it anew.
pub(crate) fn write_file(directory: &RamDirectory, path: &Path, content: &[u8]) -> Result<(), IndexError> {
    let write = || -> Result<(), TantivyError> {
        if directory.exists(path)? {
            directory.delete(path).map_err(|error| TantivyError::InternalError(error.to_string()))?;
        }
        let mut file = directory.open_write(path)?;
        file.write_all(content)?;
        file.terminate()?;
        Ok(())
    };
    Ok(write()?)
}
