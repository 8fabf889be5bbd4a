//! The functions of `Math` that differ from those of Rust.

/// `Math.max`: NaN if either is, and 0 is more than -0.
pub(crate) fn max(left: f64, right: f64) -> f64 {
    if left.is_nan() || right.is_nan() {
        f64::NAN
    } else if left == right && left == 0.0 {
        left + right
    } else {
        left.max(right)
    }
}

pub(crate) fn min(left: f64, right: f64) -> f64 {
    if left.is_nan() || right.is_nan() {
        f64::NAN
    } else if left == right && left == 0.0 {
        -(-left - right)
    } else {
        left.min(right)
    }
}

/// `Double.doubleToLongBits`: all NaN are the same.
pub(crate) fn bits_of(value: f64) -> u64 {
    if value.is_nan() { 0x7ff8_0000_0000_0000 } else { value.to_bits() }
}

/// `Double.compare`: -0 is less than 0, and NaN is more than anything else.
pub(crate) fn compare(left: f64, right: f64) -> std::cmp::Ordering {
    match (left.is_nan(), right.is_nan()) {
        (false, false) => left.total_cmp(&right),
        (left, right) => left.cmp(&right),
    }
}
