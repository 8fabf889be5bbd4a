//! Cosine similarity between a given vector and the vectors of documents.
//!
//! A document's vector is a text: the base64 of its numbers. Each distinct text of a batch is decoded once.

mod base64;

use quidditch_udf::{Arguments, Batch, Error, Parameter, ParameterKind, Scorer, Texts, TextsOfDocument};

/// Bytes of a number in the vector of a document.
const NUMBER: usize = 4;

/// Scores documents by 1 + the cosine similarity of their most similar vector.
pub struct Cosine {
    field: String,
    /// Of length 1.
    direction: Vec<f32>,
}

impl Scorer for Cosine {
    type Columns = Texts;

    fn bind(arguments: &Arguments) -> Result<Self, Error> {
        let vector: &[f64] = arguments.get("vector")?;
        let length = vector.iter().map(|number| number * number).sum::<f64>().sqrt();
        if !(length > 0.0 && length.is_finite()) {
            return Err(Error::invalid_argument("parameter [vector] must have a number other than 0"));
        }
        let direction = vector.iter().map(|number| (number / length) as f32).collect();
        Ok(Cosine { field: arguments.get("field")?, direction })
    }

    fn columns(&self) -> Texts {
        Texts::of(&self.field)
    }

    fn max_score(&self, _: f32) -> f32 {
        2.0
    }

    fn score(&self, vectors: TextsOfDocument<'_>, _: f32) -> f32 {
        let mut bytes = self.buffer();
        vectors.iter().filter_map(|text| self.score_of(text, &mut bytes)).fold(0.0, f32::max)
    }

    fn score_batch(&self, batch: &Batch<'_, Texts>) -> Result<Vec<f32>, Error> {
        let mut bytes = self.buffer();
        let mut invalid = None;
        let scores = batch.columns().map_distinct(|text| {
            let score = self.score_of(text, &mut bytes);
            if score.is_none() {
                invalid = Some(text);
            }
            score.unwrap_or_default()
        });
        match invalid {
            Some(text) => Err(self.error(text)),
            None => Ok(scores.map_documents(|scores| scores.fold(0.0, f32::max))),
        }
    }
}

impl Cosine {
    /// Memory for the bytes of a vector, so that not every vector allocates.
    fn buffer(&self) -> Vec<u8> {
        vec![0; self.direction.len() * NUMBER]
    }

    /// The score for a vector; `None` if the text is not one, or not of the right length.
    fn score_of(&self, text: &str, bytes: &mut [u8]) -> Option<f32> {
        base64::decode(text.as_bytes(), bytes)?;
        let (numbers, _) = bytes.as_chunks::<NUMBER>();
        let (product, square) = products(&self.direction, numbers);
        if square == 0.0 {
            return Some(0.0); // it has no direction
        }
        // Rounding may take it out of the range that `max_score` announces.
        let cosine = (product / square.sqrt()).clamp(-1.0, 1.0);
        cosine.is_finite().then_some(1.0 + cosine)
    }

    #[cold]
    fn error(&self, text: &str) -> Error {
        let excerpt = text.get(..20).unwrap_or(text);
        let message = [
            "field [",
            &self.field,
            "] has a value that is not the base64 of as many 32-bit floats as [vector] has: ",
            excerpt,
        ];
        Error::Failed(message.concat())
    }
}

/// The scalar product of a vector with the numbers of another, and the square of the length of the other.
///
/// Four sums side by side fill a register of WebAssembly's vector instructions; one sum would have to be computed in order.
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
fn products(direction: &[f32], numbers: &[[u8; NUMBER]]) -> (f32, f32) {
    const LANES: usize = 4;
    let (mut products, mut squares) = ([0.0; LANES], [0.0; LANES]);
    let (some, last) = direction.as_chunks::<LANES>();
    let (others, last_others) = numbers.as_chunks::<LANES>();
    for (ours, theirs) in some.iter().zip(others) {
        for lane in 0..LANES {
            let number = f32::from_le_bytes(theirs[lane]);
            products[lane] += ours[lane] * number;
            squares[lane] += number * number;
        }
    }
    for ((ours, theirs), lane) in last.iter().zip(last_others).zip(0..) {
        let number = f32::from_le_bytes(*theirs);
        products[lane] += ours * number;
        squares[lane] += number * number;
    }
    (products.iter().sum(), squares.iter().sum())
}

quidditch_udf::export! {
    summary: "Scores documents by 1 + the cosine similarity to a vector; documents without a vector score 0.",
    parameters: [
        Parameter::required(
            ParameterKind::Field,
            "field",
            "The keyword field with vectors: the base64 of their little-endian 32-bit floats. Of several, the most similar one counts.",
        ),
        Parameter::required(ParameterKind::Floats, "vector", "The vector to compare with."),
    ],
    // A batch of 4,096 vectors of 6,143 numbers, which are the longest that can be indexed, is 128 MiB.
    memory_mib: 192,
    scorer: Cosine,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quidditch_udf::testing::{Documents, arguments, score};

    use super::*;

    fn clause(vector: &[f64]) -> Arguments {
        arguments([("field", "embedding".into()), ("vector", vector.to_vec().into())])
    }

    fn text(vector: &[f32]) -> String {
        base64::encode(&vector.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<_>>())
    }

    fn score_of(vector: &[f64], other: &[f32]) -> f32 {
        let documents = Documents::new(1).texts(&[&[text(other).as_str()]]);
        score::<Cosine>(&clause(vector), &documents).expect("valid")[0]
    }

    #[test]
    fn the_most_similar_vector_counts() {
        let [same, opposite, right_angle, zero] =
            [[3.0, 4.0, 0.0], [-6.0, -8.0, 0.0], [0.0, 0.0, 0.1], [0.0; 3]].map(|vector| text(&vector));
        let documents = Documents::new(5).texts(&[&[&same], &[&opposite], &[&opposite, &right_angle], &[&zero], &[]]);
        let scores = score::<Cosine>(&clause(&[0.3, 0.4, 0.0]), &documents);
        assert_eq!(scores, Ok(vec![2.0, 0.0, 1.0, 0.0, 0.0]));
    }

    #[test]
    fn invalid_arguments_are_rejected() {
        let rejection = |vector: &[f64]| Cosine::bind(&clause(vector)).map(|_| ()).expect_err("invalid");
        insta::assert_snapshot!(rejection(&[]), @"parameter [vector] must have a number other than 0");
        insta::assert_snapshot!(rejection(&[0.0, 0.0]), @"parameter [vector] must have a number other than 0");
    }

    #[test]
    fn values_that_are_not_vectors_of_that_length_are_an_error() {
        let error = |text: &str| {
            let documents = Documents::new(2).texts(&[&["AACAPwAAAAA="], &[text]]);
            score::<Cosine>(&clause(&[1.0, 0.0]), &documents).expect_err("not a vector")
        };
        insta::assert_snapshot!(error("AACAPw=="), @"field [embedding] has a value that is not the base64 of as many 32-bit floats as [vector] has: AACAPw==");
        for invalid in ["", "AACAPwAAAAAA", "[1.0, 0.0]!", "AACAPwAAgH8=", &text(&[f32::NAN, 0.0]), &text(&[0.0; 1000])]
        {
            assert!(error(invalid).to_string().contains("is not the base64"), "{invalid}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(
            (one, other) in (1_usize..40).prop_flat_map(|len| (
                prop::collection::vec(-10.0_f64..10.0, len), prop::collection::vec(-10.0_f32..10.0, len),
            )),
        ) {
            let length = |vector: &[f64]| vector.iter().map(|number| number * number).sum::<f64>().sqrt();
            let floats: Vec<f64> = other.iter().copied().map(f64::from).collect();
            let product: f64 = one.iter().zip(&floats).map(|(one, other)| one * other).sum();
            let expected = 1.0 + product / length(&one) / length(&floats);
            let found = score_of(&one, &other);
            prop_assert!((f64::from(found) - expected).abs() < 1e-5, "{} {}", found, expected);
            prop_assert!((0.0..=2.0).contains(&found));
        }
    }
}
