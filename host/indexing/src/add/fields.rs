//! Agreeing on new fields.

use std::sync::Arc;

use quidditch_index::format::Manifest;
use quidditch_index::{IndexError, Mapping};
use quidditch_storage::Storage;

use crate::commit::{Change, commit};

/// Adds the fields of `grown` to the index that it does not have. What comes back is the index's mapping then.
pub(super) async fn agree_on_fields(
    storage: &Arc<dyn Storage>,
    index: &str,
    index_id: &str,
    grown: &Mapping,
) -> Result<Mapping, IndexError> {
    let mut change = NewFields { index, index_id, grown };
    Ok(commit(storage, index, &mut change).await?.mapping)
}

struct NewFields<'a> {
    index: &'a str,
    index_id: &'a str,
    grown: &'a Mapping,
}

impl Change for NewFields<'_> {
    async fn apply(&mut self, manifest: &mut Manifest) -> Result<(), IndexError> {
        manifest.check_id(self.index_id, self.index)?;
        if manifest.mapping.is_prefix_of(self.grown) {
            manifest.mapping = self.grown.clone();
            return Ok(());
        }
        let added = manifest.mapping.add_missing(self.grown);
        added.map_err(|reason| IndexError::InvalidMapping { path: String::new(), reason })
    }
}
