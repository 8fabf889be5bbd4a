//! The footers object: copies of the footers of many splits, so that one read opens all of them.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::SplitId;
use crate::name::splits_prefix;

/// The footers object of an index, as the manifest describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footers {
    /// Its name among the splits: `<ULID>.footers`.
    pub object: String,
    /// For each split that was part of the index when it was written: the offset of the copy of its footer in bytes. Splits that are
    /// no longer part of the index may be among them.
    pub offsets: BTreeMap<SplitId, u64>,
}

impl Footers {
    /// Its key.
    pub fn key(&self, index: &str) -> String {
        format!("{}{}", splits_prefix(index), self.object)
    }

    /// The range of the copy of a split's footer, if there is one. `length` is that of the footer in bytes.
    pub fn range(&self, split: &SplitId, length: u64) -> Option<Range<u64>> {
        let offset = *self.offsets.get(split)?;
        Some(offset..offset.checked_add(length)?)
    }
}
