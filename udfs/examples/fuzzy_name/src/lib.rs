//! Similarity of names, however they are written: a filter by minimum similarity, and a scorer by similarity.
//!
//! Each distinct name of a batch is compared once, regardless of how many documents share it.

#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod fold;
mod jaro_winkler;

use alloc::string::String;
use alloc::vec::Vec;

use quidditch_udf::{
    Arguments, Batch, DefaultValue, Error, Filter, Parameter, ParameterKind, Scorer, Texts, TextsOfDocument,
};

use fold::fold;
use jaro_winkler::Name;

/// What the filter and the scorer share.
struct Comparison {
    field: String,
    name: Name,
    min_similarity: f64,
}

impl Comparison {
    fn bind(arguments: &Arguments) -> Result<Self, Error> {
        let mut folded = Vec::new();
        fold(arguments.get("name")?, &mut folded);
        let name = Name::new(folded);
        if name.is_empty() {
            return Err(Error::invalid_argument("parameter [name] must have a letter or digit"));
        }
        let min_similarity: f64 = arguments.get("min_similarity")?;
        if !(0.0..=1.0).contains(&min_similarity) {
            return Err(Error::invalid_argument("parameter [min_similarity] must be from 0 to 1"));
        }
        Ok(Comparison { field: arguments.get("field")?, name, min_similarity })
    }

    fn columns(&self) -> Texts {
        Texts::of(&*self.field)
    }

    /// The similarity, or `None` if it is less than the minimum. `folded` is memory for the folded name, so that not every name
    /// allocates.
    fn similarity(&self, name: &str, folded: &mut Vec<char>) -> Option<f64> {
        fold(name, folded);
        Some(self.name.similarity(folded)).filter(|similarity| *similarity >= self.min_similarity)
    }

    fn is_similar(&self, name: &str, folded: &mut Vec<char>) -> bool {
        self.similarity(name, folded).is_some()
    }

    fn score(&self, name: &str, folded: &mut Vec<char>) -> f32 {
        self.similarity(name, folded).unwrap_or_default() as f32
    }
}

/// Keeps documents with at least one name that is similar enough.
pub struct Similar(Comparison);

impl Filter for Similar {
    type Columns = Texts;

    fn bind(arguments: &Arguments) -> Result<Self, Error> {
        Ok(Similar(Comparison::bind(arguments)?))
    }

    fn columns(&self) -> Texts {
        self.0.columns()
    }

    fn keep(&self, names: TextsOfDocument<'_>) -> bool {
        let mut folded = Vec::new();
        names.iter().any(|name| self.0.is_similar(name, &mut folded))
    }

    fn keep_batch(&self, batch: &Batch<'_, Texts>) -> Result<Vec<u8>, Error> {
        let mut folded = Vec::new();
        let similar = batch.columns().map_distinct(|name| self.0.is_similar(name, &mut folded));
        Ok(similar.map_documents(|mut similar| u8::from(similar.any(|similar| similar))))
    }
}

/// Scores documents by the similarity of their most similar name.
pub struct Similarity(Comparison);

impl Scorer for Similarity {
    type Columns = Texts;

    fn bind(arguments: &Arguments) -> Result<Self, Error> {
        Ok(Similarity(Comparison::bind(arguments)?))
    }

    fn columns(&self) -> Texts {
        self.0.columns()
    }

    fn max_score(&self, _: f32) -> f32 {
        1.0
    }

    fn score(&self, names: TextsOfDocument<'_>, _: f32) -> f32 {
        let mut folded = Vec::new();
        names.iter().map(|name| self.0.score(name, &mut folded)).fold(0.0, f32::max)
    }

    fn score_batch(&self, batch: &Batch<'_, Texts>) -> Result<Vec<f32>, Error> {
        let mut folded = Vec::new();
        let similarities = batch.columns().map_distinct(|name| self.0.score(name, &mut folded));
        Ok(similarities.map_documents(|similarities| similarities.fold(0.0, f32::max)))
    }
}

quidditch_udf::export! {
    summary: "Similarity (Jaro-Winkler) of names, without accents, case and differences of alphabet: a filter and a scorer (0 to 1).",
    parameters: [
        Parameter::required(ParameterKind::Field, "field", "The field with names; if it has several, the most similar one counts."),
        Parameter::required(ParameterKind::Text, "name", "The name to compare with."),
        Parameter::with_default(
            DefaultValue::Float(0.9),
            "min_similarity",
            "The similarity from 0 to 1 below which the filter drops a document, and the scorer returns 0.",
        ),
    ],
    filter: Similar,
    scorer: Similarity,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quidditch_udf::testing::{Documents, arguments, keep, score};

    use super::*;

    fn clause(name: &str, min_similarity: f64) -> Arguments {
        arguments([("field", "name".into()), ("name", name.into()), ("min_similarity", min_similarity.into())])
    }

    #[test]
    fn the_most_similar_name_counts_however_it_is_written() {
        let names: [&[&str]; 5] = [&["Müller"], &["MULLER", "Schmidt"], &["Мюллер"], &[], &["Meier"]];
        let kept = keep::<Similar>(&clause("Muller", 0.85), &Documents::new(5).texts(&names)).expect("valid");
        assert_eq!(kept, [true, true, true, false, false]);
        let scores = score::<Similarity>(&clause("Muller", 0.85), &Documents::new(5).texts(&names)).expect("valid");
        assert_eq!((scores[0], scores[1], scores[3], scores[4]), (1.0, 1.0, 0.0, 0.0));
        assert!((0.85..1.0).contains(&scores[2]), "{scores:?}");
    }

    #[test]
    fn invalid_arguments_are_rejected() {
        let rejection = |name, min| Similar::bind(&clause(name, min)).map(|_| ()).expect_err("invalid");
        insta::assert_snapshot!(rejection("?", 0.5), @"parameter [name] must have a letter or digit");
        insta::assert_snapshot!(rejection("a", 85.0), @"parameter [min_similarity] must be from 0 to 1");
    }

    proptest! {
        #[test]
        fn the_most_similar_name_of_each_document_counts(
            names in prop::collection::vec(prop::collection::vec("[abé -]{0,5}", 0..3), 0..12),
            min in 0.0..1.0,
        ) {
            let rows: Vec<Vec<&str>> = names.iter().map(|names| names.iter().map(String::as_str).collect()).collect();
            let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
            let arguments = clause("abe", min);
            let kept = keep::<Similar>(&arguments, &Documents::new(rows.len()).texts(&rows)).expect("valid");
            let scores = score::<Similarity>(&arguments, &Documents::new(rows.len()).texts(&rows)).expect("valid");
            let comparison = Comparison::bind(&arguments).expect("valid");
            let mut folded = Vec::new();
            for (index, row) in rows.iter().enumerate() {
                let similarities = row.iter().filter_map(|name| comparison.similarity(name, &mut folded));
                let most = similarities.reduce(f64::max);
                prop_assert_eq!(kept[index], most.is_some());
                prop_assert_eq!(scores[index], most.unwrap_or_default() as f32);
            }
        }
    }
}
