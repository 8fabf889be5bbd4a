//! The functions of angles that distances need.
//!
//! All angles are from -pi/2 to pi/2, so the Taylor series needs no range reduction; its error is less than 1e-11. It is smaller and
//! faster than the standard library's functions.

use core::f64::consts::FRAC_PI_2;

pub(crate) fn sine(angle: f64) -> f64 {
    let square = angle * angle;
    let mut sum = 1.0 / 1_307_674_368_000.0; // 1 / 15!
    for factorial in [6_227_020_800.0, 39_916_800.0, 362_880.0, 5_040.0, 120.0, 6.0, 1.0] {
        sum = 1.0 / factorial - square * sum;
    }
    angle * sum
}

pub(crate) fn cosine(angle: f64) -> f64 {
    sine(FRAC_PI_2 - angle.abs())
}

/// The angle from 0 to pi/2 whose sine is `x`. The relative error is less than 1e-11 for small ones; for others, the error of
/// approximation 4.4.46 of Abramowitz and Stegun's handbook is less than 3e-8.
pub(crate) fn arc_sine(x: f64) -> f64 {
    if x < 0.1 {
        let square = x * x;
        let series = [5.0 / 112.0, 3.0 / 40.0, 1.0 / 6.0, 1.0];
        return x * series.iter().fold(35.0 / 1_152.0, |sum, factor| factor + square * sum);
    }
    let polynomial = [
        0.006_670_090_1,
        -0.017_088_125_6,
        0.030_891_881_0,
        -0.050_174_304_6,
        0.088_978_987_4,
        -0.214_598_801_6,
        1.570_796_305_0,
    ];
    let value = polynomial.iter().fold(-0.001_262_491_1, |sum, factor| factor + x * sum);
    FRAC_PI_2 - square_root(1.0 - x) * value
}

#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn square_root(x: f64) -> f64 {
    x.sqrt()
}

/// Without the standard library, Rust offers WebAssembly's instruction only for vectors.
#[cfg(target_arch = "wasm32")]
pub(crate) fn square_root(x: f64) -> f64 {
    use core::arch::wasm32::{f64x2_extract_lane, f64x2_splat, f64x2_sqrt};

    #[target_feature(enable = "simd128")]
    fn of_vector(x: f64) -> f64 {
        f64x2_extract_lane::<0>(f64x2_sqrt(f64x2_splat(x)))
    }
    of_vector(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_standard_library() {
        for step in -1_000..=1_000_i32 {
            let angle = FRAC_PI_2 * f64::from(step) / 1_000.0;
            assert!((sine(angle) - angle.sin()).abs() < 1e-11, "{angle}");
            assert!((cosine(angle) - angle.cos()).abs() < 1e-11, "{angle}");
            let x = f64::from(step.abs()) / 1_000.0;
            assert!((arc_sine(x) - x.asin()).abs() < 4e-8, "{x}");
        }
        assert!((arc_sine(1e-6) / 1e-6_f64.asin() - 1.0).abs() < 1e-11);
    }
}
