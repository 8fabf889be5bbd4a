//! The sum of points, from which their average is computed.

use serde::{Deserialize, Serialize};

use super::super::sum::Sum;

/// The sum of points.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct PointSum {
    pub(crate) count: u64,
    pub(in super::super) lat: Sum,
    pub(in super::super) lon: Sum,
}

impl PointSum {
    pub(crate) fn average(&self) -> (f64, f64) {
        let count = self.count as f64;
        (self.lat.value() / count, self.lon.value() / count)
    }
}
