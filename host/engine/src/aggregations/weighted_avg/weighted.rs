//! Sums of weights and of weighted values.

use serde::{Deserialize, Serialize};

use super::super::sum::Sum;

/// Sums of weights, and of values times weights.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Weighted {
    pub(super) sum: Sum,
    pub(super) weights: Sum,
}

impl Weighted {
    pub(super) fn average(&self) -> f64 {
        self.sum.value() / self.weights.value()
    }
}
