//! When two values are equal.

use serde_json::{Number, Value as Json};

/// How much scores may differ, relative to the larger: they are computed with floats, in another order.
const TOLERANCE: f64 = 1e-5;

/// Whether two numbers are equal, except for how floats are rounded.
pub(crate) fn near(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= TOLERANCE * a.abs().max(b.abs())
}

/// Whether two JSON values are equal, except for the order of keys and for how floats are rounded. Whole numbers must be equal.
pub(crate) fn equal(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => equal_numbers(a, b),
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, value)| b.get(key).is_some_and(|b| equal(value, b)))
        }
        _ => a == b,
    }
}

fn equal_numbers(a: &Number, b: &Number) -> bool {
    if let (Some(a), Some(b)) = (whole(a), whole(b)) {
        return a == b;
    }
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => near(a, b),
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
