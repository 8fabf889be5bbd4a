//! An open split: its footer is in memory, its data is read on demand.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value as Json;
use tantivy::directory::OwnedBytes;

use super::Footer;
use crate::manifest::Deletes;
use crate::range_map::RangeMap;

/// An open split.
#[derive(Debug)]
pub(crate) struct OpenSplit {
    object: Arc<str>,
    footer: Footer,
    files: HashMap<PathBuf, Range<u64>>,
    /// The ranges of which the footer has copies, or all of the data.
    hot: RangeMap<OwnedBytes>,
}

impl OpenSplit {
    /// A split whose data is read on demand. `object` is its key.
    pub(crate) fn new(object: Arc<str>, mut footer: Footer) -> Self {
        let files = footer.files.iter().map(|(name, range)| (PathBuf::from(name), range.clone())).collect();
        let mut hot = RangeMap::default();
        for (range, bytes) in std::mem::take(&mut footer.hot) {
            hot.insert(range.start, bytes);
        }
        OpenSplit { object, footer, files, hot }
    }

    /// Adds all of the data, so that nothing is read on demand.
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

    /// The segment's UUID, with which the names of its files begin.
    pub(crate) fn segment_id(&self) -> String {
        self.footer.segment["segment_id"].as_str().unwrap_or_default().replace('-', "")
    }

    pub(crate) fn file_names(&self) -> impl Iterator<Item = &Path> {
        self.files.keys().map(PathBuf::as_path)
    }

    /// The range in the split's data of one of the segment's files.
    pub(crate) fn file_range(&self, name: &Path) -> Option<Range<u64>> {
        self.files.get(name).cloned()
    }

    /// The bytes of a range, if the footer has a copy of them.
    pub(crate) fn hot_bytes(&self, range: &Range<u64>) -> Option<OwnedBytes> {
        self.hot.get(range)
    }

    /// Whether all of the data is in memory.
    pub(crate) fn is_whole(&self) -> bool {
        self.hot.piece(&(0..self.footer.data_bytes)).is_some()
    }
}

/// An open split with its deletes, if it has any: the manifest's entry, and the object's content.
#[derive(Debug, Clone)]
pub(crate) struct LiveSplit {
    pub(crate) split: Arc<OpenSplit>,
    pub(crate) deletes: Option<(Deletes, OwnedBytes)>,
}
