//! When two values are equal.

use serde_json::{Number, Value as Json};

/// How much scores may differ, relative to the larger: they are computed with floats, in another order.
const TOLERANCE: f64 = 1e-5;

/// Whether two numbers are equal, except for how floats are rounded.
pub(crate) fn near(one: f64, other: f64) -> bool {
    one == other || (one - other).abs() <= TOLERANCE * one.abs().max(other.abs())
}

/// Whether two JSON values are equal, except for the order of keys and for how floats are rounded. Whole numbers must be equal.
pub(crate) fn equal(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Number(one), Json::Number(other)) => equal_numbers(one, other),
        (Json::Array(one), Json::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| equal(one, other))
        }
        (Json::Object(one), Json::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, value)| other.get(key).is_some_and(|other| equal(value, other)))
        }
        _ => one == other,
    }
}

fn equal_numbers(one: &Number, other: &Number) -> bool {
    if let (Some(one), Some(other)) = (whole(one), whole(other)) {
        return one == other;
    }
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => near(one, other),
        _ => false,
    }
}

fn whole(number: &Number) -> Option<i128> {
    number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn floats_may_be_rounded_otherwise() {
        assert!(near(1.0, 1.000_009) && near(1e-30, 1.000_009e-30) && near(0.0, 0.0) && near(-3.0, -3.000_02));
        assert!(!near(1.0, 1.0001) && !near(0.0, 1e-30) && !near(1.0, -1.0));
    }

    #[test]
    fn whole_numbers_are_exact() {
        assert!(equal(&json!(9_007_199_254_740_993_i64), &json!(9_007_199_254_740_993_i64)));
        assert!(!equal(&json!(9_007_199_254_740_993_i64), &json!(9_007_199_254_740_992_i64)));
        assert!(equal(&json!(5), &json!(5.0)));
        assert!(!equal(&json!(5), &json!("5")));
    }

    #[test]
    fn order_counts_in_lists_but_not_in_objects() {
        assert!(equal(&json!({"a": 1, "b": [1, 2]}), &json!({"b": [1, 2], "a": 1})));
        assert!(!equal(&json!([1, 2]), &json!([2, 1])));
        assert!(!equal(&json!({"a": null}), &json!({})));
    }
}
