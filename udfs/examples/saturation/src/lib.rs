//! Adds a number to the score, with diminishing returns.

#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

use alloc::string::String;

use quidditch_udf::{Arguments, DefaultValue, Error, Floats, Parameter, ParameterKind, Scorer};

/// Adds `weight` * value / (value + `pivot`) to the score so far.
pub struct Saturation {
    field: String,
    pivot: f64,
    weight: f64,
}

impl Scorer for Saturation {
    type Columns = Floats;

    fn bind(arguments: &Arguments) -> Result<Self, Error> {
        let pivot: f64 = arguments.get("pivot")?;
        if pivot <= 0.0 {
            return Err(Error::invalid_argument("parameter [pivot] must be greater than 0"));
        }
        let weight: f64 = arguments.get("weight")?;
        if !(0.0..=1e6).contains(&weight) {
            return Err(Error::invalid_argument("parameter [weight] must be from 0 to 1000000"));
        }
        Ok(Saturation { field: arguments.get("field")?, pivot, weight })
    }

    fn columns(&self) -> Floats {
        Floats::of(&self.field)
    }

    fn needs_score(&self) -> bool {
        true
    }

    /// However large a value is, it adds at most the weight. Computed in the same way as scores, so that rounding takes none above it.
    fn max_score(&self, score: f32) -> f32 {
        (f64::from(score) + self.weight) as f32
    }

    /// Values are in ascending order: the last one is the largest.
    fn score(&self, values: &[f64], score: f32) -> f32 {
        let Some(largest) = values.last() else { return score };
        let share = 1.0 - self.pivot / (largest.max(0.0) + self.pivot);
        (f64::from(score) + self.weight * share) as f32
    }
}

quidditch_udf::export! {
    summary: "Adds weight * value / (value + pivot) to the score; documents without a value keep their score.",
    parameters: [
        Parameter::required(ParameterKind::Field, "field", "The number field; the largest value counts, negative ones as 0."),
        Parameter::required(ParameterKind::Float, "pivot", "The value that adds half of the weight; greater than 0."),
        Parameter::with_default(DefaultValue::Float(1.0), "weight", "What a very large value adds, from 0 to 1000000."),
    ],
    scorer: Saturation,
}

#[cfg(test)]
mod tests {
    use std::vec;

    use proptest::prelude::*;
    use quidditch_udf::testing::{Documents, arguments, score};

    use super::*;

    fn clause(pivot: f64, weight: f64) -> Arguments {
        arguments([("field", "clicks".into()), ("pivot", pivot.into()), ("weight", weight.into())])
    }

    #[test]
    fn the_pivot_adds_half_of_the_weight() {
        let documents = Documents::new(5).scores(&[1.0; 5]).floats(&[&[10.0], &[0.0, 30.0], &[], &[-5.0], &[f64::MAX]]);
        assert_eq!(score::<Saturation>(&clause(10.0, 4.0), &documents), Ok(vec![3.0, 4.0, 1.0, 1.0, 5.0]));
    }

    #[test]
    fn invalid_arguments_are_rejected() {
        let rejection = |pivot, weight| Saturation::bind(&clause(pivot, weight)).map(|_| ()).expect_err("invalid");
        insta::assert_snapshot!(rejection(0.0, 1.0), @"parameter [pivot] must be greater than 0");
        insta::assert_snapshot!(rejection(1.0, -1.0), @"parameter [weight] must be from 0 to 1000000");
    }

    proptest! {
        #[test]
        fn no_score_is_above_the_bound(
            value in -1e9..f64::MAX, so_far in 0.0_f32..1e9, pivot in 1e-9..1e9, weight in 0.0..1e6,
        ) {
            let arguments = clause(pivot, weight);
            let bound = Saturation::bind(&arguments).expect("valid").max_score(so_far);
            let documents = Documents::new(1).scores(&[so_far]).floats(&[&[value]]);
            let [score] = score::<Saturation>(&arguments, &documents).expect("valid")[..] else { panic!("one score") };
            prop_assert!((so_far..=bound).contains(&score), "{} {}", score, bound);
        }
    }
}
