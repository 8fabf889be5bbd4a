//! Writes one split.

use std::collections::BTreeMap;
use std::path::PathBuf;

use bytes::Bytes;
use tantivy::columnar::Column;
use tantivy::directory::RamDirectory;
use tantivy::{Directory, Index, SegmentReader, SingleSegmentIndexWriter, TantivyDocument, TantivyError};
use ulid::Ulid;

use crate::manifest::{ColumnRange, IdRange, SplitEntry};
use crate::mapping::ID;
use crate::split::build_split;
use crate::{FieldKind, IndexError, Mapping};

/// After how many documents memory is measured: measuring looks at every column.
const DOCUMENTS_BETWEEN_MEASURES: u32 = 256;

/// A split that is being written, in memory.
pub(super) struct SplitWriter {
    writer: SingleSegmentIndexWriter,
    directory: RamDirectory,
    documents: u32,
    /// Number of fields of the mapping that it was begun with.
    fields: usize,
    source_bytes: usize,
    /// Of the index structures, when it was last measured.
    measured_bytes: usize,
}

impl SplitWriter {
    pub(super) fn new(mapping: &Mapping, memory_bytes: usize) -> Result<Self, IndexError> {
        let directory = RamDirectory::create();
        let writer = Index::builder()
            .schema(mapping.schema())
            .tokenizers(mapping.analysis().tokenizers(mapping.analyzer_names()))
            .single_segment_index_writer(directory.clone(), memory_bytes)?;
        let fields = mapping.fields().len();
        Ok(SplitWriter { writer, directory, documents: 0, fields, source_bytes: 0, measured_bytes: 0 })
    }

    pub(super) fn fields(&self) -> usize {
        self.fields
    }

    pub(super) fn documents(&self) -> u32 {
        self.documents
    }

    /// Memory that it needs, in bytes: the index structures, and no more than this for the sources, which are compressed.
    pub(super) fn memory_bytes(&self) -> usize {
        self.measured_bytes + self.source_bytes
    }

    pub(super) fn add(&mut self, document: TantivyDocument, source_bytes: usize) -> Result<(), IndexError> {
        self.writer.add_document(document)?;
        self.documents += 1;
        self.source_bytes += source_bytes;
        if self.documents.is_multiple_of(DOCUMENTS_BETWEEN_MEASURES) {
            self.measured_bytes = self.writer.mem_usage();
        }
        Ok(())
    }

    /// The split's bytes, and what the manifest is to say of it.
    pub(super) fn finish(self, mapping: &Mapping) -> Result<(SplitEntry, Bytes), IndexError> {
        let index = self.writer.finalize()?;
        let metas = index.load_metas()?;
        let segments = index.searchable_segments()?;
        let [segment] = segments.as_slice() else {
            return Err(TantivyError::InternalError(format!("{} segments in a split", segments.len())).into());
        };
        let reader = SegmentReader::open(segment)?;
        let mut paths: Vec<PathBuf> = metas.list_segment_files().into_iter().collect();
        paths.sort_unstable();
        let mut files = Vec::with_capacity(paths.len());
        for path in paths {
            // The list has every file that a segment may have.
            if self.directory.exists(&path).map_err(TantivyError::from)? {
                // As it lies there, with tantivy's own footer.
                let content = self.directory.open_read(&path).map_err(TantivyError::from)?;
                let content = content.read_bytes().map_err(TantivyError::from)?;
                files.push((path.to_string_lossy().into_owned(), content));
            }
        }
        let description = serde_json::to_value(segment.meta()).expect("a segment's description is JSON");
        let (bytes, footer) = build_split(mapping, &description, files)?;
        let entry = SplitEntry {
            id: Ulid::generate().to_string(),
            size: bytes.len() as u64,
            documents: u64::from(self.documents),
            footer,
            ranges: ranges(&reader, mapping)?,
            ids: ids(&reader)?,
            deletes: None,
        };
        Ok((entry, bytes.into()))
    }
}

/// Smallest and largest value of each numeric column that has any.
fn ranges(segment: &SegmentReader, mapping: &Mapping) -> Result<BTreeMap<String, ColumnRange>, IndexError> {
    let columns = segment.fast_fields();
    let floats = |name: &str| -> Result<Option<ColumnRange>, IndexError> {
        let column: Option<Column<f64>> = columns.column_opt(name)?.filter(|column: &Column<f64>| has_values(column));
        Ok(column.map(|column| ColumnRange::Floats { min: column.min_value(), max: column.max_value() }))
    };
    let mut ranges = BTreeMap::new();
    for field in mapping.fields() {
        match field.kind() {
            FieldKind::Long | FieldKind::Integer | FieldKind::Date { .. } => {
                let column: Option<Column<i64>> = columns.column_opt(field.name())?;
                if let Some(column) = column.filter(has_values) {
                    let range = ColumnRange::Integers { min: column.min_value(), max: column.max_value() };
                    ranges.insert(field.name().to_owned(), range);
                }
            }
            FieldKind::Double | FieldKind::Float => {
                ranges.extend(floats(field.name())?.map(|range| (field.name().to_owned(), range)));
            }
            FieldKind::GeoPoint => {
                let (lat, lon) = field.point_columns().expect("a point has columns");
                for name in [lat, lon] {
                    ranges.extend(floats(name)?.map(|range| (name.to_owned(), range)));
                }
            }
            FieldKind::Text { .. } | FieldKind::Keyword { .. } | FieldKind::Boolean => {}
        }
    }
    Ok(ranges)
}

/// Smallest and largest `_id`.
fn ids(segment: &SegmentReader) -> Result<Option<IdRange>, IndexError> {
    let index = segment.inverted_index(ID)?;
    let Some(last) = index.terms().num_terms().checked_sub(1) else { return Ok(None) };
    let id = |ordinal: usize| -> Result<String, IndexError> {
        let mut term = Vec::new();
        index.terms().ord_to_term(ordinal as u64, &mut term).map_err(TantivyError::from)?;
        Ok(String::from_utf8(term).expect("an id is text"))
    };
    Ok(Some(IdRange { min: id(0)?, max: id(last)? }))
}

fn has_values<T: PartialOrd + Copy + std::fmt::Debug + Send + Sync + 'static>(column: &Column<T>) -> bool {
    column.values.num_vals() > 0
}
