//! Levenshtein distance between a text field and a given text: a filter by maximum distance, and a scorer by similarity.
//!
//! Each distinct text of a batch is compared once, regardless of how many documents share it.

#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod levenshtein;
mod lower_case;

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use quidditch_udf::{
    Arguments, Batch, DefaultValue, Error, Filter, Parameter, ParameterKind, Scorer, Texts, TextsOfDocument,
};

pub use levenshtein::{Case, Pattern};

/// The part that the filter and the scorer share: the field, and the text to compare its values with.
struct Comparison {
    field: String,
    pattern: Pattern,
}

impl Comparison {
    fn bind(arguments: &Arguments) -> Result<Self, Error> {
        let case = if arguments.get("ignore_case")? { Case::Ignored } else { Case::Exact };
        let pattern = Pattern::new(arguments.get("text")?, case);
        Ok(Comparison { field: arguments.get("field")?, pattern })
    }

    fn columns(&self) -> Texts {
        Texts::of(&*self.field)
    }
}

/// Keeps documents with at least one text at a distance of at most `max_distance`.
pub struct Near {
    comparison: Comparison,
    max_distance: usize,
}

impl Filter for Near {
    type Columns = Texts;

    fn bind(arguments: &Arguments) -> Result<Self, Error> {
        let comparison = Comparison::bind(arguments)?;
        let max_distance: i64 = arguments.get("max_distance")?;
        if max_distance < 0 {
            return Err(Error::InvalidArgument("parameter [max_distance] must not be negative".to_owned()));
        }
        Ok(Near { comparison, max_distance: usize::try_from(max_distance).unwrap_or(usize::MAX) })
    }

    fn columns(&self) -> Texts {
        self.comparison.columns()
    }

    fn keep(&self, texts: TextsOfDocument<'_>) -> bool {
        texts.iter().any(|text| self.is_near(text))
    }

    fn keep_batch(&self, batch: &Batch<'_, Texts>) -> Result<Vec<u8>, Error> {
        let near = batch.columns().map_distinct(|text| self.is_near(text));
        Ok(near.map_documents(|mut near| u8::from(near.any(|near| near))))
    }
}

impl Near {
    fn is_near(&self, text: &str) -> bool {
        self.comparison.pattern.distance_within(text, self.max_distance).is_some()
    }
}

/// Scores documents by the similarity of their closest text: 1 - distance / length of the longer text; 0 without a text.
pub struct Similarity {
    comparison: Comparison,
}

impl Scorer for Similarity {
    type Columns = Texts;

    fn bind(arguments: &Arguments) -> Result<Self, Error> {
        Ok(Similarity { comparison: Comparison::bind(arguments)? })
    }

    fn columns(&self) -> Texts {
        self.comparison.columns()
    }

    fn score(&self, texts: TextsOfDocument<'_>, _: f32) -> f32 {
        texts.iter().map(|text| self.comparison.pattern.similarity(text)).fold(0.0, f32::max)
    }

    fn score_batch(&self, batch: &Batch<'_, Texts>) -> Result<Vec<f32>, Error> {
        let similarities = batch.columns().map_distinct(|text| self.comparison.pattern.similarity(text));
        Ok(similarities.map_documents(|similarities| similarities.fold(0.0, f32::max)))
    }
}

quidditch_udf::export! {
    summary: "Levenshtein distance to a text: a filter by maximum distance, and a scorer by similarity (0 to 1).",
    parameters: [
        Parameter::required(ParameterKind::Field, "field", "The text field; if it has several values, the closest one is used."),
        Parameter::required(ParameterKind::Text, "text", "The text to compare with."),
        Parameter::with_default(DefaultValue::Integer(2), "max_distance", "The maximum distance to keep; only for the filter."),
        Parameter::with_default(DefaultValue::Boolean(false), "ignore_case", "Whether upper and lower case are considered equal."),
    ],
    filter: Near,
    scorer: Similarity,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quidditch_udf::testing::{Documents, arguments, keep, score};

    use super::*;

    fn clause(text: &str, max_distance: i64, case: Case) -> Arguments {
        arguments([
            ("field", "name".into()),
            ("text", text.into()),
            ("max_distance", max_distance.into()),
            ("ignore_case", (case == Case::Ignored).into()),
        ])
    }

    #[test]
    fn the_closest_text_is_used_and_documents_without_one_are_dropped() {
        let documents = Documents::new(4).texts(&[&["Berlin"], &["Bern", "Rome"], &[], &["Paris"]]);
        assert_eq!(
            keep::<Near>(&clause("Berlin", 0, Case::Exact), &documents).expect("valid"),
            [true, false, false, false]
        );
        assert_eq!(
            keep::<Near>(&clause("Berlin", 2, Case::Exact), &documents).expect("valid"),
            [true, true, false, false]
        );
        let scores = score::<Similarity>(&clause("Bern", 2, Case::Exact), &documents).expect("valid");
        assert_eq!(scores, [4.0 / 6.0, 1.0, 0.0, 0.2]);
    }

    #[test]
    fn case_matters_unless_it_is_ignored() {
        let documents = Documents::new(1).texts(&[&["BERLIN"]]);
        assert_eq!(keep::<Near>(&clause("berlin", 2, Case::Exact), &documents).expect("valid"), [false]);
        assert_eq!(keep::<Near>(&clause("berlin", 2, Case::Ignored), &documents).expect("valid"), [true]);
    }

    #[test]
    fn a_negative_distance_is_rejected() {
        let Err(Error::InvalidArgument(message)) = Near::bind(&clause("x", -1, Case::Exact)) else {
            panic!("not rejected");
        };
        insta::assert_snapshot!(message, @"parameter [max_distance] must not be negative");
    }

    proptest! {
        #[test]
        fn a_batch_gets_the_same_results_as_its_documents_one_by_one(
            texts in prop::collection::vec(prop::collection::vec("[ab]{0,5}", 0..3), 0..12),
            text in "[ab]{0,5}",
        ) {
            let rows: Vec<Vec<&str>> = texts.iter().map(|texts| texts.iter().map(String::as_str).collect()).collect();
            let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
            let arguments = clause(&text, 1, Case::Exact);
            let kept = keep::<Near>(&arguments, &Documents::new(rows.len()).texts(&rows)).expect("valid");
            let scores = score::<Similarity>(&arguments, &Documents::new(rows.len()).texts(&rows)).expect("valid");
            for (index, row) in rows.iter().enumerate() {
                let alone = Documents::new(1).texts(&[row]);
                prop_assert_eq!(keep::<Near>(&arguments, &alone).expect("valid"), [kept[index]]);
                prop_assert_eq!(score::<Similarity>(&arguments, &alone).expect("valid"), [scores[index]]);
                let closest = row.iter().map(|row| Pattern::new(&text, Case::Exact).distance(row)).min();
                prop_assert_eq!(kept[index], closest.is_some_and(|distance| distance <= 1));
            }
        }
    }
}
