//! Reading whole splits.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use quidditch_index::format::{Split, SplitEntry, split_key};
use quidditch_index::{Damage, IndexError, Mapping};
use quidditch_storage::Storage;
use serde_json::json;
use tantivy::directory::{OwnedBytes, RamDirectory, TerminatingWrite};
use tantivy::{Directory, Index, IndexSettings, TantivyError};

/// Reads a split and checks every byte.
///
/// # Errors
/// [`IndexError::Damaged`], [`IndexError::Storage`].
pub(crate) async fn read_whole_split(
    storage: &Arc<dyn Storage>,
    index: &str,
    entry: &SplitEntry,
) -> Result<Split, IndexError> {
    let key = split_key(index, &entry.id);
    let damaged = |reason: Damage| IndexError::damaged(key.as_str(), reason);
    let object = storage.get(&key).await.map_err(|error| IndexError::from_object_read(&key, error))?;
    let bytes = object.bytes;
    if bytes.len() as u64 != entry.size {
        let reason = format!("size is {} bytes; the manifest says {}", bytes.len(), entry.size);
        return Err(damaged(Damage::corrupt(reason)));
    }
    // Does not copy if the storage does not keep the bytes.
    Split::decode(&OwnedBytes::new(Vec::from(bytes))).map_err(damaged)
}

/// Opens the split as a tantivy index of one segment, in memory.
///
/// # Errors
/// [`IndexError::Search`] if tantivy cannot read it although its checksums are right.
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

/// Creates or replaces a file.
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
