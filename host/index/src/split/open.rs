//! A split, opened: its footer is here, and its data where it lies.

use std::collections::HashMap;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value as Json;
use tantivy::HasLen;
use tantivy::directory::{FileHandle, OwnedBytes};

use super::Footer;
use crate::manifest::Deletes;
use crate::reading::{Need, RangeMap, read};

/// A split, opened.
#[derive(Debug)]
pub(crate) struct OpenSplit {
    object: Arc<str>,
    footer: Footer,
    files: HashMap<PathBuf, Range<u64>>,
    /// What the footer has copies of, or all of the data.
    hot: RangeMap<OwnedBytes>,
}

impl OpenSplit {
    /// A split whose data are read when they are needed. `object` is its key.
    pub(crate) fn new(object: Arc<str>, mut footer: Footer) -> Self {
        let files = footer.files.iter().map(|(name, range)| (PathBuf::from(name), range.clone())).collect();
        let mut hot = RangeMap::default();
        for (range, bytes) in std::mem::take(&mut footer.hot) {
            hot.insert(range.start, bytes);
        }
        OpenSplit { object, footer, files, hot }
    }

    /// The same split with all of its data here.
    pub(crate) fn with_data(mut self, data: OwnedBytes) -> Self {
        self.hot.insert(0, data);
        self
    }

    /// Key of the object.
    pub(crate) fn object(&self) -> &Arc<str> {
        &self.object
    }

    pub(crate) fn footer(&self) -> &Footer {
        &self.footer
    }

    /// tantivy's description of the segment.
    pub(crate) fn segment(&self) -> &Json {
        &self.footer.segment
    }

    /// The segment's UUID, as the names of its files begin.
    pub(crate) fn segment_id(&self) -> String {
        self.footer.segment["segment_id"].as_str().unwrap_or_default().replace('-', "")
    }

    pub(crate) fn file_names(&self) -> impl Iterator<Item = &Path> {
        self.files.keys().map(PathBuf::as_path)
    }

    /// One of the segment's files.
    pub(crate) fn file(self: &Arc<Self>, name: &Path) -> Option<SplitFile> {
        let place = self.files.get(name)?.clone();
        Some(SplitFile { split: Arc::clone(self), place })
    }

    /// Whether all of the data is here.
    pub(crate) fn is_whole(&self) -> bool {
        self.hot.piece(&(0..self.footer.data_bytes)).is_some()
    }
}

/// An opened split with its deletes, if it has any: what they are, and the object's content.
#[derive(Debug, Clone)]
pub(crate) struct LiveSplit {
    pub(crate) split: Arc<OpenSplit>,
    pub(crate) deletes: Option<(Deletes, OwnedBytes)>,
}

/// A file of a split, for tantivy.
#[derive(Debug)]
pub(crate) struct SplitFile {
    split: Arc<OpenSplit>,
    /// Where it lies in the split's data.
    place: Range<u64>,
}

impl SplitFile {
    fn read(&self, range: Range<usize>, need: Need) -> io::Result<OwnedBytes> {
        let place = self.place.start + range.start as u64..self.place.start + range.end as u64;
        if place.is_empty() {
            return Ok(OwnedBytes::empty());
        }
        if place.end > self.place.end {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match self.split.hot.get(&place) {
            Some(bytes) => Ok(bytes),
            None => read(&self.split, place, need),
        }
    }
}

impl HasLen for SplitFile {
    fn len(&self) -> usize {
        (self.place.end - self.place.start) as usize
    }
}

#[async_trait]
impl FileHandle for SplitFile {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        self.read(range, Need::Now)
    }

    /// tantivy reads asynchronously only to have things at hand: nothing waits for them.
    async fn read_bytes_async(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        self.read(range, Need::Likely)
    }
}
