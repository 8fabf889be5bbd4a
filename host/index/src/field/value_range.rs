//! Ranges as values of fields: `integer_range`, `long_range`, `float_range`, `double_range`, `date_range` and `ip_range`.
//!
//! The ends of a range are numbered so that the numbers have the order of the values and neighbours are next to each other. A range
//! is indexed as one term: the digits of its first and its last number. Which ranges fit a query is decided by comparing digits.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use serde_json::{Map, Value as Json};

use super::ip::{address_bits, ip_network};
use super::{Field, FieldKind, RangeEdge, RangeOptions};
use crate::date::{self, Rounding};
use crate::excerpt::json_excerpt;
use crate::{DateFormat, InvalidValue, ValueError};

/// The type of a field of ranges.
#[derive(Debug, Clone, PartialEq)]
pub enum RangeType {
    /// Of 32-bit integers.
    Integer,
    /// Of 64-bit integers.
    Long,
    /// Of 32-bit floats.
    Float,
    /// Of 64-bit floats.
    Double,
    /// Of dates in this format, in milliseconds.
    Date(DateFormat),
    /// Of addresses.
    Ip,
}

impl RangeType {
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            RangeType::Integer => "integer_range",
            RangeType::Long => "long_range",
            RangeType::Float => "float_range",
            RangeType::Double => "double_range",
            RangeType::Date(_) => "date_range",
            RangeType::Ip => "ip_range",
        }
    }

    /// How many bits the number of a value has.
    fn bits(&self) -> u32 {
        match self {
            RangeType::Integer | RangeType::Float => 32,
            RangeType::Long | RangeType::Double | RangeType::Date(_) => 64,
            RangeType::Ip => 128,
        }
    }

    /// The numbers of the smallest and the largest value.
    fn extent(&self) -> RangeInclusive<u128> {
        match self {
            RangeType::Float => number_of_single(f32::NEG_INFINITY)..=number_of_single(f32::INFINITY),
            RangeType::Double => number_of_double(f64::NEG_INFINITY)..=number_of_double(f64::INFINITY),
            _ => 0..=self.mask(),
        }
    }

    fn mask(&self) -> u128 {
        u128::MAX >> (128 - self.bits())
    }

    /// The number as digits that have its order.
    fn digits(&self, number: u128) -> String {
        format!("{number:0width$x}", width = self.bits() as usize / 4)
    }
}

/// A range of a document or of a query: the digits of its first and its last value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueRange {
    /// Of the first value.
    pub first: String,
    /// Of the last value, of the same length.
    pub last: String,
}

impl ValueRange {
    /// The term of the range.
    pub fn term(&self) -> String {
        format!("{}{}", self.first, self.last)
    }
}

/// An end of a range in a query.
type RangeEnd<'a> = &'a (RangeEdge, Json);

impl Field {
    /// The range in JSON of a document: `{"gte": 1, "lt": 5}`, or for addresses also a network.
    ///
    /// # Errors
    /// If it is not a range of such values, or is empty.
    pub fn range_from_json(&self, range_type: &RangeType, json: &Json) -> Result<ValueRange, ValueError> {
        let object = match json {
            Json::Object(object) => object,
            Json::String(text) if *range_type == RangeType::Ip => {
                let network = ip_network(text);
                let (first, last) = network
                    .ok_or_else(|| self.unsuitable(format!("{} is not a network", json_excerpt(json))))?
                    .into_inner();
                return Ok(ValueRange { first: range_type.digits(first), last: range_type.digits(last) });
            }
            other => return Err(self.unsuitable(format!("{} is not an object with bounds", json_excerpt(other)))),
        };
        let (first, last) = self.ends_from_json(range_type, object)?.into_inner();
        if first > last {
            return Err(self.unsuitable(format!("{} has no values: its end is before its start", json_excerpt(json))));
        }
        Ok(ValueRange { first: range_type.digits(first), last: range_type.digits(last) })
    }

    fn ends_from_json(
        &self,
        range_type: &RangeType,
        object: &Map<String, Json>,
    ) -> Result<RangeInclusive<u128>, ValueError> {
        let (mut first, mut last) = range_type.extent().into_inner();
        for (key, value) in object {
            let edge = match key.as_str() {
                "gt" => RangeEdge::Greater,
                "gte" => RangeEdge::GreaterOrEqual,
                "lt" => RangeEdge::Less,
                "lte" => RangeEdge::LessOrEqual,
                other => {
                    let reason = format!("unknown key [{other}], must be one of [gt, gte, lt, lte]");
                    return Err(self.unsuitable(reason));
                }
            };
            if value.is_null() {
                continue;
            }
            let number = inside(range_type, edge, self.end_from_json(range_type, value)?);
            match edge {
                RangeEdge::Greater | RangeEdge::GreaterOrEqual => first = number,
                RangeEdge::Less | RangeEdge::LessOrEqual => last = number,
            }
        }
        Ok(first..=last)
    }

    /// The number of an end in a document.
    fn end_from_json(&self, range_type: &RangeType, json: &Json) -> Result<u128, ValueError> {
        match range_type {
            RangeType::Date(format) => {
                let text = self.date_text(json)?;
                if text.starts_with("now") {
                    return Err(self.unsuitable(format!("{} depends on the time", json_excerpt(json))));
                }
                let millis = date::evaluate(&text, format, 0, Rounding::Down, 0);
                Ok(number_of_integer(millis.map_err(|error| self.error(error))?))
            }
            RangeType::Ip => self.address(json),
            _ => self.number_of_end(range_type, json, self.document_number(json)?),
        }
    }

    /// The range of a query, whose dates may contain date math and are rounded as the operators require; `None` if it has no
    /// values.
    ///
    /// # Errors
    /// If the JSON cannot be an end of such a range, or if its end is before its start.
    pub fn range_of_query(
        &self,
        range_type: &RangeType,
        (lower, upper): (Option<RangeEnd<'_>>, Option<RangeEnd<'_>>),
        options: &RangeOptions,
    ) -> Result<Option<ValueRange>, ValueError> {
        let (mut first, mut last) = range_type.extent().into_inner();
        let end = |end: RangeEnd<'_>| self.end_of_query(range_type, end.0, &end.1, options);
        let (lower, upper) = (lower.map(|lower| (lower.0, end(lower))), upper.map(|upper| (upper.0, end(upper))));
        let mut given = (None, None);
        if let Some((edge, number)) = lower {
            let number = number?;
            given.0 = Some(number);
            first = inside(range_type, edge, number);
        }
        if let Some((edge, number)) = upper {
            let number = number?;
            given.1 = Some(number);
            last = inside(range_type, edge, number);
        }
        if let (Some(lower), Some(upper)) = given
            && lower > upper
        {
            return Err(self.unsuitable("the end of the range is before its start".to_owned()));
        }
        let range = || ValueRange { first: range_type.digits(first), last: range_type.digits(last) };
        Ok((first <= last).then(range))
    }

    fn end_of_query(
        &self,
        range_type: &RangeType,
        edge: RangeEdge,
        json: &Json,
        options: &RangeOptions,
    ) -> Result<u128, ValueError> {
        match range_type {
            RangeType::Date(format) => {
                let format = options.format.as_ref().unwrap_or(format);
                let rounding = match edge {
                    RangeEdge::Greater | RangeEdge::LessOrEqual => Rounding::Up,
                    RangeEdge::GreaterOrEqual | RangeEdge::Less => Rounding::Down,
                };
                let text = self.date_text(json)?;
                let millis = options.time_zone.evaluate(&text, format, options.now_millis, rounding);
                Ok(number_of_integer(millis.map_err(|error| self.error(error))?))
            }
            RangeType::Ip => self.address(json),
            RangeType::Integer | RangeType::Long if self.number(json)?.has_fraction() => {
                Err(self.unsuitable(format!("{} has a decimal part", json_excerpt(json))))
            }
            _ => self.number_of_end(range_type, json, self.number(json)?),
        }
    }

    fn number_of_end(
        &self,
        range_type: &RangeType,
        json: &Json,
        number: super::number::Number,
    ) -> Result<u128, ValueError> {
        let out_of_range = || self.error(InvalidValue::OutOfRange(json_excerpt(json)));
        match range_type {
            RangeType::Integer => {
                let limits = f64::from(i32::MIN)..=f64::from(i32::MAX);
                let whole = self.integer_within(json, number, limits)?;
                let narrow = i32::try_from(whole).map_err(|_| out_of_range())?;
                Ok(u128::from(narrow.cast_unsigned() ^ (1 << 31)))
            }
            RangeType::Float => {
                let single = number.float as f32;
                if single.is_finite() { Ok(number_of_single(single)) } else { Err(out_of_range()) }
            }
            RangeType::Double => {
                if number.float.is_finite() {
                    Ok(number_of_double(number.float))
                } else {
                    Err(out_of_range())
                }
            }
            _ => Ok(number_of_integer(self.integer_within(json, number, f64::NEG_INFINITY..=f64::INFINITY)?)),
        }
    }

    /// A number of a document, which may have to be what it is.
    fn document_number(&self, json: &Json) -> Result<super::number::Number, ValueError> {
        let number = self.number(json)?;
        let is_whole = matches!(self.kind, FieldKind::Range(RangeType::Integer | RangeType::Long));
        if !self.options.coerces && (json.is_string() || is_whole && number.has_fraction()) {
            return Err(self.error(InvalidValue::NeedsCoercion(json_excerpt(json))));
        }
        Ok(number)
    }

    fn address(&self, json: &Json) -> Result<u128, ValueError> {
        let address = json.as_str().and_then(|text| text.parse::<IpAddr>().ok());
        address.map(address_bits).ok_or_else(|| self.error(InvalidValue::NotAnAddress(json_excerpt(json))))
    }

    pub(crate) fn unsuitable(&self, reason: String) -> ValueError {
        self.error(InvalidValue::Unsuitable(reason))
    }
}

/// The number of the first or last value inside an end. Beyond the largest value, the smallest follows, as clients expect it.
fn inside(range_type: &RangeType, edge: RangeEdge, number: u128) -> u128 {
    match edge {
        RangeEdge::GreaterOrEqual | RangeEdge::LessOrEqual => number,
        RangeEdge::Greater => number.wrapping_add(1) & range_type.mask(),
        RangeEdge::Less => number.wrapping_sub(1) & range_type.mask(),
    }
}

fn number_of_integer(integer: i64) -> u128 {
    u128::from(integer.cast_unsigned() ^ (1 << 63))
}

/// Floats in their order: the bits of negative ones are inverted.
fn number_of_double(float: f64) -> u128 {
    let bits = (float + 0.0).to_bits();
    u128::from(if bits >> 63 == 0 { bits | (1 << 63) } else { !bits })
}

fn number_of_single(float: f32) -> u128 {
    let bits = (float + 0.0).to_bits();
    u128::from(if bits >> 31 == 0 { bits | (1 << 31) } else { !bits })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn field(range_type: RangeType) -> Field {
        Field::new("f".to_owned(), FieldKind::Range(range_type))
    }

    fn range(range_type: RangeType, json: Json) -> Result<ValueRange, String> {
        field(range_type.clone()).range_from_json(&range_type, &json).map_err(|error| error.to_string())
    }

    proptest! {
        #[test]
        fn digits_have_the_order_of_values(one in any::<f64>(), other in any::<f64>(), a in any::<i64>(), b in any::<i64>()) {
            let double = |value: f64| RangeType::Double.digits(number_of_double(value));
            prop_assert_eq!(double(one).cmp(&double(other)), (one + 0.0).total_cmp(&(other + 0.0)));
            let single = |value: f64| RangeType::Float.digits(number_of_single(value as f32));
            prop_assert_eq!(single(one).cmp(&single(other)), (one as f32 + 0.0).total_cmp(&(other as f32 + 0.0)));
            let long = |value: i64| RangeType::Long.digits(number_of_integer(value));
            prop_assert_eq!(long(a).cmp(&long(b)), a.cmp(&b));
        }
    }

    #[test]
    fn ends_may_be_excluded() {
        let closed = range(RangeType::Integer, json!({"gte": 2, "lte": 4}));
        assert_eq!(range(RangeType::Integer, json!({"gt": 1, "lt": 5})), closed);
        assert_eq!(range(RangeType::Integer, json!({"gt": "1", "lt": 5.9})), closed);
        assert_ne!(
            range(RangeType::Double, json!({"gt": 1, "lt": 5})),
            range(RangeType::Double, json!({"gte": 1, "lte": 5}))
        );
        assert_eq!(
            range(RangeType::Ip, json!("10.0.0.0/30")),
            range(RangeType::Ip, json!({"gte": "10.0.0.0", "lt": "10.0.0.4"}))
        );
    }

    #[test]
    fn missing_ends_are_the_ends_of_the_type() {
        assert_eq!(
            range(RangeType::Integer, json!({})),
            range(RangeType::Integer, json!({"gte": i32::MIN, "lte": i32::MAX}))
        );
        let all = range(RangeType::Long, json!({"gte": null})).expect("valid");
        assert_eq!(all.term(), format!("{}{}", "0".repeat(16), "f".repeat(16)));
        assert_eq!(range(RangeType::Integer, json!({"gt": i32::MAX})), range(RangeType::Integer, json!({})));
    }

    #[test]
    fn other_values_are_refused() {
        insta::assert_snapshot!(range(RangeType::Integer, json!(5)).expect_err("refused"), @"field [f] of type [integer_range]: 5 is not an object with bounds");
        insta::assert_snapshot!(range(RangeType::Integer, json!({"from": 1})).expect_err("refused"), @"field [f] of type [integer_range]: unknown key [from], must be one of [gt, gte, lt, lte]");
        insta::assert_snapshot!(range(RangeType::Long, json!({"gt": 5, "lt": 6})).expect_err("refused"), @r#"field [f] of type [long_range]: {"gt":5,"lt":6} has no values: its end is before its start"#);
        let date = || RangeType::Date(DateFormat::default());
        for (range_type, json) in [
            (RangeType::Integer, json!({"gte": 3_000_000_000_u32})),
            (RangeType::Integer, json!({"gte": "x"})),
            (RangeType::Long, json!({"gte": u64::MAX})),
            (RangeType::Float, json!({"gte": 1e39})),
            (RangeType::Ip, json!("x")),
            (RangeType::Ip, json!("10.0.0.1")),
            (RangeType::Ip, json!({"gte": "x"})),
            (date(), json!({"gte": "now"})),
            (date(), json!({"gt": "2020-01-01", "lte": "2020-01-01"})),
        ] {
            range(range_type, json).expect_err("refused");
        }
    }

    #[test]
    fn ranges_of_queries_may_be_empty_or_wrong() {
        let field = field(RangeType::Integer);
        let query = |lower: (RangeEdge, Json), upper: (RangeEdge, Json)| {
            field.range_of_query(&RangeType::Integer, (Some(&lower), Some(&upper)), &RangeOptions::default())
        };
        assert_eq!(query((RangeEdge::Greater, json!(2)), (RangeEdge::Less, json!(3))), Ok(None));
        assert!(query((RangeEdge::GreaterOrEqual, json!(3)), (RangeEdge::LessOrEqual, json!(2))).is_err());
        assert!(query((RangeEdge::GreaterOrEqual, json!(1.5)), (RangeEdge::LessOrEqual, json!(2))).is_err());
    }
}
