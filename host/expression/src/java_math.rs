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
