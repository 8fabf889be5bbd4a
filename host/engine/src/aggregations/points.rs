//! Points of batches of documents.

use tantivy::columnar::Column;
use tantivy::{SegmentReader, TantivyError, u64_to_f64};

use super::batch::Batch;
use super::failure;
use crate::Error;
use crate::plan::Planner;

/// A field of points, checked against the mapping.
pub(super) struct PointSource {
    /// The columns of latitudes and longitudes; `None` if the field is not mapped: then no document has points.
    columns: Option<(String, String)>,
}

impl PointSource {
    /// Finds the field, and announces that its columns will be read. `type_name` is that of the aggregation.
    pub(super) fn plan(planner: &Planner<'_>, field: &str, type_name: &str) -> Result<Self, Error> {
        let Some(found) = planner.field(field) else { return Ok(PointSource { columns: None }) };
        let Some((lat, lon)) = found.point_columns() else {
            return Err(failure::argument(format!(
                "field [{field}] of type [{}] is not supported for aggregation [{type_name}]",
                found.kind().type_name()
            )));
        };
        planner.warmup.column(lat);
        planner.warmup.column(lon);
        Ok(PointSource { columns: Some((lat.to_owned(), lon.to_owned())) })
    }
}

/// A field of points in one segment.
pub(super) struct PointReader {
    /// `None` where no document of the segment has a point.
    columns: Option<(Column<u64>, Column<u64>)>,
    positions: Vec<u32>,
    rows: Vec<u32>,
    lats: Vec<u64>,
    lons: Vec<u64>,
}

impl PointReader {
    pub(super) fn open(source: &PointSource, segment: &SegmentReader) -> Result<Self, Error> {
        let open = |name: &str| -> Result<Option<Column<u64>>, Error> {
            let handles = segment.fast_fields().dynamic_column_handles(name)?;
            let Some(handle) = handles.first() else { return Ok(None) };
            Ok(handle.open_u64_lenient().map_err(TantivyError::from)?)
        };
        let columns = match &source.columns {
            None => None,
            Some((lat, lon)) => open(lat)?.zip(open(lon)?),
        };
        Ok(PointReader { columns, positions: Vec::new(), rows: Vec::new(), lats: Vec::new(), lons: Vec::new() })
    }

    /// Calls `take` with the position of the document in the batch, the latitude and the longitude of each point.
    pub(super) fn for_each(&mut self, batch: Batch<'_>, mut take: impl FnMut(usize, f64, f64)) {
        let PointReader { columns, positions, rows, lats, lons } = self;
        let Some((lat, lon)) = columns else { return };
        positions.clear();
        rows.clear();
        // Both columns have a value for each point, in the order of the points.
        for (position, doc) in batch.docs.iter().enumerate() {
            let range = lat.index.value_row_ids(*doc);
            positions.extend(std::iter::repeat_n(position as u32, range.len()));
            rows.extend(range);
        }
        lats.resize(rows.len(), 0);
        lons.resize(rows.len(), 0);
        lat.values.get_vals(rows, lats);
        lon.values.get_vals(rows, lons);
        for (position, (lat, lon)) in positions.iter().zip(lats.iter().zip(lons.iter())) {
            take(*position as usize, u64_to_f64(*lat), u64_to_f64(*lon));
        }
    }
}
