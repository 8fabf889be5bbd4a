//! Ranks products by the probability of a click, which a model of LightGBM predicts. The model is part of the component.

mod model;

use quidditch_udf::{Arguments, Error, Floats, Parameter, ParameterKind, Scorer};

use model::{FEATURES, probability};

/// Scores documents by the model.
pub struct LearnedRank {
    fields: Fields,
}

/// The fields with the features of the model, except the first, which is the score so far.
type Fields = [String; FEATURES.len() - 1];

/// A tuple has at most four columns, but can consist of tuples.
type Three = (Floats, Floats, Floats);
type ThreeOfDocument<'b> = (&'b [f64], &'b [f64], &'b [f64]);

impl Scorer for LearnedRank {
    type Columns = (Three, Three);

    fn bind(arguments: &Arguments) -> Result<Self, Error> {
        let fields = arguments.get::<Option<&[String]>>("fields")?.map_or_else(names_of_features, <[String]>::to_vec);
        let fields = fields.try_into().map_err(|_| {
            let features = names_of_features().join(", ");
            Error::InvalidArgument(format!("parameter [fields] must have a field for each of {features}"))
        })?;
        Ok(LearnedRank { fields })
    }

    fn columns(&self) -> (Three, Three) {
        let [price, rating, reviews, age_days, discount, delivery_days] =
            self.fields.each_ref().map(|field| Floats::of(field.as_str()));
        ((price, rating, reviews), (age_days, discount, delivery_days))
    }

    fn needs_score(&self) -> bool {
        true
    }

    /// It is a probability.
    fn max_score(&self, _: f32) -> f32 {
        1.0
    }

    fn score(
        &self,
        ((price, rating, reviews), (age_days, discount, delivery_days)): (ThreeOfDocument<'_>, ThreeOfDocument<'_>),
        score: f32,
    ) -> f32 {
        let features = [
            f64::from(score),
            largest(price),
            largest(rating),
            largest(reviews),
            largest(age_days),
            largest(discount),
            largest(delivery_days),
        ];
        probability(&features) as f32
    }
}

/// The largest value of a document, or what a missing one is for the model.
fn largest(values: &[f64]) -> f64 {
    values.last().copied().unwrap_or(f64::NAN)
}

/// The features that are fields.
fn names_of_features() -> Vec<String> {
    FEATURES[1..].iter().map(|name| (*name).to_owned()).collect()
}

quidditch_udf::export! {
    summary: "The probability of a click on a product, by a model that was trained with LightGBM; from 0 to 1.",
    parameters: [
        Parameter::optional(
            ParameterKind::Texts,
            "fields",
            "The number fields with price, rating, reviews, age_days, discount and delivery_days; by default fields of these names."
        ),
    ],
    scorer: LearnedRank,
}

#[cfg(test)]
mod tests {
    use std::fs;

    use quidditch_udf::testing::{Documents, arguments, fields, score};
    use serde_json::Value;

    use super::*;

    /// The scores of the documents of a test in `tests/`, and those that LightGBM predicts.
    fn scores_and_predictions(name: &str) -> (Vec<f32>, Vec<f64>) {
        let text = fs::read_to_string(format!("{}/tests/{name}.json", env!("CARGO_MANIFEST_DIR"))).expect("a test");
        let test: Value = serde_json::from_str(&text).expect("JSON");
        let list = |key: &str| test[key].as_array().cloned().unwrap_or_default();
        let documents = list("documents");
        let given = test["parameters"]["fields"].as_array();
        let names = given.map_or_else(names_of_features, |names| {
            names.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        });
        let mut batch = Documents::new(documents.len()).scores(&vec![1.0; documents.len()]);
        for name in &names {
            let values: Vec<Vec<f64>> =
                documents.iter().map(|document| document[name].as_f64().into_iter().collect()).collect();
            batch = batch.floats(&values.iter().map(Vec::as_slice).collect::<Vec<_>>());
        }
        let found = score::<LearnedRank>(&arguments([("fields", names.into())]), &batch).expect("valid");
        (found, list("expected").iter().filter_map(Value::as_f64).collect())
    }

    #[test]
    fn agrees_with_lightgbm() {
        for name in ["predictions", "missing_values", "other_fields"] {
            let (found, predictions) = scores_and_predictions(name);
            assert!(!found.is_empty() && found.len() == predictions.len());
            for (found, prediction) in found.iter().zip(predictions) {
                assert!((f64::from(*found) - prediction).abs() < 1e-6, "{name}: {found} instead of {prediction}");
            }
        }
    }

    #[test]
    fn the_largest_of_several_values_counts() {
        let prices = |prices: &[f64]| {
            let mut documents = Documents::new(1).scores(&[1.0]).floats(&[prices]);
            for _ in 0..5 {
                documents = documents.floats(&[&[]]);
            }
            score::<LearnedRank>(&arguments([]), &documents).expect("valid")
        };
        assert_eq!(prices(&[1.0, 30.0]), prices(&[30.0]));
        assert_ne!(prices(&[1.0]), prices(&[30.0]));
    }

    #[test]
    fn fields_are_named_like_features_unless_given() {
        let bound = LearnedRank::bind(&arguments([])).expect("valid");
        assert_eq!(fields(&bound.columns()), FEATURES[1..]);
        let given: Vec<String> = ["a", "b", "c", "d", "e", "f"].map(str::to_owned).into();
        let bound = LearnedRank::bind(&arguments([("fields", given.clone().into())])).expect("valid");
        assert_eq!(fields(&bound.columns()), given);
    }

    #[test]
    fn every_feature_needs_a_field() {
        let error = LearnedRank::bind(&arguments([("fields", vec!["price".to_owned()].into())]))
            .map(|_| ())
            .expect_err("invalid");
        insta::assert_snapshot!(
            error,
            @"parameter [fields] must have a field for each of price, rating, reviews, age_days, discount, delivery_days"
        );
    }
}
