//! Points of a segment's documents, batch by batch.

use tantivy::{DocId, SegmentReader};

use super::floats::{FloatReader, Floats};
use super::source::ColumnSource;
use crate::Error;

/// The columns of the latitudes and longitudes of a `geo_point` field.
#[derive(Clone)]
pub(crate) struct PointSource {
    pub(crate) lat: ColumnSource,
    pub(crate) lon: ColumnSource,
}

/// A `geo_point` field of one segment.
pub(crate) struct PointReader {
    lat: FloatReader,
    lon: FloatReader,
}

impl PointReader {
    pub(crate) fn open(source: &PointSource, segment: &SegmentReader) -> Result<Self, Error> {
        let PointSource { lat, lon } = source;
        Ok(PointReader { lat: FloatReader::open(lat, segment)?, lon: FloatReader::open(lon, segment)? })
    }

    /// The points of `docs`, which ascend.
    pub(crate) fn gather(&mut self, docs: &[DocId]) -> Result<Points<'_>, Error> {
        Ok(Points { lats: self.lat.gather(docs)?, lons: self.lon.gather(docs)? })
    }
}

/// The points of one batch.
pub(crate) struct Points<'a> {
    lats: Floats<'a>,
    lons: Floats<'a>,
}

impl Points<'_> {
    /// Latitude and longitude of each point of a document, by its position in the batch.
    pub(crate) fn of(&self, position: usize) -> impl Iterator<Item = (f64, f64)> {
        self.lats.of(position).iter().copied().zip(self.lons.of(position).iter().copied())
    }
}
