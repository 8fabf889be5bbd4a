//! What the mode of a sort makes of the values of documents.

use tantivy::{f64_to_u64, i64_to_u64};

use super::sort_key::NANOS_PER_MILLI;
use super::sort_level::Level;
use super::sort_values::Values;
use crate::Error;
use crate::request::Mode;

/// A date in nanoseconds.
fn nanos(millis: i64) -> Result<i64, Error> {
    match millis.checked_mul(NANOS_PER_MILLI) {
        Some(nanos) if nanos >= 0 => Ok(nanos),
        _ => Err(Error::shard_argument(format!(
            "[{millis}] milliseconds cannot be converted to nanoseconds: the date must be between 1970 and 2262"
        ))),
    }
}

/// What the mode makes of integers or dates, as bits that order like it.
pub(super) fn long_bits(values: impl Iterator<Item = i64>, level: &Level) -> Result<Option<u64>, Error> {
    if level.values == Values::Nanos {
        return Ok(integer(values, level.mode).map(nanos).transpose()?.map(i64_to_u64));
    }
    Ok(integer_bits(values, level))
}

/// What the mode makes of floats, as bits that order like it.
pub(super) fn float_bits(values: impl Iterator<Item = f64>, level: &Level) -> Option<u64> {
    if level.values == Values::Long {
        return integer(values.map(|value| value as i64), level.mode).map(i64_to_u64);
    }
    float(values, level.mode).map(f64_to_u64)
}

/// What the mode makes of integers, as bits that order like it.
pub(super) fn integer_bits(values: impl Iterator<Item = i64>, level: &Level) -> Option<u64> {
    if level.values == Values::Double {
        return float(values.map(|value| value as f64), level.mode).map(f64_to_u64);
    }
    integer(values, level.mode).map(|value| i64_to_u64(level.values.narrow(value)))
}

/// What the mode makes of integers. Averages are rounded to the nearest integer, halves up; sums wrap around.
fn integer(values: impl Iterator<Item = i64>, mode: Mode) -> Option<i64> {
    let mean = |total: f64, count: usize| (total / count as f64 + 0.5).floor() as i64;
    match mode {
        Mode::Min => values.min(),
        Mode::Max => values.max(),
        Mode::Sum => values.reduce(i64::wrapping_add),
        Mode::Average => {
            let (mut count, mut sum) = (0, 0_i64);
            for value in values {
                count += 1;
                sum = sum.wrapping_add(value);
            }
            if count > 1 { Some(mean(sum as f64, count)) } else { (count == 1).then_some(sum) }
        }
        Mode::Median => {
            let mut values: Vec<i64> = values.collect();
            values.sort_unstable();
            match middle(&values)? {
                [only] => Some(*only),
                pair => Some(mean(pair.iter().map(|value| *value as f64).sum(), 2)),
            }
        }
    }
}

/// What the mode makes of floats.
pub(super) fn float(values: impl Iterator<Item = f64>, mode: Mode) -> Option<f64> {
    match mode {
        Mode::Min => values.reduce(f64::min),
        Mode::Max => values.reduce(f64::max),
        Mode::Sum | Mode::Average | Mode::Median => {
            let mut values: Vec<f64> = values.collect();
            // The order decides how a sum is rounded.
            values.sort_unstable_by(f64::total_cmp);
            let values = if mode == Mode::Median { middle(&values)? } else { &values };
            let sum = values.iter().copied().reduce(|sum, value| sum + value)?;
            Some(if mode == Mode::Sum { sum } else { sum / values.len() as f64 })
        }
    }
}

/// The middle value of a sorted list, or the two in the middle.
fn middle<T>(values: &[T]) -> Option<&[T]> {
    let last = values.len().checked_sub(1)?;
    Some(&values[last / 2..=values.len() / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_of_integers() {
        let of = |values: &[i64], mode| integer(values.iter().copied(), mode);
        let values = [5, -1, 3, 2];
        assert_eq!(of(&values, Mode::Min), Some(-1));
        assert_eq!(of(&values, Mode::Max), Some(5));
        assert_eq!(of(&values, Mode::Sum), Some(9));
        assert_eq!(of(&values, Mode::Average), Some(2));
        assert_eq!(of(&values, Mode::Median), Some(3));
        assert_eq!(of(&[-1, -2], Mode::Average), Some(-1));
        assert_eq!(of(&[4, 9, 1], Mode::Median), Some(4));
        assert_eq!(of(&[i64::MAX, 1], Mode::Sum), Some(i64::MIN));
        for mode in [Mode::Min, Mode::Max, Mode::Sum, Mode::Average, Mode::Median] {
            assert_eq!(of(&[], mode), None);
            assert_eq!(of(&[i64::MAX], mode), Some(i64::MAX));
        }
    }

    #[test]
    fn modes_of_floats() {
        let of = |values: &[f64], mode| float(values.iter().copied(), mode);
        let values = [7.0, 0.1, 0.3, 0.2];
        assert_eq!(of(&values, Mode::Sum), Some(7.6));
        assert_eq!(of(&values, Mode::Average), Some(1.9));
        assert_eq!(of(&values, Mode::Median), Some(0.25));
        assert_eq!(of(&[2.0, 1.0, 4.0], Mode::Median), Some(2.0));
        for mode in [Mode::Min, Mode::Max, Mode::Sum, Mode::Average, Mode::Median] {
            assert_eq!(of(&[], mode), None);
            assert_eq!(of(&[1.5], mode), Some(1.5));
        }
    }
}
