//! Ranges of splits on a local disk.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{fs, io};

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use tantivy::directory::OwnedBytes;
use ulid::Ulid;

use super::bounded_pieces::{BoundedPieces, PieceKey};
use crate::range_map::Piece;

/// Pieces of splits in a folder. Each is a file, which ends with the CRC-32 of the piece. Files outlive the process.
///
/// If a file cannot be used, for whatever reason, its piece is read from the store again: the cache never fails a search. Only one
/// process should use a folder at a time; another one may remove files, which are misses then.
#[derive(Debug)]
pub(super) struct DiskCache {
    folder: PathBuf,
    pieces: Mutex<BoundedPieces<OnDisk>>,
}

/// A piece in a file: its size in bytes, without the checksum.
#[derive(Debug)]
struct OnDisk(u64);

impl Piece for OnDisk {
    fn length(&self) -> u64 {
        self.0
    }
}

const CHECKSUM_BYTES: u64 = 4;
/// Suffix of files that are being written.
const PARTIAL_SUFFIX: &str = ".part";

impl DiskCache {
    /// Opens a cache of at most this many bytes, with the files that an earlier process left in the folder.
    ///
    /// # Errors
    /// The folder cannot be created or listed.
    pub(super) fn open(folder: &Path, capacity: u64) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let cache = DiskCache { folder: folder.to_owned(), pieces: Mutex::new(BoundedPieces::new(capacity)) };
        let mut files = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            files.push((metadata.modified()?, metadata.len(), entry.file_name()));
        }
        files.sort_unstable();
        for (_, size, file_name) in files {
            let key = file_name.to_str().and_then(parse_file_name);
            let piece = OnDisk(size.saturating_sub(CHECKSUM_BYTES));
            match key {
                Some((object, start)) if cache.pieces().lacks(&object, &(start..start + piece.0)) => {
                    let dropped = cache.pieces().insert(&object, start, piece);
                    cache.remove_files(dropped.into_iter().map(|(key, _)| key));
                }
                // Not written completely, larger than the capacity, or not a piece.
                _ => drop(fs::remove_file(folder.join(&file_name))),
            }
        }
        Ok(cache)
    }

    /// The piece that contains a range, and the offset at which it begins.
    pub(super) fn get(&self, object: &Arc<str>, range: &Range<u64>) -> Option<(u64, OwnedBytes)> {
        let start = self.pieces().get(object, range)?.0;
        let read = fs::read(self.path(object, start)).ok().and_then(checked);
        match read {
            Some(bytes) if range.end <= start + bytes.len() as u64 => Some((start, OwnedBytes::new(bytes))),
            _ => {
                let key = (Arc::clone(object), start);
                self.pieces().remove(&key);
                self.remove_files([key]);
                None
            }
        }
    }

    /// Keeps a piece, if it fits and can be written.
    pub(super) fn insert(&self, object: &Arc<str>, start: u64, bytes: &[u8]) {
        let length = bytes.len() as u64;
        if !self.pieces().lacks(object, &(start..start + length)) || self.write(object, start, bytes).is_err() {
            return;
        }
        let dropped = self.pieces().insert(object, start, OnDisk(length));
        self.remove_files(dropped.into_iter().map(|(key, _)| key));
    }

    fn write(&self, object: &Arc<str>, start: u64, bytes: &[u8]) -> io::Result<()> {
        let partial = self.folder.join(format!("{}{PARTIAL_SUFFIX}", Ulid::generate()));
        let mut content = Vec::with_capacity(bytes.len() + CHECKSUM_BYTES as usize);
        content.extend_from_slice(bytes);
        content.extend_from_slice(&crc32fast::hash(bytes).to_le_bytes());
        let written = fs::write(&partial, &content).and_then(|()| fs::rename(&partial, self.path(object, start)));
        if written.is_err() {
            let _ = fs::remove_file(&partial);
        }
        written
    }

    fn remove_files(&self, keys: impl IntoIterator<Item = PieceKey>) {
        for (object, start) in keys {
            let _ = fs::remove_file(self.path(&object, start));
        }
    }

    fn path(&self, object: &str, start: u64) -> PathBuf {
        self.folder.join(format!("{}@{start}", utf8_percent_encode(object, NON_ALPHANUMERIC)))
    }

    fn pieces(&self) -> MutexGuard<'_, BoundedPieces<OnDisk>> {
        self.pieces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn parse_file_name(name: &str) -> Option<PieceKey> {
    let (object, start) = name.split_once('@')?;
    Some((percent_decode_str(object).decode_utf8().ok()?.into(), start.parse().ok()?))
}

/// The piece in a file's content, if its checksum is right.
fn checked(mut content: Vec<u8>) -> Option<Vec<u8>> {
    let (bytes, checksum) = content.split_last_chunk::<{ CHECKSUM_BYTES as usize }>()?;
    if crc32fast::hash(bytes).to_le_bytes() != *checksum {
        return None;
    }
    content.truncate(content.len() - CHECKSUM_BYTES as usize);
    Some(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object() -> Arc<str> {
        Arc::from("größe/splits/01J.split")
    }

    fn read(cache: &DiskCache, range: Range<u64>) -> Option<Vec<u8>> {
        let (start, bytes) = cache.get(&object(), &range)?;
        Some(bytes[(range.start - start) as usize..(range.end - start) as usize].to_vec())
    }

    fn files(folder: &Path) -> Vec<PathBuf> {
        fs::read_dir(folder).expect("listed").map(|entry| entry.expect("read").path()).collect()
    }

    #[test]
    fn pieces_outlive_the_process_within_the_capacity() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = DiskCache::open(folder.path(), 30).expect("opened");
        for start in [0, 10, 20] {
            cache.insert(&object(), start, &[start as u8; 10]);
        }
        drop(cache);
        fs::write(folder.path().join("01J.part"), "half").expect("written");
        let cache = DiskCache::open(folder.path(), 30).expect("opened again");
        assert_eq!(read(&cache, 11..13), Some(vec![10; 2]));
        assert_eq!(files(folder.path()).len(), 3, "the partial file is removed");
        cache.insert(&object(), 40, &[40; 1]);
        assert_eq!(files(folder.path()).len(), 3, "one byte over the capacity: a piece is evicted");
        assert_eq!(read(&cache, 11..13), Some(vec![10; 2]));
        drop(cache);
        let cache = DiskCache::open(folder.path(), 9).expect("opened again");
        assert_eq!(files(folder.path()).len(), 1, "a smaller capacity");
        assert_eq!(read(&cache, 11..13), None);
    }

    #[test]
    fn damaged_files_are_misses() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = DiskCache::open(folder.path(), 1000).expect("opened");
        for damage in [&b"0123456789abc!"[..], b"", b"01", b"0123456789"] {
            cache.insert(&object(), 0, b"0123456789");
            assert_eq!(read(&cache, 2..4), Some(b"23".to_vec()));
            fs::write(&files(folder.path())[0], damage).expect("written");
            assert_eq!(read(&cache, 2..4), None, "{damage:?}");
            assert!(files(folder.path()).is_empty());
        }
        cache.insert(&object(), 0, b"0123456789");
        fs::remove_file(&files(folder.path())[0]).expect("removed");
        assert_eq!(read(&cache, 2..4), None);
    }
}
