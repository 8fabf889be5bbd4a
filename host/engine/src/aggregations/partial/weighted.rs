//! Sums of weights and of weighted values.

use serde::{Deserialize, Serialize};

use super::super::sum::Sum;

/// Sums of weights, and of values times weights.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Weighted {
    pub(in super::super) sum: Sum,
    pub(in super::super) weights: Sum,
}

impl Weighted {
    pub(crate) fn average(&self) -> f64 {
        self.sum.value() / self.weights.value()
    }
}
