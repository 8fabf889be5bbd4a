//! The greatest factor that the functions of a clause can have together.

use super::score_mode::ScoreMode;

/// Which documents a function applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Applies {
    ToAll,
    ToSome,
}

/// The greatest factor that functions can have together.
pub(super) struct FactorBound {
    mode: ScoreMode,
    factor: Option<f64>,
    /// Whether a document may match none of the functions, or only those without weight: then its factor is 1.
    may_be_one: bool,
}

impl FactorBound {
    pub(super) fn new(mode: ScoreMode) -> Self {
        FactorBound { mode, factor: None, may_be_one: true }
    }

    /// Adds a function with this greatest factor.
    pub(super) fn add(&mut self, factor: f64, weight: f64, applies: Applies) {
        let weighted = match factor * weight {
            weighted if weight < 0.0 || weighted.is_nan() => f64::INFINITY,
            weighted => weighted,
        };
        let own = match self.mode {
            // Where it does not match, the others are multiplied alone.
            ScoreMode::Multiply if applies == Applies::ToSome => weighted.max(1.0),
            // The average of factors is not more than the greatest of them, except by rounding.
            ScoreMode::Average if weight > 0.0 => factor * (1.0 + 1e-12),
            _ => weighted,
        };
        self.factor = Some(match (self.factor, self.mode) {
            (None, _) => own,
            (Some(others), ScoreMode::Multiply) => match others * own {
                product if product.is_nan() => f64::INFINITY,
                product => product,
            },
            (Some(others), ScoreMode::Sum) => others + own,
            (Some(others), _) => others.max(own),
        });
        self.may_be_one &= applies == Applies::ToSome || weight == 0.0;
    }

    pub(super) fn factor(&self) -> f64 {
        match self.factor {
            None => 1.0,
            Some(factor) if self.may_be_one => factor.max(1.0),
            Some(factor) => factor,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::score_mode::Combined;
    use super::*;

    const MODES: [ScoreMode; 6] =
        [ScoreMode::Multiply, ScoreMode::Sum, ScoreMode::Average, ScoreMode::First, ScoreMode::Max, ScoreMode::Min];

    proptest! {
        #[test]
        fn no_factor_is_above_the_bound(
            entries in prop::collection::vec((0.0..4.0_f64, 0.0..3.0_f64, any::<bool>(), any::<bool>()), 0..4),
            mode in prop::sample::select(&MODES[..])
        ) {
            let mut bound = FactorBound::new(mode);
            let mut combined = Combined::default();
            for (factor, weight, is_filtered, matches) in entries {
                bound.add(factor, weight, if is_filtered { Applies::ToSome } else { Applies::ToAll });
                if matches || !is_filtered {
                    combined.add(mode, factor * weight, weight);
                }
            }
            prop_assert!(combined.finish(mode) <= bound.factor() * (1.0 + 1e-12));
        }
    }
}
