//! Converts JSON to values of fields.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::{Field, FieldKind};
use crate::date::{self, Rounding};
use crate::geo_point::GeoPoint;
use crate::{FieldValue, InvalidValue, ValueError};

/// Longest part of a value that an error message repeats, in characters.
const EXCERPT_CHARACTERS: usize = 60;

/// A number in JSON, or a string that contains one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    Integer(i64),
    /// A number with a fraction, or beyond 64 bits. Finite.
    Float(f64),
}

impl Field {
    /// Converts JSON of a document to a value. It must not be null, and not an array, except of a point.
    /// For `long` and `integer`, numbers with a fraction are truncated, as clients expect; unlike in [`Field::query_value`].
    ///
    /// # Errors
    /// If the JSON cannot be a value of the field.
    pub fn value_from_json(&self, json: &Json) -> Result<FieldValue, ValueError> {
        match &self.kind {
            FieldKind::Text { .. } | FieldKind::Keyword { .. } => Ok(FieldValue::Text(self.text(json)?.into_owned())),
            FieldKind::Long | FieldKind::Integer => {
                let integer = match self.number(json)? {
                    Number::Integer(integer) => Some(integer),
                    Number::Float(float) => integer_from_float(float.trunc()),
                };
                integer
                    .filter(|integer| self.holds(*integer))
                    .map(FieldValue::Integer)
                    .ok_or_else(|| self.error(InvalidValue::OutOfRange(json_excerpt(json))))
            }
            FieldKind::Double | FieldKind::Float => self
                .float(self.number(json)?)
                .map(FieldValue::Float)
                .ok_or_else(|| self.error(InvalidValue::OutOfRange(json_excerpt(json)))),
            FieldKind::Boolean => match json {
                Json::Bool(value) => Ok(FieldValue::Boolean(*value)),
                Json::String(text) if text == "true" => Ok(FieldValue::Boolean(true)),
                Json::String(text) if text == "false" || text.is_empty() => Ok(FieldValue::Boolean(false)),
                _ => Err(self.error(InvalidValue::NotABoolean(json_excerpt(json)))),
            },
            FieldKind::Date { format } => {
                let text = self.date_text(json)?;
                format.millis(&text, Rounding::Down, 0).map(FieldValue::Date).map_err(|error| self.error(error))
            }
            FieldKind::GeoPoint => {
                let point = GeoPoint::from_json(json).map_err(|error| self.error(error))?;
                Ok(FieldValue::GeoPoint { lat: point.lat, lon: point.lon })
            }
        }
    }

    /// Converts JSON of a `term` query to a value; `None` if it is valid but no document can have it, such as 1.5 in a `long`.
    /// `now_millis` is the meaning of `now` in dates. For `text` it is the term itself, not analyzed.
    ///
    /// For a `date` it is the first millisecond. Clients expect `term` to match like the range from [`RangeEdge::GreaterOrEqual`]
    /// to [`RangeEdge::LessOrEqual`] of the same text, e.g. the whole day.
    ///
    /// [`RangeEdge::GreaterOrEqual`]: crate::RangeEdge::GreaterOrEqual
    /// [`RangeEdge::LessOrEqual`]: crate::RangeEdge::LessOrEqual
    ///
    /// # Errors
    /// If the JSON cannot be compared with values of the field.
    pub fn query_value(&self, json: &Json, now_millis: i64) -> Result<Option<FieldValue>, ValueError> {
        match &self.kind {
            FieldKind::Long | FieldKind::Integer => Ok(match self.number(json)? {
                Number::Integer(integer) => Some(integer),
                Number::Float(float) if float.fract() == 0.0 => integer_from_float(float),
                Number::Float(_) => None,
            }
            .filter(|integer| self.holds(*integer))
            .map(FieldValue::Integer)),
            FieldKind::Double | FieldKind::Float => Ok(self.float(self.number(json)?).map(FieldValue::Float)),
            FieldKind::Date { format } => {
                let text = self.date_text(json)?;
                let millis = date::evaluate(&text, format, now_millis, Rounding::Down, 0);
                millis.map(|millis| Some(FieldValue::Date(millis))).map_err(|error| self.error(error))
            }
            _ => self.value_from_json(json).map(Some),
        }
    }

    /// The text of a string, number or boolean.
    ///
    /// # Errors
    /// If the JSON is an array, an object or null.
    pub fn text<'a>(&self, json: &'a Json) -> Result<Cow<'a, str>, ValueError> {
        match json {
            Json::String(text) => Ok(Cow::Borrowed(text)),
            Json::Number(number) => Ok(Cow::Owned(number.to_string())),
            Json::Bool(value) => Ok(Cow::Owned(value.to_string())),
            _ => Err(self.error(InvalidValue::NotAScalar(json_excerpt(json)))),
        }
    }

    pub(super) fn number(&self, json: &Json) -> Result<Number, ValueError> {
        let number = match json {
            Json::Number(number) => match number.as_i64() {
                Some(integer) => Some(Number::Integer(integer)),
                None => number.as_f64().map(Number::Float),
            },
            Json::String(text) => match text.parse() {
                Ok(integer) => Some(Number::Integer(integer)),
                Err(_) => text.parse().ok().filter(|float: &f64| float.is_finite()).map(Number::Float),
            },
            _ => None,
        };
        number.ok_or_else(|| self.error(InvalidValue::NotANumber(json_excerpt(json))))
    }

    /// The text of a date. The format decides what numbers mean: usually milliseconds.
    pub(super) fn date_text(&self, json: &Json) -> Result<String, ValueError> {
        match json {
            Json::String(text) => Ok(text.clone()),
            Json::Number(number) => match number.as_f64().filter(|float| number.is_f64() && float.fract() == 0.0) {
                // 1.7e12 is the same number of milliseconds as 1700000000000.
                Some(float) => Ok(format!("{float:.0}")),
                None => Ok(number.to_string()),
            },
            _ => Err(self.error(InvalidValue::NotADate(json_excerpt(json)))),
        }
    }

    /// Whether an `integer` is within 32 bits.
    pub(super) fn holds(&self, integer: i64) -> bool {
        self.kind != FieldKind::Integer || i32::try_from(integer).is_ok()
    }

    /// The number as it is stored in the field's columns; `None` if a `float` cannot hold it.
    pub(super) fn float(&self, number: Number) -> Option<f64> {
        let float = match number {
            Number::Integer(integer) => integer as f64,
            Number::Float(float) => float,
        };
        let float = if self.kind == FieldKind::Float { f64::from(float as f32) } else { float };
        // Adding zero makes -0.0 the same as 0.0.
        float.is_finite().then_some(float + 0.0)
    }
}

/// Exactly this integer, if it fits 64 bits.
fn integer_from_float(float: f64) -> Option<i64> {
    // 2^63 is representable as a float, 2^63 - 1 is not.
    let limit = 2.0_f64.powi(63);
    (-limit <= float && float < limit).then_some(float as i64)
}

/// The text of JSON for an error message: at most its first 60 characters.
pub fn json_excerpt(json: &Json) -> String {
    excerpt(&json.to_string())
}

/// A text for an error message: at most its first 60 characters.
pub fn excerpt(text: &str) -> String {
    match text.char_indices().nth(EXCERPT_CHARACTERS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "JSON literals read better without `&`")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::DateFormat;

    fn field(kind: FieldKind) -> Field {
        Field::new("f".to_owned(), kind)
    }

    fn value(kind: FieldKind, json: Json) -> Result<FieldValue, String> {
        field(kind).value_from_json(&json).map_err(|error| error.to_string())
    }

    fn query(kind: FieldKind, json: Json) -> Result<Option<FieldValue>, String> {
        field(kind).query_value(&json, 0).map_err(|error| error.to_string())
    }

    #[test]
    fn texts_accept_scalars() {
        let keyword = || FieldKind::Keyword { ignore_above: None };
        assert_eq!(value(keyword(), json!("x")), Ok(FieldValue::Text("x".to_owned())));
        assert_eq!(value(keyword(), json!(1.50)), Ok(FieldValue::Text("1.5".to_owned())));
        assert_eq!(value(keyword(), json!(true)), Ok(FieldValue::Text("true".to_owned())));
        insta::assert_snapshot!(value(keyword(), json!({"a": 1})).expect_err("an object"), @r#"field [f] of type [keyword]: {"a":1} is not a string, number or boolean"#);
    }

    #[test]
    fn integers_are_truncated_and_limited() {
        let max = i64::MAX;
        for (json, expected) in [
            (json!(5), 5),
            (json!("5"), 5),
            (json!(5.9), 5),
            (json!("-5.9"), -5),
            (json!(1e3), 1000),
            (json!(max), max),
            (json!(i64::MIN), i64::MIN),
        ] {
            assert_eq!(value(FieldKind::Long, json), Ok(FieldValue::Integer(expected)));
        }
        for json in [json!(max as u64 + 1), json!(1e19), json!("9223372036854775808")] {
            assert!(value(FieldKind::Long, json).expect_err("too large").ends_with("is out of range"));
        }
        assert_eq!(value(FieldKind::Integer, json!(i32::MAX)), Ok(FieldValue::Integer(i64::from(i32::MAX))));
        assert_eq!(value(FieldKind::Integer, json!(i32::MIN)), Ok(FieldValue::Integer(i64::from(i32::MIN))));
        insta::assert_snapshot!(value(FieldKind::Integer, json!(2_147_483_648_u32)).expect_err("too large"), @"field [f] of type [integer]: 2147483648 is out of range");
        assert!(value(FieldKind::Integer, json!(-2_147_483_649_i64)).is_err());
        for json in [json!("x"), json!(""), json!(true), json!({}), json!("NaN"), json!("inf")] {
            assert!(value(FieldKind::Long, json).expect_err("not a number").ends_with("is not a number"));
        }
    }

    #[test]
    fn floats_are_rounded_to_the_precision_of_columns() {
        assert_eq!(value(FieldKind::Double, json!(0.1)), Ok(FieldValue::Float(0.1)));
        assert_eq!(value(FieldKind::Float, json!("0.1")), Ok(FieldValue::Float(f64::from(0.1_f32))));
        assert_eq!(value(FieldKind::Float, json!(7)), Ok(FieldValue::Float(7.0)));
        assert!(value(FieldKind::Float, json!(1e39)).is_err());
        assert!(value(FieldKind::Double, json!(1e39)).is_ok());
        let Ok(FieldValue::Float(zero)) = value(FieldKind::Double, json!(-0.0)) else { panic!("a float") };
        assert!(zero.is_sign_positive());
    }

    #[test]
    fn booleans_may_be_strings() {
        for (json, expected) in [
            (json!(true), true),
            (json!("true"), true),
            (json!(false), false),
            (json!("false"), false),
            (json!(""), false),
        ] {
            assert_eq!(value(FieldKind::Boolean, json), Ok(FieldValue::Boolean(expected)));
        }
        insta::assert_snapshot!(value(FieldKind::Boolean, json!(1)).expect_err("a number"), @"field [f] of type [boolean]: 1 is neither true nor false");
    }

    #[test]
    fn dates_are_milliseconds() {
        let date = || FieldKind::Date { format: DateFormat::default() };
        assert_eq!(value(date(), json!("1970-01-02")), Ok(FieldValue::Date(86_400_000)));
        assert_eq!(value(date(), json!(86_400_000)), Ok(FieldValue::Date(86_400_000)));
        assert_eq!(value(date(), json!(1.7e12)), Ok(FieldValue::Date(1_700_000_000_000)));
        insta::assert_snapshot!(value(date(), json!("soon")).expect_err("not a date"), @r#"field [f] of type [date]: "soon" is not a date in the format [strict_date_optional_time||epoch_millis]"#);
        insta::assert_snapshot!(value(date(), json!(true)).expect_err("not a date"), @"field [f] of type [date]: true is not a date");
    }

    #[test]
    fn valid_values_that_no_document_can_have_are_none() {
        assert_eq!(query(FieldKind::Long, json!(5)), Ok(Some(FieldValue::Integer(5))));
        assert_eq!(query(FieldKind::Long, json!(5.0)), Ok(Some(FieldValue::Integer(5))));
        for json in [json!(5.5), json!("5.5"), json!(1e30)] {
            assert_eq!(query(FieldKind::Long, json), Ok(None));
        }
        assert_eq!(query(FieldKind::Integer, json!(3_000_000_000_i64)), Ok(None));
        assert_eq!(query(FieldKind::Float, json!(1e39)), Ok(None));
        assert_eq!(query(FieldKind::Float, json!(0.1)), Ok(Some(FieldValue::Float(f64::from(0.1_f32)))));
        let date = FieldKind::Date { format: DateFormat::default() };
        assert_eq!(query(date, json!("now+1d")), Ok(Some(FieldValue::Date(86_400_000))));
    }

    #[test]
    fn messages_contain_excerpts_only() {
        let long = json!("ü".repeat(1000));
        let message = value(FieldKind::Long, long).expect_err("not a number");
        assert!(message.len() < 200, "{message}");
    }
}
