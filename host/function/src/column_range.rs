//! The range of a column in which a filter can match.

/// The values of a column without which a filter keeps no document.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ColumnRange {
    /// The index of the column among those that the filter requested. It has numbers or dates, which are compared as floats.
    pub column: u32,
    /// The smallest value.
    pub min: f64,
    /// The largest value. If it is less than `min`, the range consists of the values of at least `min` and those of at most `max`.
    pub max: f64,
}

impl ColumnRange {
    /// Whether the range contains a value.
    pub fn contains(&self, value: f64) -> bool {
        // Both without a branch: values of many documents are compared together.
        let (from_min, to_max) = (self.min <= value, value <= self.max);
        if self.min <= self.max { from_min & to_max } else { from_min | to_max }
    }

    /// Whether the range may contain one of the values from `least` to `greatest`.
    pub fn meets(&self, least: f64, greatest: f64) -> bool {
        if self.min <= self.max {
            self.min <= greatest && least <= self.max
        } else {
            greatest >= self.min || least <= self.max
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_included_and_a_reversed_range_wraps() {
        let range = ColumnRange { column: 0, min: -1.0, max: 2.0 };
        assert_eq!([-1.5, -1.0, 0.0, 2.0, 2.5].map(|value| range.contains(value)), [false, true, true, true, false]);
        assert!(range.meets(2.0, 9.0) && range.meets(-9.0, 9.0) && !range.meets(2.5, 9.0) && !range.meets(-9.0, -1.5));
        let around = ColumnRange { column: 0, min: 170.0, max: -170.0 };
        assert_eq!([-180.0, -170.0, 0.0, 170.0].map(|value| around.contains(value)), [true, true, false, true]);
        assert!(around.meets(160.0, 171.0) && around.meets(-171.0, 0.0) && !around.meets(-169.0, 169.0));
    }
}
