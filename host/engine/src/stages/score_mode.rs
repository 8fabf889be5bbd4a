//! How the factors of several functions become one.

/// How the factors of several functions are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScoreMode {
    Multiply,
    Sum,
    /// Weighted by the functions' weights.
    Average,
    First,
    Max,
    Min,
}

/// The factor of a document, so far.
#[derive(Clone, Copy)]
pub(super) struct Combined {
    factor: f64,
    weights: f64,
    pub(super) matched: bool,
}

impl Default for Combined {
    fn default() -> Self {
        Combined { factor: 1.0, weights: 0.0, matched: false }
    }
}

impl Combined {
    pub(super) fn add(&mut self, mode: ScoreMode, factor: f64, weight: f64) {
        self.factor = match mode {
            _ if !self.matched => factor,
            ScoreMode::Multiply => self.factor * factor,
            ScoreMode::Sum | ScoreMode::Average => self.factor + factor,
            ScoreMode::First => self.factor,
            ScoreMode::Max => self.factor.max(factor),
            ScoreMode::Min => self.factor.min(factor),
        };
        self.weights += weight;
        self.matched = true;
    }

    pub(super) fn finish(&self, mode: ScoreMode) -> f64 {
        match mode {
            // Clients rely on this: if all weights are 0, it is as if no function had matched.
            ScoreMode::Sum | ScoreMode::Average if self.weights == 0.0 => 1.0,
            ScoreMode::Average => self.factor / self.weights,
            _ => self.factor,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn combine(mode: ScoreMode, entries: &[(f64, f64)]) -> f64 {
        let mut combined = Combined::default();
        for (factor, weight) in entries {
            combined.add(mode, factor * weight, *weight);
        }
        combined.finish(mode)
    }

    #[test]
    fn score_modes() {
        let entries = [(2.0, 1.0), (4.0, 3.0)];
        assert_eq!(combine(ScoreMode::Multiply, &entries), 24.0);
        assert_eq!(combine(ScoreMode::Sum, &entries), 14.0);
        assert_eq!(combine(ScoreMode::Average, &entries), 3.5);
        assert_eq!(combine(ScoreMode::First, &entries), 2.0);
        assert_eq!(combine(ScoreMode::Max, &entries), 12.0);
        assert_eq!(combine(ScoreMode::Min, &entries), 2.0);
    }

    #[test]
    fn no_match_is_one_in_every_mode() {
        for mode in [ScoreMode::Multiply, ScoreMode::Sum, ScoreMode::Average, ScoreMode::First, ScoreMode::Max] {
            assert_eq!(combine(mode, &[]), 1.0);
        }
    }

    #[test]
    fn weights_of_0_do_not_match_where_factors_are_added() {
        let entries = [(2.0, 0.0), (4.0, 0.0)];
        assert_eq!(combine(ScoreMode::Sum, &entries), 1.0);
        assert_eq!(combine(ScoreMode::Average, &entries), 1.0);
        assert_eq!(combine(ScoreMode::Multiply, &entries), 0.0);
        assert_eq!(combine(ScoreMode::Max, &entries), 0.0);
    }
}
