//! Agreeing on new fields.

use quidditch_index::format::Manifest;
use quidditch_index::{IndexError, Mapping};

use crate::commit::Change;
use crate::{IndexWriter, IndexingError};

/// Adds the fields of `grown` that the index does not have. Returns the mapping of the index with them.
pub(super) async fn agree_on_fields(
    writer: &IndexWriter,
    index_id: &str,
    grown: &Mapping,
) -> Result<Mapping, IndexingError> {
    let mut change = NewFields { index: writer.index(), index_id, grown };
    Ok(writer.commit(&mut change).await?.mapping)
}

struct NewFields<'a> {
    index: &'a str,
    index_id: &'a str,
    grown: &'a Mapping,
}

impl Change for NewFields<'_> {
    async fn apply(&mut self, manifest: &mut Manifest) -> Result<(), IndexingError> {
        manifest.check_id(self.index_id, self.index)?;
        let added = manifest.mapping.adopt_fields(self.grown);
        added.map_err(|error| IndexError::InvalidMapping { path: String::new(), reason: error.to_string() })?;
        Ok(())
    }
}
