//! The bounds of ranges.

use std::ops::Bound;

use serde_json::Value as Json;

use super::number::Number;
use super::numeric::{Fraction, unscaled};
use super::{Field, FieldKind, RangeOptions};
use crate::date::Rounding;
use crate::{FieldValue, InvalidValue, ValueError};

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
    fn bound(self, value: FieldValue) -> Bound<FieldValue> {
        match self {
            RangeEdge::Greater | RangeEdge::Less => Bound::Excluded(value),
            RangeEdge::GreaterOrEqual | RangeEdge::LessOrEqual => Bound::Included(value),
        }
    }
}

impl Field {
    /// Converts JSON of a `range` query to a bound. Dates may contain date math and are rounded as the operator requires. For
    /// integers, numbers with a fraction are rounded inwards.
    ///
    /// # Errors
    /// If the JSON cannot be compared with values of the field, for instance a number that its type cannot hold, and for points.
    pub fn range_bound(
        &self,
        edge: RangeEdge,
        json: &Json,
        options: &RangeOptions,
    ) -> Result<Bound<FieldValue>, ValueError> {
        match &self.kind {
            kind if kind.is_integer() => {
                let number = self.number(json)?;
                let whole = self.integer_within(json, number, self.query_limits())?;
                Ok(integer_bound(edge, whole, number))
            }
            FieldKind::HalfFloat => {
                // Bounds are floats of 32 bits.
                let number = self.number(json)?;
                self.float(json, number)?;
                Ok(edge.bound(FieldValue::Float(f64::from(number.float as f32) + 0.0)))
            }
            FieldKind::ScaledFloat { factor } => {
                let number = self.number(json)?;
                self.float(json, number)?;
                Ok(Bound::Included(FieldValue::Float(unscaled(steps(edge, number.float * factor), *factor) + 0.0)))
            }
            FieldKind::Double | FieldKind::Float => {
                Ok(edge.bound(FieldValue::Float(self.float(json, self.number(json)?)?)))
            }
            FieldKind::UnsignedLong => {
                let number = self.number(json)?;
                let whole = self.unsigned(json, Fraction::Known)?;
                // Bounds are rounded inwards; none of them is negative.
                let above = whole.saturating_add(u64::from(number.has_fraction()));
                Ok(edge.bound(FieldValue::Unsigned(match edge {
                    RangeEdge::Greater | RangeEdge::LessOrEqual => whole,
                    RangeEdge::GreaterOrEqual | RangeEdge::Less => above,
                })))
            }
            FieldKind::Date { format, resolution } => {
                let format = options.format.as_ref().unwrap_or(format);
                // `gt` the 5th begins with the 6th, and `lte` the 5th includes all of it.
                let rounding = match edge {
                    RangeEdge::Greater | RangeEdge::LessOrEqual => Rounding::Up,
                    RangeEdge::GreaterOrEqual | RangeEdge::Less => Rounding::Down,
                };
                let text = self.date_text(json)?;
                self.moment(&text, format, *resolution, rounding, options).map(|moment| edge.bound(moment))
            }
            FieldKind::GeoPoint
            | FieldKind::Range(_)
            | FieldKind::Binary
            | FieldKind::Percolator
            | FieldKind::RankFeature { .. } => Err(self.error(InvalidValue::Unordered)),
            FieldKind::FlatObject => Ok(edge.bound(FieldValue::Text(self.text(json)?.into_owned()))),
            FieldKind::Boolean => Ok(edge.bound(FieldValue::Boolean(self.boolean(json)?))),
            FieldKind::Text { .. } => Ok(edge.bound(FieldValue::Text(self.text(json)?.into_owned()))),
            FieldKind::Keyword(options) => {
                Ok(edge.bound(FieldValue::Text(options.normalized(self.text(json)?).into_owned())))
            }
            _ => Ok(edge.bound(FieldValue::Text(self.ip(json)?))),
        }
    }
}

/// The first or last number of steps of a scaled float within a bound, which is rounded inwards.
fn steps(edge: RangeEdge, bound: f64) -> f64 {
    match edge {
        RangeEdge::Greater => bound.next_up().ceil(),
        RangeEdge::GreaterOrEqual => bound.ceil(),
        RangeEdge::Less => bound.next_down().floor(),
        RangeEdge::LessOrEqual => bound.floor(),
    }
}

/// The bound that selects the same integers. `whole` is the number without its fraction.
fn integer_bound(edge: RangeEdge, whole: i64, number: Number) -> Bound<FieldValue> {
    let [below, above] = if !number.has_fraction() {
        [whole, whole]
    } else if number.float > 0.0 {
        [whole, whole + 1]
    } else {
        [whole - 1, whole]
    };
    edge.bound(FieldValue::Integer(match edge {
        RangeEdge::Greater | RangeEdge::LessOrEqual => below,
        RangeEdge::GreaterOrEqual | RangeEdge::Less => above,
    }))
}

#[cfg(test)]
mod tests {
    use std::ops::RangeBounds;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::{DateFormat, DateResolution, TimeZone};

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
        if matches!(edge, RangeEdge::Greater | RangeEdge::GreaterOrEqual) {
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
    fn bounds_of_longs_in_strings_are_exact() {
        let field = Field::new("f".to_owned(), FieldKind::Long);
        let bound = 4_115_420_654_264_075_766;
        for text in ["4115420654264075766", "4115420654264075766.1", "4.115420654264075766e18"] {
            for edge in EDGES {
                let read = field.range_bound(edge, &json!(text), &RangeOptions::default()).expect("a number");
                for (value, order) in [(bound - 1, -1.0), (bound, 0.0), (bound + 1, 1.0)] {
                    assert_eq!(within(edge, value, &read), satisfies(edge, order, 0.0), "{edge:?} {text} {value}");
                }
            }
        }
    }

    #[test]
    fn bounds_that_the_type_cannot_hold_are_errors() {
        for (kind, json) in [
            (FieldKind::Long, json!(1e30)),
            (FieldKind::Long, json!("-1e30")),
            (FieldKind::Integer, json!(2_147_483_648_i64)),
            (FieldKind::Integer, json!(2_147_483_647.5)),
            (FieldKind::Float, json!(-1e39)),
            (FieldKind::Double, json!("1e309")),
        ] {
            let field = Field::new("f".to_owned(), kind);
            let refused =
                field.range_bound(RangeEdge::Less, &json, &RangeOptions::default()).expect_err("out of range");
            assert!(refused.to_string().ends_with("is out of range"), "{refused}");
        }
        for json in [json!(i32::MIN), json!(i32::MAX), json!("2147483647.0")] {
            let field = Field::new("f".to_owned(), FieldKind::Integer);
            assert!(field.range_bound(RangeEdge::Less, &json, &RangeOptions::default()).is_ok());
        }
    }

    #[test]
    fn dates_are_rounded_as_the_operator_requires() {
        let field = Field::new(
            "f".to_owned(),
            FieldKind::Date { format: DateFormat::default(), resolution: DateResolution::Millis },
        );
        let bound = |edge| field.range_bound(edge, &json!("1970-01-02"), &RangeOptions::default()).expect("a date");
        assert_eq!(bound(RangeEdge::GreaterOrEqual), Bound::Included(FieldValue::Date(86_400_000)));
        assert_eq!(bound(RangeEdge::Greater), Bound::Excluded(FieldValue::Date(172_799_999)));
        assert_eq!(bound(RangeEdge::Less), Bound::Excluded(FieldValue::Date(86_400_000)));
        assert_eq!(bound(RangeEdge::LessOrEqual), Bound::Included(FieldValue::Date(172_799_999)));
    }

    #[test]
    fn queries_may_have_a_format_and_a_time_zone() {
        let field = Field::new(
            "f".to_owned(),
            FieldKind::Date { format: DateFormat::default(), resolution: DateResolution::Millis },
        );
        let format = Some(DateFormat::parse("dd.MM.yyyy").expect("a format"));
        let options = RangeOptions { now_millis: 5, format, time_zone: TimeZone::offset(3600) };
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
    }

    #[test]
    fn points_have_no_ranges() {
        let field = Field::new("f".to_owned(), FieldKind::GeoPoint);
        let refused =
            field.range_bound(RangeEdge::Less, &json!("1,2"), &RangeOptions::default()).expect_err("unordered");
        insta::assert_snapshot!(refused, @"field [f] of type [geo_point]: its values have no order");
    }
}
