//! Floats of 16 bits.

/// The nearest float of 16 bits; infinite beyond the largest, 65504.
pub(super) fn half_float(value: f64) -> f64 {
    let single = f64::from(value as f32);
    if single == 0.0 || !single.is_finite() {
        return single;
    }
    // Eleven digits of a mantissa, and exponents from -14; below, steps of 2^-24.
    let exponent = single.abs().log2().floor().max(-14.0);
    let step = 2.0_f64.powf(exponent - 10.0);
    let rounded = (single / step).round_ties_even() * step;
    if rounded.abs() > 65_504.0 { f64::INFINITY.copysign(single) } else { rounded }
}

#[cfg(test)]
mod tests {
    use super::half_float;

    #[test]
    fn values_are_rounded_to_eleven_binary_digits() {
        for (value, expected) in [
            (0.1, 0.099_975_585_937_5),
            (1.0, 1.0),
            (2049.0, 2048.0),
            (2051.0, 2052.0),
            (65_504.0, 65_504.0),
            (65_519.0, 65_504.0),
            (65_520.0, f64::INFINITY),
            (-70_000.0, f64::NEG_INFINITY),
            (1e-8, 0.0),
            (5.960_464_477_539_063e-8, 5.960_464_477_539_063e-8),
            (-0.3333, -0.333_251_953_125),
        ] {
            assert_eq!(half_float(value), expected, "{value}");
        }
    }
}
