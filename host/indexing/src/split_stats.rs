//! Statistics of a split for the manifest: ranges of values.

use std::collections::BTreeMap;

use quidditch_index::format::{ColumnRange, ID, IdRange};
use quidditch_index::{FieldKind, IndexError, Mapping};
use tantivy::columnar::Column;
use tantivy::{SegmentReader, TantivyError};

/// Smallest and largest value of each numeric column that has any.
///
/// # Errors
/// [`IndexError::Search`].
pub(crate) fn ranges(segment: &SegmentReader, mapping: &Mapping) -> Result<BTreeMap<String, ColumnRange>, IndexError> {
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
///
/// # Errors
/// [`IndexError::Search`].
pub(crate) fn id_range(segment: &SegmentReader) -> Result<Option<IdRange>, IndexError> {
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
