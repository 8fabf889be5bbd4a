//! Texts of floats.

/// A float as Java's `Double.toString` writes it: `1.1`, `1000.0`, `1.0E20`, `NaN`, `-Infinity`.
pub fn float_text(float: f64) -> String {
    let magnitude = float.abs();
    if magnitude.is_infinite() {
        return if float > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if magnitude == 0.0 || (1e-3..1e7).contains(&magnitude) {
        return format!("{float:?}");
    }
    let scientific = format!("{float:E}");
    // Two digits at least, and of these the nearest ones.
    if scientific.contains('.') { scientific } else { format!("{float:.1E}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_java_does() {
        for (value, text) in [
            (0.0, "0.0"),
            (3.0, "3.0"),
            (-5.5, "-5.5"),
            (0.001, "0.001"),
            (0.00099, "9.9E-4"),
            (9_999_999.0, "9999999.0"),
            (1e7, "1.0E7"),
            (12_345_678.5, "1.23456785E7"),
            (1e-5, "1.0E-5"),
            (2e23, "2.0E23"),
            (5e-324, "4.9E-324"),
            (1_706_745_600_000.0, "1.7067456E12"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(float_text(value), text);
        }
    }
}
