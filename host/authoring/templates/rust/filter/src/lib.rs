//! Keeps documents with at least one value of at least `min`.

use quidditch_udf::{Arguments, Error, Filter, Floats, Parameter, ParameterKind, Range};

/// The filter, bound to the arguments of one query clause. All state belongs here, none in statics: one instance of the
/// component may be bound several times.
struct AtLeast {
    field: String,
    min: f64,
}

impl Filter for AtLeast {
    /// What `keep` receives of each document. A tuple requests several columns.
    type Columns = Floats;

    /// Called once per clause. The host has checked the types of the arguments and filled in defaults.
    fn bind(arguments: &Arguments) -> Result<Self, Error> {
        let min: f64 = arguments.get("min")?;
        if min < 0.0 {
            return Err(Error::invalid_argument(
                "parameter [min] must not be negative",
            ));
        }
        Ok(AtLeast {
            field: arguments.get("field")?,
            min,
        })
    }

    fn columns(&self) -> Floats {
        Floats::of(&self.field)
    }

    /// Lets the host skip documents without a value in this range of the first column. Remove this if the filter might keep
    /// others: too narrow a range loses matches.
    fn ranges(&self) -> Vec<Range> {
        vec![Range {
            column: 0,
            min: self.min,
            max: f64::INFINITY,
        }]
    }

    /// Called for each document, with its values in ascending order: none if it has no such field.
    fn keep(&self, values: &[f64]) -> bool {
        values.iter().any(|value| *value >= self.min)
    }
}

quidditch_udf::export! {
    summary: "Keeps documents with at least one value of at least `min`.",
    parameters: [
        Parameter::required(ParameterKind::Field, "field", "The number field to read."),
        Parameter::required(ParameterKind::Float, "min", "The smallest value to keep; not negative."),
    ],
    filter: AtLeast,
}

#[cfg(test)]
mod tests {
    use quidditch_udf::testing::{Documents, arguments, keep};

    use super::*;

    #[test]
    fn one_value_of_at_least_min_is_enough() {
        let documents = Documents::new(4).floats(&[&[2.0], &[1.0, 3.0], &[], &[2.5]]);
        let clause = arguments([("field", "price".into()), ("min", 2.5.into())]);
        assert_eq!(
            keep::<AtLeast>(&clause, &documents),
            Ok(vec![false, true, false, true])
        );
    }

    #[test]
    fn min_must_not_be_negative() {
        let clause = arguments([("field", "price".into()), ("min", (-1.0).into())]);
        let expected = Error::invalid_argument("parameter [min] must not be negative");
        assert_eq!(AtLeast::bind(&clause).err(), Some(expected));
    }
}
