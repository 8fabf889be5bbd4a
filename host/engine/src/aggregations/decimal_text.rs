//! Floats in texts and in JSON.

use serde_json::{Number, Value as Json};

/// A float as clients know it from keys of buckets: `3.0`, `0.001`, `1.0E7`.
pub(crate) fn decimal_text(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if value == 0.0 || (1e-3..1e7).contains(&value.abs()) {
        return format!("{value:?}");
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let point = if mantissa.contains('.') { "" } else { ".0" };
    format!("{mantissa}{point}E{exponent}")
}

/// A float in JSON. JSON has no infinity and nothing that is not a number: these are texts.
pub(super) fn decimal_json(value: f64) -> Json {
    Number::from_f64(value).map_or_else(|| Json::String(decimal_text(value)), Json::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_decimal_between_a_thousandth_and_ten_millions() {
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
            (1_706_745_600_000.0, "1.7067456E12"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(decimal_text(value), text);
        }
    }
}
