//! The functions of windows: `MovingFunctions` in scripts.

use super::forecast::{HoltWinters, holt, holt_winters};
use super::window_error::WindowError;

/// A function of the values in a window. Values that are not numbers are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MovingFunction {
    Max,
    Min,
    Sum,
    StandardDeviation,
    Average,
    LinearAverage,
    ExponentialAverage,
    Holt,
    HoltWinters,
}

impl MovingFunction {
    /// The function of this name, and how many arguments it has after the values.
    pub(super) fn find(name: &str) -> Option<(Self, usize)> {
        Some(match name {
            "max" => (MovingFunction::Max, 0),
            "min" => (MovingFunction::Min, 0),
            "sum" => (MovingFunction::Sum, 0),
            "stdDev" => (MovingFunction::StandardDeviation, 1),
            "unweightedAvg" => (MovingFunction::Average, 0),
            "linearWeightedAvg" => (MovingFunction::LinearAverage, 0),
            "ewma" => (MovingFunction::ExponentialAverage, 1),
            "holt" => (MovingFunction::Holt, 2),
            "holtWinters" => (MovingFunction::HoltWinters, 5),
            _ => return None,
        })
    }

    /// # Errors
    /// `holtWinters` of too few values.
    pub(super) fn of(self, values: &[f64], arguments: &[f64]) -> Result<f64, WindowError> {
        let numbers = || values.iter().copied().filter(|value| !value.is_nan());
        Ok(match (self, arguments) {
            (MovingFunction::Max, _) => numbers().reduce(f64::max).unwrap_or(f64::NAN),
            (MovingFunction::Min, _) => numbers().reduce(f64::min).unwrap_or(f64::NAN),
            (MovingFunction::Sum, _) => numbers().sum(),
            (MovingFunction::StandardDeviation, [average]) => standard_deviation(numbers(), *average),
            (MovingFunction::Average, _) => average(numbers()),
            (MovingFunction::LinearAverage, _) => linear_average(numbers()),
            (MovingFunction::ExponentialAverage, [alpha]) => exponential_average(numbers(), *alpha),
            (MovingFunction::Holt, [alpha, beta]) => holt(numbers(), *alpha, *beta),
            (MovingFunction::HoltWinters, [alpha, beta, gamma, period, multiplicative]) => {
                let padding = if *multiplicative == 0.0 { 0.0 } else { 1e-10 };
                let settings = HoltWinters {
                    alpha: *alpha,
                    beta: *beta,
                    gamma: *gamma,
                    period: *period as usize,
                    multiplicative: *multiplicative != 0.0,
                    padding,
                };
                holt_winters(values, &settings)?
            }
            _ => unreachable!("the number of arguments is checked when a script is parsed"),
        })
    }
}

fn average(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_u64), |(sum, count), value| (sum + value, count + 1));
    sum / count as f64
}

fn standard_deviation(values: impl Iterator<Item = f64>, average: f64) -> f64 {
    self::average(values.map(|value| (value - average).powi(2))).sqrt()
}

/// The newest value weighs most. As clients expect, the weights add up to one more than those of the values.
fn linear_average(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut weights, mut weight) = (0.0, 1.0, 1.0);
    for value in values {
        sum += value * weight;
        weights += weight;
        weight += 1.0;
    }
    if weight == 1.0 { f64::NAN } else { sum / weights }
}

fn exponential_average(values: impl Iterator<Item = f64>, alpha: f64) -> f64 {
    values.reduce(|average, value| value * alpha + average * (1.0 - alpha)).unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, values: &[f64], arguments: &[f64]) -> f64 {
        let (function, count) = MovingFunction::find(name).expect("a function");
        assert_eq!(count, arguments.len());
        function.of(values, arguments).expect("enough values")
    }

    #[test]
    fn functions_are_those_that_clients_know() {
        let values = [1.0, 3.0, 4.0];
        assert_eq!(of("max", &values, &[]), 4.0);
        assert_eq!(of("min", &values, &[]), 1.0);
        assert_eq!(of("sum", &values, &[]), 8.0);
        assert!((of("stdDev", &values, &[8.0 / 3.0]) - 1.247_219_128_924_647).abs() < 1e-12);
        assert!((of("linearWeightedAvg", &values, &[]) - 2.714_285_714_285_714_2).abs() < 1e-12);
        assert!((of("ewma", &values, &[0.3]) - 2.32).abs() < 1e-12);
        assert!((of("holt", &values, &[0.3, 0.1]) - 2.362).abs() < 1e-12);
    }

    #[test]
    fn of_nothing_only_the_sum_is_a_number() {
        assert_eq!(of("sum", &[], &[]), 0.0);
        for (name, arguments) in
            [("max", &[][..]), ("unweightedAvg", &[]), ("linearWeightedAvg", &[]), ("holt", &[0.1, 0.1])]
        {
            assert!(of(name, &[f64::NAN], arguments).is_nan(), "{name}");
        }
    }

    #[test]
    fn seasons_need_two_periods() {
        let (function, _) = MovingFunction::find("holtWinters").expect("a function");
        let arguments = [0.3, 0.1, 0.1, 2.0, 0.0];
        assert!(function.of(&[1.0, 3.0, 4.0], &arguments).is_err());
        assert!(function.of(&[1.0, 3.0, 4.0, 1.0], &arguments).is_ok());
        assert!(function.of(&[], &arguments).is_ok_and(f64::is_nan));
    }
}
