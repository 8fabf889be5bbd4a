//! Which splits a search can skip.

use std::ops::Bound;

use crate::FieldValue;
use crate::manifest::{ColumnRange, SplitEntry};

/// The ranges of values in a split, as far as the manifest tells.
#[derive(Debug, Clone, Copy)]
pub struct SplitValues<'a>(pub(crate) &'a SplitEntry);

impl SplitValues<'_> {
    /// Whether a column may have a value between two bounds. False for a column without a range in the manifest, as the split
    /// has no values in it: do not ask for columns that never have one, which are those of texts, keywords and booleans.
    pub fn may_have(&self, column: &str, lower: &Bound<FieldValue>, upper: &Bound<FieldValue>) -> bool {
        match self.0.ranges.get(column) {
            None => false,
            Some(ColumnRange::Integers { min, max }) => {
                overlaps((*min, *max), map(lower, integer), map(upper, integer))
            }
            Some(ColumnRange::Floats { min, max }) => overlaps((*min, *max), map(lower, float), map(upper, float)),
        }
    }

    /// The least and the greatest value of a column, as floats; `None` if the split has no values in it. As for
    /// [`SplitValues::may_have`], the column must be one of numbers, dates or coordinates.
    pub fn extent(&self, column: &str) -> Option<(f64, f64)> {
        self.0.ranges.get(column).map(|range| match range {
            ColumnRange::Integers { min, max } => (*min as f64, *max as f64),
            ColumnRange::Floats { min, max } => (*min, *max),
        })
    }

    /// Whether there may be a document with this `_id`. True if the manifest has no range of ids.
    pub fn may_have_id(&self, id: &str) -> bool {
        self.0.ids.as_ref().is_none_or(|range| range.min.as_str() <= id && id <= range.max.as_str())
    }
}

fn integer(value: &FieldValue) -> Option<i64> {
    match value {
        FieldValue::Integer(value) | FieldValue::Date(value) => Some(*value),
        _ => None,
    }
}

fn float(value: &FieldValue) -> Option<f64> {
    match value {
        FieldValue::Float(value) => Some(*value),
        _ => None,
    }
}

/// Converts a bound; one that cannot be compared with the column is dropped.
fn map<T>(bound: &Bound<FieldValue>, convert: fn(&FieldValue) -> Option<T>) -> Bound<T> {
    match bound {
        Bound::Included(value) => convert(value).map_or(Bound::Unbounded, Bound::Included),
        Bound::Excluded(value) => convert(value).map_or(Bound::Unbounded, Bound::Excluded),
        Bound::Unbounded => Bound::Unbounded,
    }
}

fn overlaps<T: PartialOrd>((min, max): (T, T), lower: Bound<T>, upper: Bound<T>) -> bool {
    let reaches_lower = match lower {
        Bound::Included(lower) => max >= lower,
        Bound::Excluded(lower) => max > lower,
        Bound::Unbounded => true,
    };
    let reaches_upper = match upper {
        Bound::Included(upper) => min <= upper,
        Bound::Excluded(upper) => min < upper,
        Bound::Unbounded => true,
    };
    reaches_lower && reaches_upper
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_equal_to_min_or_max_overlap_only_if_included() {
        let range = (3, 7);
        assert!(overlaps(range, Bound::Included(7), Bound::Unbounded));
        assert!(!overlaps(range, Bound::Excluded(7), Bound::Unbounded));
        assert!(overlaps(range, Bound::Excluded(6), Bound::Unbounded));
        assert!(overlaps(range, Bound::Unbounded, Bound::Included(3)));
        assert!(!overlaps(range, Bound::Unbounded, Bound::Excluded(3)));
        assert!(!overlaps(range, Bound::Included(8), Bound::Included(9)));
        assert!(overlaps(range, Bound::Included(4), Bound::Included(5)));
        assert!(overlaps(range, Bound::Unbounded, Bound::Unbounded));
    }
}
