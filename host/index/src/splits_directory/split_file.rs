//! The files of a split.

use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use tantivy::HasLen;
use tantivy::directory::{FileHandle, OwnedBytes};

use crate::reading::{Need, read};
use crate::split::OpenSplit;

/// A file of a split, for tantivy.
#[derive(Debug)]
pub(super) struct SplitFile {
    split: Arc<OpenSplit>,
    /// Its range in the split's data.
    range: Range<u64>,
}

impl SplitFile {
    /// A file of the segment; `None` if the name is unknown.
    pub(super) fn open(split: &Arc<OpenSplit>, name: &Path) -> Option<Self> {
        Some(SplitFile { split: Arc::clone(split), range: split.file_range(name)? })
    }

    fn read(&self, range: Range<usize>, need: Need) -> io::Result<OwnedBytes> {
        let in_split = self.range.start + range.start as u64..self.range.start + range.end as u64;
        if in_split.is_empty() {
            return Ok(OwnedBytes::empty());
        }
        if in_split.end > self.range.end {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match self.split.hot_bytes(&in_split) {
            Some(bytes) => Ok(bytes),
            None => read(&self.split, in_split, need),
        }
    }
}

impl HasLen for SplitFile {
    fn len(&self) -> usize {
        (self.range.end - self.range.start) as usize
    }
}

#[async_trait]
impl FileHandle for SplitFile {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        self.read(range, Need::Now)
    }

    /// tantivy reads asynchronously only to prefetch: nothing waits for the result.
    async fn read_bytes_async(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        self.read(range, Need::Likely)
    }
}
