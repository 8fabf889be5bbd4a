//! The bounds of ranges.

use std::ops::Bound;

use serde_json::Value as Json;

use super::convert::Number;
use super::{Field, FieldKind};
use crate::date::{self, Rounding};
use crate::{DateFormat, FieldValue, InvalidValue, ValueError};

/// The operator of a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RangeEdge {
    /// `gt`
    Greater,
    /// `gte`
    GreaterOrEqual,
    /// `lt`
    Less,
    /// `lte`
    LessOrEqual,
}

impl RangeEdge {
    fn is_lower(self) -> bool {
        matches!(self, RangeEdge::Greater | RangeEdge::GreaterOrEqual)
    }

    fn bound(self, value: FieldValue) -> Bound<FieldValue> {
        match self {
            RangeEdge::Greater | RangeEdge::Less => Bound::Excluded(value),
            RangeEdge::GreaterOrEqual | RangeEdge::LessOrEqual => Bound::Included(value),
        }
    }
}

/// What a bound depends on in addition to its operator and value.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RangeOptions {
    /// The meaning of `now`: milliseconds since 1970-01-01T00:00Z.
    pub now_millis: i64,
    /// `format` of the query, instead of the field's.
    pub format: Option<DateFormat>,
    /// `time_zone` of the query, for dates without one: seconds east of UTC. See
    /// [`parse_time_zone`](crate::parse_time_zone).
    pub offset_seconds: i32,
}

impl Field {
    /// Converts JSON of a `range` query to a bound. Dates may contain date math and are rounded as the operator requires. For
    /// integers, numbers with a fraction are rounded inwards. A bound that the field's type cannot hold becomes one that all or no
    /// values satisfy.
    ///
    /// # Errors
    /// If the JSON cannot be compared with values of the field, and for points.
    pub fn range_bound(
        &self,
        edge: RangeEdge,
        json: &Json,
        options: &RangeOptions,
    ) -> Result<Bound<FieldValue>, ValueError> {
        match &self.kind {
            FieldKind::Long | FieldKind::Integer => Ok(integer_bound(edge, self.number(json)?)),
            FieldKind::Double | FieldKind::Float => {
                let number = self.number(json)?;
                let value = self.float(number).unwrap_or(match number {
                    // Beyond the range of a `float`: no value is there, so the unrounded number bounds the same values.
                    Number::Float(float) => float,
                    Number::Integer(integer) => integer as f64,
                });
                Ok(edge.bound(FieldValue::Float(value)))
            }
            FieldKind::Date { format } => {
                let format = options.format.as_ref().unwrap_or(format);
                // `gt` the 5th begins with the 6th, and `lte` the 5th includes all of it.
                let rounding = match edge {
                    RangeEdge::Greater | RangeEdge::LessOrEqual => Rounding::Up,
                    RangeEdge::GreaterOrEqual | RangeEdge::Less => Rounding::Down,
                };
                let text = self.date_text(json)?;
                let millis = date::evaluate(&text, format, options.now_millis, rounding, options.offset_seconds);
                millis.map(|millis| edge.bound(FieldValue::Date(millis))).map_err(|error| self.error(error))
            }
            FieldKind::GeoPoint => Err(self.error(InvalidValue::Unordered)),
            FieldKind::Text { .. } | FieldKind::Keyword { .. } | FieldKind::Boolean => {
                self.value_from_json(json).map(|value| edge.bound(value))
            }
        }
    }
}

fn integer_bound(edge: RangeEdge, number: Number) -> Bound<FieldValue> {
    let float = match number {
        Number::Integer(integer) => return edge.bound(FieldValue::Integer(integer)),
        Number::Float(float) => float,
    };
    // Beyond all integers.
    let limit = 2.0_f64.powi(63);
    if float >= limit {
        let last = FieldValue::Integer(i64::MAX);
        return if edge.is_lower() { Bound::Excluded(last) } else { Bound::Included(last) };
    }
    if float < -limit {
        let first = FieldValue::Integer(i64::MIN);
        return if edge.is_lower() { Bound::Included(first) } else { Bound::Excluded(first) };
    }
    match edge {
        RangeEdge::Greater => Bound::Excluded(FieldValue::Integer(float.floor() as i64)),
        RangeEdge::GreaterOrEqual => Bound::Included(FieldValue::Integer(float.ceil() as i64)),
        RangeEdge::Less => Bound::Excluded(FieldValue::Integer(float.ceil() as i64)),
        RangeEdge::LessOrEqual => Bound::Included(FieldValue::Integer(float.floor() as i64)),
    }
}

#[cfg(test)]
mod tests {
    use std::ops::RangeBounds;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const EDGES: [RangeEdge; 4] =
        [RangeEdge::Greater, RangeEdge::GreaterOrEqual, RangeEdge::Less, RangeEdge::LessOrEqual];

    fn satisfies(edge: RangeEdge, value: f64, bound: f64) -> bool {
        match edge {
            RangeEdge::Greater => value > bound,
            RangeEdge::GreaterOrEqual => value >= bound,
            RangeEdge::Less => value < bound,
            RangeEdge::LessOrEqual => value <= bound,
        }
    }

    /// Whether an integer satisfies a bound.
    fn within(edge: RangeEdge, value: i64, bound: &Bound<FieldValue>) -> bool {
        let bound = match bound {
            Bound::Included(FieldValue::Integer(integer)) => Bound::Included(*integer),
            Bound::Excluded(FieldValue::Integer(integer)) => Bound::Excluded(*integer),
            other => panic!("{other:?} is not a bound of integers"),
        };
        if edge.is_lower() {
            (bound, Bound::Unbounded).contains(&value)
        } else {
            (Bound::Unbounded, bound).contains(&value)
        }
    }

    proptest! {
        #[test]
        fn bounds_of_integers_select_the_same_values(value in -50_i64..50, bound in -60.0..60.0_f64, halves in any::<bool>()) {
            let bound = if halves { (bound * 2.0).round() / 2.0 } else { bound };
            let field = Field::new("f".to_owned(), FieldKind::Long);
            for edge in EDGES {
                let read = field.range_bound(edge, &json!(bound), &RangeOptions::default()).expect("a number");
                prop_assert_eq!(within(edge, value, &read), satisfies(edge, value as f64, bound), "{:?} {}", edge, bound);
            }
        }
    }

    #[test]
    fn bounds_beyond_all_integers_select_all_or_none() {
        let field = Field::new("f".to_owned(), FieldKind::Long);
        for bound in [1e30, -1e30] {
            for edge in EDGES {
                let read = field.range_bound(edge, &json!(bound), &RangeOptions::default()).expect("a number");
                for value in [i64::MIN, 0, i64::MAX] {
                    assert_eq!(within(edge, value, &read), satisfies(edge, value as f64, bound), "{edge:?} {bound}");
                }
            }
        }
    }

    #[test]
    fn dates_are_rounded_as_the_operator_requires() {
        let field = Field::new("f".to_owned(), FieldKind::Date { format: DateFormat::default() });
        let bound = |edge| field.range_bound(edge, &json!("1970-01-02"), &RangeOptions::default()).expect("a date");
        assert_eq!(bound(RangeEdge::GreaterOrEqual), Bound::Included(FieldValue::Date(86_400_000)));
        assert_eq!(bound(RangeEdge::Greater), Bound::Excluded(FieldValue::Date(172_799_999)));
        assert_eq!(bound(RangeEdge::Less), Bound::Excluded(FieldValue::Date(86_400_000)));
        assert_eq!(bound(RangeEdge::LessOrEqual), Bound::Included(FieldValue::Date(172_799_999)));
    }

    #[test]
    fn queries_may_have_a_format_and_a_time_zone() {
        let field = Field::new("f".to_owned(), FieldKind::Date { format: DateFormat::default() });
        let format = Some(DateFormat::parse("dd.MM.yyyy").expect("a format"));
        let options = RangeOptions { now_millis: 5, format, offset_seconds: 3600 };
        let bound = |json| field.range_bound(RangeEdge::GreaterOrEqual, &json, &options);
        assert_eq!(bound(json!("01.01.1970")), Ok(Bound::Included(FieldValue::Date(-3_600_000))));
        assert_eq!(bound(json!("now")), Ok(Bound::Included(FieldValue::Date(5))));
        assert!(bound(json!("1970-01-01")).is_err());
    }

    #[test]
    fn bounds_of_floats_have_the_precision_of_columns() {
        let field = Field::new("f".to_owned(), FieldKind::Float);
        let bound = |json| field.range_bound(RangeEdge::LessOrEqual, &json, &RangeOptions::default());
        assert_eq!(bound(json!(0.1)), Ok(Bound::Included(FieldValue::Float(f64::from(0.1_f32)))));
        assert_eq!(bound(json!(1e300)), Ok(Bound::Included(FieldValue::Float(1e300))));
    }

    #[test]
    fn points_have_no_ranges() {
        let field = Field::new("f".to_owned(), FieldKind::GeoPoint);
        let refused =
            field.range_bound(RangeEdge::Less, &json!("1,2"), &RangeOptions::default()).expect_err("unordered");
        insta::assert_snapshot!(refused, @"field [f] of type [geo_point]: points have no order");
    }
}
