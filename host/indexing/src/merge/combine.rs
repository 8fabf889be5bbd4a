//! Combines several splits into one.

use std::path::Path;

use bytes::Bytes;
use quidditch_index::format::{Split, SplitEntry};
use quidditch_index::{IndexError, Mapping, SplitId};
use tantivy::directory::{ManagedDirectory, RamDirectory};
use tantivy::fieldnorm::{FieldNormReaders, FieldNormsSerializer};
use tantivy::index::SegmentComponent;
use tantivy::indexer::merge_filtered_segments;
use tantivy::schema::Schema;
use tantivy::{Directory, Index, IndexSettings, Segment, TantivyError};

use crate::new_split::new_split;
use crate::whole_split::{open_whole, write_file};

/// Combines splits. The new split contains their documents that are not deleted, in the same order.
///
/// # Errors
/// [`IndexError::Search`].
pub(super) fn combine(id: SplitId, mapping: &Mapping, splits: Vec<Split>) -> Result<(SplitEntry, Bytes), IndexError> {
    let mut segments = Vec::with_capacity(splits.len());
    for split in splits {
        let (index, directory) = open_whole(mapping, split)?;
        for segment in index.searchable_segments()? {
            complete_field_norms(&mapping.schema(), &segment, &directory)?;
            segments.push(segment);
        }
    }
    let directory = RamDirectory::create();
    let unfiltered = segments.iter().map(|_| None).collect();
    let index: Index = merge_filtered_segments(&segments, IndexSettings::default(), unfiltered, directory.clone())?;
    // Frees memory for the new split.
    drop(segments);
    new_split(id, mapping, &index, &directory)
}

/// Adds the field norms (lengths of texts) of fields that do not have any, because the split is older than they are. tantivy
/// only merges segments that have the norms of all fields.
fn complete_field_norms(schema: &Schema, segment: &Segment, directory: &RamDirectory) -> Result<(), IndexError> {
    let read = |error: std::io::Error| TantivyError::from(error);
    let file = segment.open_read(SegmentComponent::FieldNorms).map_err(TantivyError::from)?;
    let norms = FieldNormReaders::open(file)?;
    let norms = norms.get_inner_file();
    let fields: Vec<_> = schema
        .fields()
        .filter(|(_, entry)| entry.is_indexed() && entry.has_fieldnorms())
        .map(|(field, _)| (field, norms.open_read(field)))
        .collect();
    if fields.iter().all(|(_, norms)| norms.is_some()) {
        return Ok(());
    }
    let path = Path::new("norms");
    let complete = RamDirectory::create();
    // This adds tantivy's footer.
    let managed = ManagedDirectory::wrap(Box::new(complete.clone()))?;
    let mut serializer =
        FieldNormsSerializer::from_write(managed.open_write(path).map_err(TantivyError::from)?).map_err(read)?;
    let none = vec![0; segment.meta().max_doc() as usize];
    for (field, norms) in fields {
        match norms {
            Some(norms) => serializer.serialize_field(field, &norms.read_bytes().map_err(read)?).map_err(read)?,
            None => serializer.serialize_field(field, &none).map_err(read)?,
        }
    }
    serializer.close().map_err(read)?;
    let content = complete.open_read(path).map_err(TantivyError::from)?.read_bytes().map_err(read)?;
    write_file(directory, &segment.relative_path(SegmentComponent::FieldNorms), &content)
}
