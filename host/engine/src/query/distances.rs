//! How far the values of documents are from an origin.

use quidditch_expression::DistanceFrom;
use tantivy::{DocId, SegmentReader};

use crate::Error;
use crate::columns::{ColumnSource, FloatReader, PointReader, PointSource};

/// Values of documents, and the origin.
pub(super) enum Distances {
    /// Numbers or dates.
    Numbers { column: ColumnSource, origin: f64 },
    /// Points, whose distances are in metres.
    Points { source: PointSource, origin: DistanceFrom },
}

/// The values of a segment's documents, and the origin.
pub(super) enum SegmentDistances {
    Numbers { values: Box<FloatReader>, origin: f64 },
    Points { points: Box<PointReader>, origin: DistanceFrom },
}

impl Distances {
    pub(super) fn open(&self, segment: &SegmentReader) -> Result<SegmentDistances, Error> {
        Ok(match self {
            Distances::Numbers { column, origin } => {
                SegmentDistances::Numbers { values: Box::new(FloatReader::open(column, segment)?), origin: *origin }
            }
            Distances::Points { source, origin } => {
                SegmentDistances::Points { points: Box::new(PointReader::open(source, segment)?), origin: *origin }
            }
        })
    }
}

impl SegmentDistances {
    /// Calls `document` with the distances of each document, of which there may be none.
    pub(super) fn of_each(&mut self, docs: &[DocId], mut document: impl FnMut(&[f64])) -> Result<(), Error> {
        let mut distances = Vec::new();
        match self {
            SegmentDistances::Numbers { values, origin } => {
                let values = values.gather(docs)?;
                for position in 0..docs.len() {
                    distances.clear();
                    distances.extend(values.of(position).iter().map(|value| (value - *origin).abs()));
                    document(&distances);
                }
            }
            SegmentDistances::Points { points, origin } => {
                let points = points.gather(docs)?;
                for position in 0..docs.len() {
                    distances.clear();
                    distances.extend(points.of(position).map(|(lat, lon)| origin.metres(lat, lon)));
                    document(&distances);
                }
            }
        }
        Ok(())
    }
}
