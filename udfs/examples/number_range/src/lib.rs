//! Keeps documents whose number is in a range.

#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use quidditch_udf::{Arguments, Error, Filter, Floats, Parameter, ParameterKind, Range};

/// Keeps documents with at least one value from `min` to `max`, both included.
pub struct NumberRange {
    field: String,
    min: f64,
    max: f64,
}

impl Filter for NumberRange {
    type Columns = Floats;

    fn bind(arguments: &Arguments) -> Result<Self, Error> {
        let min: Option<f64> = arguments.get("min")?;
        let max: Option<f64> = arguments.get("max")?;
        if min.is_none() && max.is_none() {
            return Err(Error::InvalidArgument("at least one of [min] and [max] is required".to_owned()));
        }
        let min = min.unwrap_or(f64::NEG_INFINITY);
        let max = max.unwrap_or(f64::INFINITY);
        if min > max {
            return Err(Error::InvalidArgument("parameter [min] must not be greater than [max]".to_owned()));
        }
        Ok(NumberRange { field: arguments.get("field")?, min, max })
    }

    fn columns(&self) -> Floats {
        Floats::of(&self.field)
    }

    fn ranges(&self) -> Vec<Range> {
        [Range { column: 0, min: self.min, max: self.max }].into()
    }

    fn keep(&self, values: &[f64]) -> bool {
        values.iter().any(|value| self.min <= *value && *value <= self.max)
    }
}

quidditch_udf::export! {
    summary: "Keeps documents whose number is in a range, ends included.",
    parameters: [
        Parameter::required(ParameterKind::Field, "field", "The number field to read; if it has several values, one in the range is enough."),
        Parameter::optional(ParameterKind::Float, "min", "The smallest number to keep."),
        Parameter::optional(ParameterKind::Float, "max", "The largest number to keep. At least one of min and max is required."),
    ],
    filter: NumberRange,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quidditch_udf::testing::{Documents, arguments, fields, keep};

    use super::*;

    #[test]
    fn ends_are_included_and_one_value_in_the_range_is_enough() {
        let documents = Documents::new(6).floats(&[&[1.0], &[2.0], &[], &[0.0, 2.5, 9.0], &[3.0], &[0.0, 9.0]]);
        let arguments = arguments([("field", "price".into()), ("min", 2.0.into()), ("max", 3.0.into())]);
        let kept = keep::<NumberRange>(&arguments, &documents).expect("valid");
        assert_eq!(kept, [false, true, false, true, true, false]);
    }

    #[test]
    fn one_end_may_be_omitted() {
        let documents = Documents::new(3).floats(&[&[-1.0], &[0.0], &[1.0]]);
        let from_zero = arguments([("field", "price".into()), ("min", 0.0.into())]);
        assert_eq!(keep::<NumberRange>(&from_zero, &documents).expect("valid"), [false, true, true]);
        let to_zero = arguments([("field", "price".into()), ("max", 0.0.into())]);
        assert_eq!(keep::<NumberRange>(&to_zero, &documents).expect("valid"), [true, true, false]);
    }

    #[test]
    fn nan_is_not_in_any_range() {
        let documents = Documents::new(1).floats(&[&[f64::NAN]]);
        let arguments = arguments([("field", "price".into()), ("min", f64::NEG_INFINITY.into())]);
        assert_eq!(keep::<NumberRange>(&arguments, &documents).expect("valid"), [false]);
    }

    #[test]
    fn the_column_of_the_field_is_requested() {
        let range = NumberRange::bind(&arguments([("field", "a.b".into()), ("min", 0.0.into())])).expect("valid");
        assert_eq!(fields(&range.columns()), ["a.b"]);
    }

    #[test]
    fn the_range_is_announced() {
        let range = NumberRange::bind(&arguments([("field", "f".into()), ("max", 2.0.into())])).expect("valid");
        assert_eq!(range.ranges(), [Range { column: 0, min: f64::NEG_INFINITY, max: 2.0 }]);
    }

    #[test]
    fn invalid_arguments_are_rejected() {
        let rejection = |arguments: &Arguments| match NumberRange::bind(arguments) {
            Err(Error::InvalidArgument(message)) => message,
            _ => "not rejected".to_owned(),
        };
        insta::assert_snapshot!(
            rejection(&arguments([("field", "price".into())])),
            @"at least one of [min] and [max] is required"
        );
        insta::assert_snapshot!(
            rejection(&arguments([("field", "price".into()), ("min", 2.0.into()), ("max", 1.0.into())])),
            @"parameter [min] must not be greater than [max]"
        );
        insta::assert_snapshot!(rejection(&arguments([("min", 2.0.into())])), @"parameter [field] is required");
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(
            values in prop::collection::vec(prop::collection::vec(-10.0..10.0, 0..3), 0..20),
            min in -10.0_f64..10.0,
            width in 0.0_f64..10.0,
        ) {
            let documents: Vec<&[f64]> = values.iter().map(Vec::as_slice).collect();
            let arguments = arguments([("field", "f".into()), ("min", min.into()), ("max", (min + width).into())]);
            let kept = keep::<NumberRange>(&arguments, &Documents::new(documents.len()).floats(&documents));
            let expected: Vec<bool> =
                values.iter().map(|values| values.iter().any(|value| (min..=min + width).contains(value))).collect();
            prop_assert_eq!(kept.expect("valid"), expected);
        }
    }
}
