//! Adds `factor` * ln(1 + the largest value of a field) to the score so far.

use quidditch_udf::{Arguments, DefaultValue, Error, Floats, Parameter, ParameterKind, Scorer};

/// The scorer, bound to the arguments of one query clause. All state belongs here, none in statics: one instance of the
/// component may be bound several times.
struct LogBoost {
    field: String,
    factor: f64,
}

impl Scorer for LogBoost {
    /// What `score` receives of each document. A tuple requests several columns.
    type Columns = Floats;

    /// Called once per clause. The host has checked the types of the arguments and filled in defaults.
    fn bind(arguments: &Arguments) -> Result<Self, Error> {
        let factor: f64 = arguments.get("factor")?;
        if factor < 0.0 {
            return Err(Error::invalid_argument(
                "parameter [factor] must not be negative",
            ));
        }
        Ok(LogBoost {
            field: arguments.get("field")?,
            factor,
        })
    }

    fn columns(&self) -> Floats {
        Floats::of(&self.field)
    }

    /// Without this, `score` receives 0 as the score so far, and the host need not compute it.
    fn needs_score(&self) -> bool {
        true
    }

    // The largest value of any document is unknown, so there is no upper bound for `max_score` to announce.

    /// Called for each document, with its values in ascending order: none if it has no such field. The result must be finite
    /// and not negative.
    fn score(&self, values: &[f64], score: f32) -> f32 {
        let Some(largest) = values.last() else {
            return score;
        };
        score + (self.factor * largest.max(0.0).ln_1p()) as f32
    }
}

quidditch_udf::export! {
    summary: "Adds `factor` * ln(1 + value) to the score; documents without a value keep their score.",
    parameters: [
        Parameter::required(ParameterKind::Field, "field", "The number field to read; its largest value counts."),
        Parameter::with_default(DefaultValue::Float(1.0), "factor", "The weight of the logarithm; not negative."),
    ],
    scorer: LogBoost,
}

#[cfg(test)]
mod tests {
    use quidditch_udf::testing::{Documents, arguments, score};

    use super::*;

    #[test]
    fn the_largest_value_counts_and_is_at_least_0() {
        let documents = Documents::new(4).scores(&[1.0, 1.0, 2.0, 3.0]).floats(&[
            &[0.0],
            &[-1.0, std::f64::consts::E - 1.0],
            &[],
            &[-5.0],
        ]);
        let clause = arguments([("field", "likes".into()), ("factor", 2.0.into())]);
        assert_eq!(
            score::<LogBoost>(&clause, &documents),
            Ok(vec![1.0, 3.0, 2.0, 3.0])
        );
    }

    #[test]
    fn the_factor_must_not_be_negative() {
        let clause = arguments([("field", "likes".into()), ("factor", (-1.0).into())]);
        let expected = Error::invalid_argument("parameter [factor] must not be negative");
        assert_eq!(LogBoost::bind(&clause).err(), Some(expected));
    }
}
