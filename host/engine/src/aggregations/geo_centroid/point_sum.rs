//! The sum of points, from which their average is computed.

use serde::{Deserialize, Serialize};

use super::super::sum::Sum;

/// The sum of points.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct PointSum {
    pub(super) count: u64,
    pub(super) lat: Sum,
    pub(super) lon: Sum,
}

impl PointSum {
    pub(super) fn average(&self) -> (f64, f64) {
        let count = self.count as f64;
        (self.lat.value() / count, self.lon.value() / count)
    }
}
