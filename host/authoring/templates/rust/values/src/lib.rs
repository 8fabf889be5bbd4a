//! The values of a number field with a percentage added.

use quidditch_udf::{
    Arguments, Batch, ComputedColumn, Error, Floats, Parameter, ParameterKind, Values,
};

/// The function, bound to the arguments of one call. All state belongs here, none in statics: one instance of the component
/// may be bound several times.
struct WithRate {
    field: String,
    factor: f64,
}

impl Values for WithRate {
    /// What the function receives of each document. A tuple requests several columns.
    type Columns = Floats;
    /// The type of the values: `bool`, `i64`, `f64`, `Date` or `String`.
    type Value = f64;

    /// Called once per call of the function in a request. The host has checked the types of the arguments and filled in
    /// defaults.
    fn bind(arguments: &Arguments) -> Result<Self, Error> {
        let rate: f64 = arguments.get("rate")?;
        if rate < -100.0 {
            return Err(Error::invalid_argument(
                "parameter [rate] must not be less than -100",
            ));
        }
        Ok(WithRate {
            field: arguments.get("field")?,
            factor: 1.0 + rate / 100.0,
        })
    }

    fn columns(&self) -> Floats {
        Floats::of(&self.field)
    }

    /// Computes any number of values of each document. A function with at most one implements `value` instead.
    fn compute_batch(&self, batch: &Batch<'_, Floats>) -> Result<ComputedColumn<f64>, Error> {
        Ok(batch.compute_each(|values| values.iter().map(|value| value * self.factor)))
    }
}

quidditch_udf::export! {
    summary: "The values of a number field with `rate` percent added.",
    parameters: [
        Parameter::required(ParameterKind::Field, "field", "The number field to read."),
        Parameter::required(ParameterKind::Float, "rate", "What is added, in percent; at least -100."),
    ],
    values: WithRate,
}

#[cfg(test)]
mod tests {
    use quidditch_udf::testing::{Documents, arguments, compute};

    use super::*;

    #[test]
    fn every_value_gets_the_percentage() {
        let documents = Documents::new(3).floats(&[&[10.0], &[], &[-2.0, 4.0]]);
        let clause = arguments([("field", "price".into()), ("rate", 50.0.into())]);
        let expected = vec![vec![15.0.into()], vec![], vec![(-3.0).into(), 6.0.into()]];
        assert_eq!(compute::<WithRate>(&clause, &documents), Ok(expected));
    }

    #[test]
    fn the_rate_must_not_be_less_than_all() {
        let clause = arguments([("field", "price".into()), ("rate", (-101.0).into())]);
        let expected = Error::invalid_argument("parameter [rate] must not be less than -100");
        assert_eq!(WithRate::bind(&clause).err(), Some(expected));
    }
}
