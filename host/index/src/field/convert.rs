//! Converts JSON to values of fields.

use std::borrow::Cow;
use std::ops::Range;

use serde_json::Value as Json;

use super::float_text::float_text;
use super::ip::ip_term;
use super::numeric::Fraction;
use super::{DateResolution, Field, FieldKind, RangeOptions};
use crate::date::Rounding;
use crate::excerpt::json_excerpt;
use crate::geo_point::GeoPoint;
use crate::{DateFormat, FieldValue, InvalidValue, ValueError};

/// From the float after -2^63 up to but not including 2^64: all integers in JSON are exact there.
const EXACT_INTEGERS: Range<f64> = -9_223_372_036_854_774_784.0..18_446_744_073_709_551_616.0;

impl Field {
    /// Converts JSON of a document to a value. It must not be null, and not an array, except of a point. `None` if the document
    /// has no value there, which is what an empty string means in a number.
    ///
    /// For `long` and `integer`, numbers with a fraction are truncated, as clients expect; unlike in [`Field::query_value`].
    ///
    /// # Errors
    /// If the JSON cannot be a value of the field.
    pub fn value_from_json(&self, json: &Json) -> Result<Option<FieldValue>, ValueError> {
        Ok(Some(match &self.kind {
            FieldKind::Text { .. } => FieldValue::Text(self.text(json)?.into_owned()),
            FieldKind::Keyword(_) => FieldValue::Text(self.normalized_text(json)?.into_owned()),
            FieldKind::Ip => FieldValue::Text(self.ip(json)?),
            FieldKind::TokenCount { analyzer } => FieldValue::Integer(analyzer.count(&self.text(json)?)),
            kind if (kind.is_integer() || kind.is_float()) && is_empty(json) && self.options.coerces => {
                return Ok(None);
            }
            kind if kind.is_integer() => FieldValue::Integer(self.integer(json, self.coerced(json)?)?),
            kind if kind.is_float() => FieldValue::Float(self.float(json, self.coerced(json)?)?),
            FieldKind::Boolean => FieldValue::Boolean(!is_empty(json) && self.boolean(json)?),
            FieldKind::Date { format, resolution } => {
                let text = self.date_text(json)?;
                match resolution {
                    DateResolution::Millis => {
                        FieldValue::Date(format.millis(&text, Rounding::Down, 0).map_err(|error| self.error(error))?)
                    }
                    DateResolution::Nanos => {
                        FieldValue::Nanos(format.nanos(&text, Rounding::Down, 0).map_err(|error| self.error(error))?)
                    }
                }
            }
            FieldKind::UnsignedLong if is_empty(json) && self.options.coerces => return Ok(None),
            FieldKind::UnsignedLong => FieldValue::Unsigned(self.unsigned(json, Fraction::CutOff)?),
            FieldKind::Range(range_type) => FieldValue::Text(self.range_from_json(range_type, json)?.term()),
            FieldKind::Binary => FieldValue::Text(self.base64(json)?),
            FieldKind::FlatObject => FieldValue::Text(self.text(json)?.into_owned()),
            FieldKind::RankFeature { .. } => FieldValue::Float(self.feature(json)?.into()),
            _ => {
                let point = GeoPoint::from_json(json).map_err(|error| self.error(error))?;
                FieldValue::GeoPoint { lat: point.lat, lon: point.lon }
            }
        }))
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
    /// If the JSON cannot be compared with values of the field, for instance a number that its type cannot hold.
    pub fn query_value(&self, json: &Json, now_millis: i64) -> Result<Option<FieldValue>, ValueError> {
        Ok(Some(match &self.kind {
            kind if kind.is_integer() => {
                let number = self.number(json)?;
                if number.has_fraction() {
                    return Ok(None);
                }
                let value = self.integer_within(json, number, self.query_limits())?;
                // No document has a value that the type cannot hold.
                if !self.limits().contains(&(value as f64)) && self.kind != FieldKind::Long {
                    return Ok(None);
                }
                FieldValue::Integer(value)
            }
            kind if kind.is_float() => FieldValue::Float(self.float(json, self.number(json)?)?),
            FieldKind::Boolean => FieldValue::Boolean(self.boolean(json)?),
            FieldKind::Date { format, resolution } => {
                let text = self.date_text(json)?;
                let options = RangeOptions { now_millis, ..RangeOptions::default() };
                self.moment(&text, format, *resolution, Rounding::Down, &options)?
            }
            FieldKind::UnsignedLong if self.number(json)?.has_fraction() => return Ok(None),
            FieldKind::UnsignedLong => FieldValue::Unsigned(self.unsigned(json, Fraction::CutOff)?),
            _ => return self.value_from_json(json),
        }))
    }

    /// Whether its values are the text of numbers, as they are written: `1.10` is not `1.1`.
    pub fn keeps_notation(&self) -> bool {
        matches!(
            self.kind,
            FieldKind::Text { .. } | FieldKind::Keyword { .. } | FieldKind::TokenCount { .. } | FieldKind::Date { .. }
        ) && self.completion_options().is_none()
    }

    /// The text of a string, number or boolean in a query. Clients expect numbers with a fraction or an exponent as Java writes
    /// them, e.g. `1.1` for 1.10 and `1000.0` for 1e3.
    ///
    /// # Errors
    /// If the JSON is an array, an object, null, or a number whose digits are lost.
    pub fn text<'a>(&self, json: &'a Json) -> Result<Cow<'a, str>, ValueError> {
        match json {
            Json::String(text) => Ok(Cow::Borrowed(text)),
            Json::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
                // It may be an integer of which only the first digits are left.
                Some(float) if !EXACT_INTEGERS.contains(&float) => {
                    Err(self.error(InvalidValue::TooManyDigits(json_excerpt(json))))
                }
                Some(float) => Ok(Cow::Owned(float_text(float))),
                None => Ok(Cow::Owned(number.to_string())),
            },
            Json::Bool(value) => Ok(Cow::Owned(value.to_string())),
            _ => Err(self.error(InvalidValue::NotAScalar(json_excerpt(json)))),
        }
    }

    /// The same as a keyword is indexed: as its normalizer writes it.
    ///
    /// # Errors
    /// As [`Field::text`].
    pub fn normalized_text<'a>(&self, json: &'a Json) -> Result<Cow<'a, str>, ValueError> {
        let text = self.text(json)?;
        Ok(if let FieldKind::Keyword(options) = self.kind() { options.normalized(text) } else { text })
    }

    /// The text of bytes.
    fn base64(&self, json: &Json) -> Result<String, ValueError> {
        let text = json.as_str().filter(|text| is_base64(text));
        let reason = || format!("{} is not Base64", json_excerpt(json));
        text.map(str::to_owned).ok_or_else(|| self.unsuitable(reason()))
    }

    /// The term of an address.
    pub(super) fn ip(&self, json: &Json) -> Result<String, ValueError> {
        let term = json.as_str().and_then(ip_term);
        term.ok_or_else(|| self.error(InvalidValue::NotAnAddress(json_excerpt(json))))
    }

    pub(super) fn boolean(&self, json: &Json) -> Result<bool, ValueError> {
        match json {
            Json::Bool(value) => Ok(*value),
            Json::String(text) if text == "true" => Ok(true),
            Json::String(text) if text == "false" => Ok(false),
            _ => Err(self.error(InvalidValue::NotABoolean(json_excerpt(json)))),
        }
    }

    /// The moment of a date of a query, which may contain date math.
    pub(super) fn moment(
        &self,
        text: &str,
        format: &DateFormat,
        resolution: DateResolution,
        rounding: Rounding,
        options: &RangeOptions,
    ) -> Result<FieldValue, ValueError> {
        let RangeOptions { now_millis, ref time_zone, .. } = *options;
        let millis = time_zone.evaluate(text, format, now_millis, rounding).map_err(|error| self.error(error))?;
        match resolution {
            DateResolution::Millis => Ok(FieldValue::Date(millis)),
            DateResolution::Nanos => {
                let nanos = format.with_nanos(text, millis, rounding);
                Ok(FieldValue::Nanos(nanos.map_err(|error| self.error(error))?))
            }
        }
    }

    /// The text of a date. The format decides what numbers mean: usually milliseconds.
    pub(super) fn date_text<'a>(&self, json: &'a Json) -> Result<Cow<'a, str>, ValueError> {
        match json {
            Json::String(text) => Ok(Cow::Borrowed(text)),
            Json::Number(number) => Ok(Cow::Owned(match number.as_f64().filter(|_| number.is_f64()) {
                // Without an exponent: 1.7e12 in a query is the same number of milliseconds as 1700000000000.
                Some(float) => float.to_string(),
                None => number.to_string(),
            })),
            _ => Err(self.error(InvalidValue::NotADate(json_excerpt(json)))),
        }
    }
}

/// Whether a text is bytes in Base64: letters in groups of four, of which the last may be filled up.
fn is_base64(text: &str) -> bool {
    let letters = text.trim_end_matches('=');
    let filled = text.len() - letters.len();
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    text.len().is_multiple_of(4) && filled <= 2 && letters.bytes().all(is_letter)
}

fn is_empty(json: &Json) -> bool {
    json.as_str().is_some_and(str::is_empty)
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "JSON literals read better without `&`")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{DateFormat, DateResolution, KeywordOptions};

    fn field(kind: FieldKind) -> Field {
        Field::new("f".to_owned(), kind)
    }

    fn value(kind: FieldKind, json: Json) -> Result<FieldValue, String> {
        let value = field(kind).value_from_json(&json).map_err(|error| error.to_string());
        value.map(|value| value.expect("a value"))
    }

    fn query(kind: FieldKind, json: Json) -> Result<Option<FieldValue>, String> {
        field(kind).query_value(&json, 0).map_err(|error| error.to_string())
    }

    #[test]
    fn texts_accept_scalars() {
        let keyword = || FieldKind::Keyword(KeywordOptions::default());
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
            (json!("4115420654264075766.1"), 4_115_420_654_264_075_766),
        ] {
            assert_eq!(value(FieldKind::Long, json), Ok(FieldValue::Integer(expected)));
        }
        for json in [json!(max as u64 + 1), json!(1e19), json!("9223372036854775808"), json!("1e309")] {
            assert!(value(FieldKind::Long, json).expect_err("too large").ends_with("is out of range"));
        }
        assert_eq!(value(FieldKind::Integer, json!(i32::MAX)), Ok(FieldValue::Integer(i64::from(i32::MAX))));
        assert_eq!(value(FieldKind::Integer, json!(i32::MIN)), Ok(FieldValue::Integer(i64::from(i32::MIN))));
        insta::assert_snapshot!(value(FieldKind::Integer, json!(2_147_483_648_u32)).expect_err("too large"), @"field [f] of type [integer]: 2147483648 is out of range");
        for json in [
            json!(-2_147_483_649_i64),
            json!(2_147_483_647.5),
            json!("2147483647.9"),
            json!(-2_147_483_648.5),
            json!("-2147483648.5"),
        ] {
            assert!(value(FieldKind::Integer, json).expect_err("too large").ends_with("is out of range"));
        }
        assert_eq!(value(FieldKind::Integer, json!("2147483647.0")), Ok(FieldValue::Integer(2_147_483_647)));
        for json in [json!("x"), json!(" "), json!(true), json!({}), json!("NaN"), json!("inf")] {
            assert!(value(FieldKind::Long, json).expect_err("not a number").ends_with("is not a number"));
        }
    }

    #[test]
    fn empty_strings_are_not_numbers() {
        for kind in [FieldKind::Long, FieldKind::Integer, FieldKind::Double, FieldKind::Float] {
            assert_eq!(field(kind.clone()).value_from_json(&json!("")), Ok(None));
            assert!(query(kind, json!("")).expect_err("not a number").ends_with("\"\" is not a number"));
        }
        let date = FieldKind::Date { format: DateFormat::default(), resolution: DateResolution::Millis };
        assert!(value(date, json!("")).is_err());
        assert!(value(FieldKind::GeoPoint, json!("")).is_err());
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
        insta::assert_snapshot!(query(FieldKind::Boolean, json!("")).expect_err("empty"), @r#"field [f] of type [boolean]: "" is neither true nor false"#);
        insta::assert_snapshot!(value(FieldKind::Boolean, json!(1)).expect_err("a number"), @"field [f] of type [boolean]: 1 is neither true nor false");
    }

    #[test]
    fn dates_are_milliseconds() {
        let date = || FieldKind::Date { format: DateFormat::default(), resolution: DateResolution::Millis };
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
        for json in [json!(5.5), json!("5.5"), json!(-0.5)] {
            assert_eq!(query(FieldKind::Long, json), Ok(None));
        }
        assert_eq!(query(FieldKind::Integer, json!(2_147_483_647.5)), Ok(None));
        // Floats have no fraction there, so it is ignored.
        let large = 4_115_420_654_264_075_766;
        assert_eq!(query(FieldKind::Long, json!("4115420654264075766.1")), Ok(Some(FieldValue::Integer(large))));
        assert_eq!(query(FieldKind::Float, json!(0.1)), Ok(Some(FieldValue::Float(f64::from(0.1_f32)))));
        let date = FieldKind::Date { format: DateFormat::default(), resolution: DateResolution::Millis };
        assert_eq!(query(date, json!("now+1d")), Ok(Some(FieldValue::Date(86_400_000))));
    }

    #[test]
    fn values_that_the_type_cannot_hold_are_errors() {
        for (kind, json) in [
            (FieldKind::Long, json!(1e30)),
            (FieldKind::Long, json!("1e30")),
            (FieldKind::Long, json!(i64::MAX as u64 + 1)),
            (FieldKind::Integer, json!(2_147_483_648_i64)),
            (FieldKind::Integer, json!("-2147483649")),
            (FieldKind::Float, json!(1e39)),
            (FieldKind::Double, json!("1e309")),
        ] {
            assert!(query(kind, json).expect_err("out of range").ends_with("is out of range"));
        }
    }

    #[test]
    fn numbers_in_queries_are_texts_as_java_writes_them() {
        let keyword = || FieldKind::Keyword(KeywordOptions::default());
        for (json, expected) in [
            (json!(1.10), "1.1"),
            (json!(1e3), "1000.0"),
            (json!(1e7), "1.0E7"),
            (json!(12_345_678.9), "1.23456789E7"),
            (json!(0.001), "0.001"),
            (json!(1e-5), "1.0E-5"),
            (json!(-1.5e-7), "-1.5E-7"),
            (json!(1e19), "1.0E19"),
            (json!(-0.0), "-0.0"),
            (json!(7), "7"),
            (json!(u64::MAX), "18446744073709551615"),
        ] {
            assert_eq!(query(keyword(), json), Ok(Some(FieldValue::Text(expected.to_owned()))));
        }
        insta::assert_snapshot!(query(keyword(), json!(1e20)).expect_err("its digits are lost"), @"field [f] of type [keyword]: 1e+20 is a number beyond 64 bits; write it as a string");
    }

    #[test]
    fn bytes_are_base64() {
        for text in ["", "U29tZQ==", "AAA=", "+/+/"] {
            assert_eq!(value(FieldKind::Binary, json!(text)), Ok(FieldValue::Text(text.to_owned())));
        }
        for json in [json!("not base64!"), json!("U29tZ"), json!("U29tZQ"), json!("===="), json!(5), json!({})] {
            assert!(value(FieldKind::Binary, json).expect_err("refused").ends_with("is not Base64"));
        }
    }

    #[test]
    fn messages_contain_excerpts_only() {
        let long = json!("ü".repeat(1000));
        let message = value(FieldKind::Long, long).expect_err("not a number");
        assert!(message.len() < 200, "{message}");
    }
}
