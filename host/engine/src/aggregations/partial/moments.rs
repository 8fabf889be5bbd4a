//! Means, and sums of the powers and products of what values differ from them.

use serde::{Deserialize, Serialize};

/// What is kept of several values of each document. The formulas are those of Pébay, "Formulas for Robust, One-Pass Parallel
/// Computation of Covariances and Arbitrary-Order Statistical Moments" (2008).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Moments {
    count: u64,
    fields: Vec<Powers>,
    /// The sums of products of each field with those before it: of field `i` and field `j < i` at `i (i - 1) / 2 + j`.
    #[serde(with = "bits")]
    products: Vec<f64>,
}

/// The mean of a field, and the sums of the second, third and fourth powers of the differences.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct Powers {
    #[serde(with = "super::super::bits")]
    mean: f64,
    #[serde(with = "super::super::bits")]
    second: f64,
    #[serde(with = "super::super::bits")]
    third: f64,
    #[serde(with = "super::super::bits")]
    fourth: f64,
}

/// Serialises floats as their bits, as `bits` of this folder does.
mod bits {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(values: &[f64], serializer: S) -> Result<S::Ok, S::Error> {
        values.iter().map(|value| value.to_bits()).collect::<Vec<_>>().serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f64>, D::Error> {
        Ok(Vec::<u64>::deserialize(deserializer)?.into_iter().map(f64::from_bits).collect())
    }
}

/// Where the product of two different fields is.
fn place(one: usize, other: usize) -> usize {
    let (first, last) = (one.min(other), one.max(other));
    last * (last - 1) / 2 + first
}

impl Moments {
    pub(crate) fn new(fields: usize) -> Self {
        let pairs = fields * fields.saturating_sub(1) / 2;
        Moments { count: 0, fields: vec![Powers::default(); fields], products: vec![0.0; pairs] }
    }

    /// How much memory they use.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(self) + size_of_val(&self.fields[..]) + size_of_val(&self.products[..])
    }

    /// How much memory those of as many fields use.
    pub(crate) fn bytes_of(fields: usize) -> usize {
        let pairs = fields.saturating_mul(fields.saturating_sub(1)) / 2;
        size_of::<Self>() + fields * size_of::<Powers>() + pairs.saturating_mul(size_of::<f64>())
    }

    /// Adds a document with a value in each field.
    pub(crate) fn add(&mut self, values: &[f64]) {
        let before = self.count as f64;
        self.count += 1;
        let count = self.count as f64;
        for (field, value) in values.iter().enumerate() {
            let difference = value - self.fields[field].mean;
            for (other, other_value) in values.iter().enumerate().take(field) {
                // The means of the fields before it include the document already.
                let other_difference = other_value - self.fields[other].mean;
                self.products[place(field, other)] += difference * other_difference;
            }
            let powers = &mut self.fields[field];
            let share = difference / count;
            let square = difference * share * before;
            powers.mean += share;
            powers.fourth += square * share * share * (count * count - 3.0 * count + 3.0)
                + 6.0 * share * share * powers.second
                - 4.0 * share * powers.third;
            powers.third += square * share * (count - 2.0) - 3.0 * share * powers.second;
            powers.second += square;
        }
    }

    pub(crate) fn merge(&mut self, other: &Moments) {
        if other.count == 0 {
            return;
        }
        if self.count == 0 {
            self.clone_from(other);
            return;
        }
        let (a, b) = (self.count as f64, other.count as f64);
        let count = a + b;
        let differences: Vec<f64> = self.fields.iter().zip(&other.fields).map(|(a, b)| b.mean - a.mean).collect();
        for field in 1..self.fields.len() {
            for before in 0..field {
                let place = place(field, before);
                self.products[place] +=
                    other.products[place] + differences[field] * differences[before] * a * b / count;
            }
        }
        for ((one, other), difference) in self.fields.iter_mut().zip(&other.fields).zip(differences) {
            let share = difference / count;
            one.fourth += other.fourth
                + difference * share * share * share * a * b * (a * a - a * b + b * b)
                + 6.0 * share * share * (a * a * other.second + b * b * one.second)
                + 4.0 * share * (a * other.third - b * one.third);
            one.third += other.third
                + difference * share * share * a * b * (a - b)
                + 3.0 * share * (a * other.second - b * one.second);
            one.second += other.second + difference * share * a * b;
            one.mean += share * b;
        }
        self.count += other.count;
    }

    /// The number of documents.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    pub(crate) fn mean(&self, field: usize) -> f64 {
        self.fields[field].mean
    }

    pub(crate) fn skewness(&self, field: usize) -> f64 {
        let Powers { second, third, .. } = self.fields[field];
        (self.count as f64).sqrt() * third / second.powf(1.5)
    }

    pub(crate) fn kurtosis(&self, field: usize) -> f64 {
        let Powers { second, fourth, .. } = self.fields[field];
        self.count as f64 * fourth / (second * second)
    }

    /// Of a sample; of a field with itself the variance.
    pub(crate) fn covariance(&self, one: usize, other: usize) -> f64 {
        self.product(one, other) / (self.count as f64 - 1.0)
    }

    pub(crate) fn correlation(&self, one: usize, other: usize) -> f64 {
        if one == other {
            return 1.0;
        }
        self.product(one, other) / (self.fields[one].second.sqrt() * self.fields[other].second.sqrt())
    }

    fn product(&self, one: usize, other: usize) -> f64 {
        if one == other { self.fields[one].second } else { self.products[place(one, other)] }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn moments(rows: &[[f64; 3]]) -> Moments {
        let mut moments = Moments::new(3);
        rows.iter().for_each(|row| moments.add(row));
        moments
    }

    fn assert_near(one: f64, other: f64, scale: f64) {
        assert!((one - other).abs() <= 1e-9 * scale.max(1.0), "{one} and {other}");
    }

    proptest! {
        #[test]
        fn moments_are_those_of_their_definition(
            rows in prop::collection::vec(prop::array::uniform3(-100.0..100.0_f64), 2..40), cut in any::<prop::sample::Index>()
        ) {
            let at = cut.index(rows.len());
            let mut merged = moments(&rows[..at]);
            merged.merge(&moments(&rows[at..]));
            let count = rows.len() as f64;
            let mean = |field: usize| rows.iter().map(|row| row[field]).sum::<f64>() / count;
            let sum = |power: &dyn Fn(&[f64; 3]) -> f64| rows.iter().map(power).sum::<f64>();
            for all in [moments(&rows), merged] {
                prop_assert_eq!(all.count(), rows.len() as u64);
                for field in 0..3 {
                    assert_near(all.mean(field), mean(field), 100.0);
                    let powers = all.fields[field];
                    for (found, power) in [(powers.second, 2), (powers.third, 3), (powers.fourth, 4)] {
                        assert_near(found, sum(&|row| (row[field] - mean(field)).powi(power)), 1e2_f64.powi(power) * count);
                    }
                    for other in 0..3 {
                        let product = sum(&|row| (row[field] - mean(field)) * (row[other] - mean(other)));
                        assert_near(all.covariance(field, other), product / (count - 1.0), 1e4);
                    }
                }
            }
        }
    }

    #[test]
    fn one_document_has_no_variance() {
        let one = moments(&[[1.0, 2.0, 3.0]]);
        assert_eq!(one.mean(1), 2.0);
        assert!(one.covariance(0, 0).is_nan() && one.skewness(0).is_nan() && one.correlation(0, 1).is_nan());
        assert_eq!(one.correlation(2, 2), 1.0);
    }
}
