//! Keeps documents by their points.

use tantivy::{Score, SegmentReader};

use super::candidates::Candidates;
use super::stage::{Effect, SegmentStage, Stage};
use crate::Error;
use crate::columns::{PointReader, PointSource};

/// Keeps documents that have a point whose latitude and longitude meet a condition.
pub(crate) struct PointFilter<F> {
    pub(crate) source: PointSource,
    pub(crate) condition: F,
}

impl<F: Fn(f64, f64) -> bool + Clone + Send + Sync + 'static> Stage for PointFilter<F> {
    fn effect(&self) -> Effect {
        Effect::Filters
    }

    fn needs_scores(&self) -> bool {
        false
    }

    fn is_costly(&self) -> bool {
        false
    }

    fn open(&self, segment: &SegmentReader) -> Result<Box<dyn SegmentStage>, Error> {
        let points = PointReader::open(&self.source, segment)?;
        Ok(Box::new(SegmentPointFilter { points, condition: self.condition.clone() }))
    }
}

struct SegmentPointFilter<F> {
    points: PointReader,
    condition: F,
}

impl<F: Fn(f64, f64) -> bool + Send> SegmentStage for SegmentPointFilter<F> {
    fn apply(&mut self, candidates: &mut Candidates) -> Result<(), Error> {
        let points = self.points.gather(&candidates.docs)?;
        candidates.retain(|position, _| points.of(position).any(|(lat, lon)| (self.condition)(lat, lon)));
        Ok(())
    }

    fn max_score(&mut self, score: Score) -> Result<Score, Error> {
        Ok(score)
    }
}
