//! Numbers in JSON, as they are or in strings.

use serde_json::Value as Json;

/// A number in JSON, or a string that contains one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Number {
    /// The nearest float. Infinite if a string is beyond all floats.
    pub(super) float: f64,
    /// The number without its fraction; `None` beyond 64 bits. That of a string is exact, also where floats are not.
    pub(super) whole: Option<i64>,
    /// The same as an unsigned number; `None` if it is negative or beyond 64 bits.
    pub(super) unsigned: Option<u64>,
}

impl Number {
    /// `None` if it is neither a number nor a string that contains one.
    pub(super) fn from_json(json: &Json) -> Option<Self> {
        match json {
            Json::Number(number) => match number.as_i64() {
                Some(integer) => Some(Number::from(integer)),
                // An integer of 64 bits without a sign is beyond those with one, even if its float is not.
                None if number.is_u64() => {
                    Some(Number { float: number.as_f64()?, whole: None, unsigned: number.as_u64() })
                }
                None => number.as_f64().map(|float| Number {
                    float,
                    whole: truncated(float),
                    unsigned: truncated_unsigned(float),
                }),
            },
            Json::String(text) => Number::from_text(text),
            _ => None,
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        if let Ok(integer) = text.parse::<i64>() {
            return Some(Number::from(integer));
        }
        let float = text.parse::<f64>().ok()?;
        // Without digits it is a word such as `NaN`.
        text.contains(|character: char| character.is_ascii_digit()).then(|| {
            let whole = whole_part(text);
            Number {
                float,
                whole: whole.and_then(|whole| i64::try_from(whole).ok()),
                unsigned: whole.and_then(|whole| u64::try_from(whole).ok()),
            }
        })
    }

    /// Whether it has a fraction, as far as floats can tell: beyond 2^53 they have none, and clients expect the fraction of a
    /// string to be ignored there.
    pub(super) fn has_fraction(self) -> bool {
        self.float.is_finite() && self.float.fract() != 0.0
    }
}

impl From<i64> for Number {
    fn from(integer: i64) -> Self {
        Number { float: integer as f64, whole: Some(integer), unsigned: u64::try_from(integer).ok() }
    }
}

/// The float without its fraction. 2^63 is the nearest float of the largest integer, and becomes that.
fn truncated(float: f64) -> Option<i64> {
    let limit = 2.0_f64.powi(63);
    (-limit..=limit).contains(&float).then_some(float as i64)
}

/// The same as an unsigned integer.
fn truncated_unsigned(float: f64) -> Option<u64> {
    let is_held = float > -1.0 && float < 2.0_f64.powi(64);
    is_held.then_some(float as u64)
}

/// The exact integer before the decimal point of a decimal number such as `-12.5e3`; `None` beyond 64 bits without a sign.
fn whole_part(decimal: &str) -> Option<i128> {
    let (mantissa, exponent) = decimal.split_once(['e', 'E']).unwrap_or((decimal, "0"));
    // An exponent beyond 64 bits moves the point past all digits, as half of the largest one does.
    let extreme = if exponent.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 };
    let exponent = exponent.parse().unwrap_or(extreme);
    let is_negative = mantissa.starts_with('-');
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let whole = whole.trim_start_matches(['+', '-']);
    let mut digits = whole.bytes().chain(fraction.bytes()).map(|digit| i128::from(digit - b'0'));

    let mut remaining = (whole.len() as i64).saturating_add(exponent);
    let mut value: i128 = 0;
    while remaining > 0 {
        value = match digits.next() {
            Some(digit) => value * 10 + digit,
            None if value == 0 => break,
            None => value * 10,
        };
        if value > i128::from(u64::MAX) {
            return None;
        }
        remaining -= 1;
    }
    Some(if is_negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn integers_in_strings_are_exact() {
        let max = i64::MAX;
        for (text, expected) in [
            ("4115420654264075766.1", Some(4_115_420_654_264_075_766)),
            ("-4115420654264075766.9", Some(-4_115_420_654_264_075_766)),
            ("4.1154206542640757661e18", Some(4_115_420_654_264_075_766)),
            ("41154206542640757661E-1", Some(4_115_420_654_264_075_766)),
            ("9223372036854775807.5", Some(max)),
            ("-9223372036854775808.5", Some(i64::MIN)),
            ("9223372036854775808", None),
            ("-9223372036854775809", None),
            ("1e19", None),
            ("1e309", None),
            ("1e-400", Some(0)),
            ("0e99999999999999999999", Some(0)),
            ("1e99999999999999999999", None),
            ("1e-99999999999999999999", Some(0)),
            ("000000000000000000000000012.5", Some(12)),
            ("1.", Some(1)),
            (".5", Some(0)),
            ("-0.5", Some(0)),
            ("+5.5", Some(5)),
            ("12e1", Some(120)),
        ] {
            assert_eq!(Number::from_text(text).expect(text).whole, expected, "{text}");
        }
    }

    #[test]
    fn floats_in_json_are_the_nearest_integers() {
        let whole = |json| Number::from_json(&json).expect("a number").whole;
        assert_eq!(whole(json!(4_115_420_654_264_075_766.1)), Some(4_115_420_654_264_075_776));
        assert_eq!(whole(json!(9_223_372_036_854_775_807.0)), Some(i64::MAX));
        assert_eq!(whole(json!(-9_223_372_036_854_775_808.0)), Some(i64::MIN));
        assert_eq!(whole(json!(1e19)), None);
        assert_eq!(whole(json!(9_223_372_036_854_775_808_u64)), None);
    }

    #[test]
    fn words_are_not_numbers() {
        for text in ["", " ", "x", "NaN", "inf", "Infinity", "-infinity", "1 ", "0x10", "1_000", "1e", "--1", "1.2.3"] {
            assert_eq!(Number::from_text(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn the_whole_part_is_that_of_the_number(whole in any::<i64>(), fraction in 0..1000_u32) {
            prop_assert_eq!(whole_part(&format!("{whole}.{fraction:03}")), Some(i128::from(whole)));
            let digits = whole.unsigned_abs().to_string();
            let (first, rest) = digits.split_at(1);
            let sign = if whole < 0 { "-" } else { "" };
            let scientific = format!("{sign}{first}.{rest}{fraction:03}e{}", rest.len());
            prop_assert_eq!(whole_part(&scientific), Some(i128::from(whole)), "{}", scientific);
        }
    }
}
