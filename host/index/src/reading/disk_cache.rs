//! Ranges of splits on a local disk.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{fs, io};

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use tantivy::directory::OwnedBytes;
use ulid::Ulid;

use super::bounded_pieces::BoundedPieces;
use super::range_map::Piece;

/// Pieces of splits in a folder, one file each: the piece, and its CRC-32. It outlives the process.
///
/// Whatever goes wrong with a file, the piece is read from the store again: a cache never fails a search. One process uses a
/// folder at a time; what a second one removes, the first only misses.
#[derive(Debug)]
pub(super) struct DiskCache {
    folder: PathBuf,
    pieces: Mutex<BoundedPieces<OnDisk>>,
}

/// A piece in a file, of this many bytes without the checksum.
#[derive(Debug)]
struct OnDisk(u64);

impl Piece for OnDisk {
    fn length(&self) -> u64 {
        self.0
    }
}

const CHECKSUM_BYTES: u64 = 4;
/// What files have in their names while they are written.
const UNFINISHED: &str = ".part";

impl DiskCache {
    /// Takes what an earlier process left in the folder, up to this many bytes.
    ///
    /// # Errors
    /// The folder cannot be made or listed.
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
            let place = file_name.to_str().and_then(parse_file_name);
            let piece = OnDisk(size.saturating_sub(CHECKSUM_BYTES));
            match place {
                Some((object, start)) if cache.pieces().lacks(&object, &(start..start + piece.0)) => {
                    let gone = cache.pieces().insert(&object, start, piece);
                    cache.remove_files(gone.into_iter().map(|(place, _)| place));
                }
                // Cut off while it was written, too large for the bound, or not ours.
                _ => drop(fs::remove_file(folder.join(&file_name))),
            }
        }
        Ok(cache)
    }

    /// The piece that holds a range, and where it begins.
    pub(super) fn get(&self, object: &Arc<str>, range: &Range<u64>) -> Option<(u64, OwnedBytes)> {
        let start = self.pieces().get(object, range)?.0;
        let read = fs::read(self.path(object, start)).ok().and_then(checked);
        match read {
            Some(bytes) if range.end <= start + bytes.len() as u64 => Some((start, OwnedBytes::new(bytes))),
            _ => {
                let place = (Arc::clone(object), start);
                self.pieces().remove(&place);
                self.remove_files([place]);
                None
            }
        }
    }

    /// Keeps a piece, if there is room for it and the disk takes it.
    pub(super) fn insert(&self, object: &Arc<str>, start: u64, bytes: &[u8]) {
        let length = bytes.len() as u64;
        if !self.pieces().lacks(object, &(start..start + length)) || self.write(object, start, bytes).is_err() {
            return;
        }
        let gone = self.pieces().insert(object, start, OnDisk(length));
        self.remove_files(gone.into_iter().map(|(place, _)| place));
    }

    fn write(&self, object: &Arc<str>, start: u64, bytes: &[u8]) -> io::Result<()> {
        let unfinished = self.folder.join(format!("{}{UNFINISHED}", Ulid::generate()));
        let mut content = Vec::with_capacity(bytes.len() + CHECKSUM_BYTES as usize);
        content.extend_from_slice(bytes);
        content.extend_from_slice(&crc32fast::hash(bytes).to_le_bytes());
        let written = fs::write(&unfinished, &content).and_then(|()| fs::rename(&unfinished, self.path(object, start)));
        if written.is_err() {
            let _ = fs::remove_file(&unfinished);
        }
        written
    }

    fn remove_files(&self, places: impl IntoIterator<Item = (Arc<str>, u64)>) {
        for (object, start) in places {
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

fn parse_file_name(name: &str) -> Option<(Arc<str>, u64)> {
    let (object, start) = name.split_once('@')?;
    Some((percent_decode_str(object).decode_utf8().ok()?.into(), start.parse().ok()?))
}

/// The piece in a file's content, if that is what was once written.
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
    fn pieces_outlive_the_process_within_the_bound() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = DiskCache::open(folder.path(), 30).expect("opened");
        for start in [0, 10, 20] {
            cache.insert(&object(), start, &[start as u8; 10]);
        }
        drop(cache);
        fs::write(folder.path().join("01J.part"), "half").expect("written");
        let cache = DiskCache::open(folder.path(), 30).expect("opened again");
        assert_eq!(read(&cache, 11..13), Some(vec![10; 2]));
        assert_eq!(files(folder.path()).len(), 3, "what was not finished is gone");
        cache.insert(&object(), 40, &[40; 1]);
        assert_eq!(files(folder.path()).len(), 3, "one byte over the bound: a piece went");
        assert_eq!(read(&cache, 11..13), Some(vec![10; 2]));
        drop(cache);
        let cache = DiskCache::open(folder.path(), 9).expect("opened again");
        assert_eq!(files(folder.path()).len(), 1, "a smaller bound: what is too large for it is gone");
        assert_eq!(read(&cache, 11..13), None);
    }

    #[test]
    fn damage_is_a_miss() {
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
