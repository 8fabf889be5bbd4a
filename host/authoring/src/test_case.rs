//! Tests of a project: JSON files with documents and the expected results, in the same format for every language.

use std::fs;
use std::path::{Path, PathBuf};

use quidditch_function::Role;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::error::AuthoringError;
use crate::project::TESTS_FOLDER;

/// A call of the function on documents, and what it must return.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestCase {
    /// What the function is called for.
    pub role: Role,
    /// Its parameters.
    #[serde(default)]
    pub parameters: Map<String, Json>,
    /// The documents. The score so far of each is 1.
    pub documents: Vec<Map<String, Json>>,
    /// The mapping of the documents; without it, fields are mapped by their values.
    pub mapping: Option<Json>,
    /// Of values, their type: `boolean`, `date`, `double`, `keyword` or `long`.
    #[serde(rename = "type", default = "double")]
    pub values_type: String,
    /// One result for each document: a boolean of a filter, a score of a scorer, or values: `null` for none, a value, or a list of
    /// several.
    pub expected: Option<Vec<Json>>,
    /// Instead of results, a part of the error.
    pub error: Option<String>,
}

fn double() -> String {
    "double".to_owned()
}

/// Relative tolerance of scores, which are 32-bit floats.
const SCORE_TOLERANCE: f64 = 1e-5;
/// Relative tolerance of values that are floats: compilers may compute in another order.
const FLOAT_TOLERANCE: f64 = 1e-9;

/// Why a text is not a test.
#[derive(Debug, thiserror::Error)]
pub enum InvalidTest {
    /// It is not JSON, or has other keys or values than those of a test.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// The results do not belong to the documents.
    #[error("[expected] has {expected} entries and [documents] has {documents}: there must be one for each document")]
    Lengths {
        /// Number of results.
        expected: usize,
        /// Number of documents.
        documents: usize,
    },
    /// It expects nothing, or two things.
    #[error("a test needs either [expected] or [error]")]
    Expectation,
}

impl TestCase {
    /// The files with the tests of a project, sorted by their names; none if it has no folder of tests.
    ///
    /// # Errors
    /// [`AuthoringError::File`] if the folder cannot be listed.
    pub fn files(project: &Path) -> Result<Vec<PathBuf>, AuthoringError> {
        let folder = project.join(TESTS_FOLDER);
        if !folder.exists() {
            return Ok(Vec::new());
        }
        let mut files = Vec::new();
        for entry in fs::read_dir(&folder).map_err(AuthoringError::file("list", &folder))? {
            let path = entry.map_err(AuthoringError::file("list", &folder))?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                files.push(path);
            }
        }
        files.sort();
        Ok(files)
    }

    /// Parses the text of a test. Of two equal keys in an object of `parameters` or a document, the last counts: callers that want
    /// them refused look for them before.
    ///
    /// # Errors
    /// [`InvalidTest`].
    pub fn parse(text: &str) -> Result<Self, InvalidTest> {
        let case: TestCase = serde_json::from_str(text)?;
        match (&case.expected, &case.error) {
            (Some(expected), None) if expected.len() != case.documents.len() => {
                Err(InvalidTest::Lengths { expected: expected.len(), documents: case.documents.len() })
            }
            (Some(_), None) | (None, Some(_)) => Ok(case),
            _ => Err(InvalidTest::Expectation),
        }
    }

    /// What differs between the results and those that are expected, a line for each document; nothing if the test passes.
    pub fn differences(&self, results: &Result<Vec<Json>, String>) -> Vec<String> {
        match (results, &self.expected, &self.error) {
            (Err(error), _, Some(expected)) if error.contains(expected.as_str()) => Vec::new(),
            (Err(error), _, Some(expected)) => vec![format!("expected an error with \"{expected}\", got: {error}")],
            (Err(error), _, None) => vec![format!("failed: {error}")],
            (Ok(_), _, Some(expected)) => vec![format!("expected an error with \"{expected}\", got results")],
            (Ok(results), expected, None) => {
                let expected = expected.as_deref().unwrap_or_default();
                if expected.len() != results.len() {
                    return vec![format!("expected {} results, got {}", expected.len(), results.len())];
                }
                let tolerance = if self.role == Role::Scorer { SCORE_TOLERANCE } else { FLOAT_TOLERANCE };
                let triples = self.documents.iter().zip(expected).zip(results);
                let different = triples.filter(|((_, expected), result)| !is_same(expected, result, tolerance));
                let line = |((document, expected), result): ((&Map<String, Json>, &Json), &Json)| {
                    let document = serde_json::to_string(document).expect("it was JSON");
                    format!("{document}: expected {expected}, got {result}")
                };
                different.map(line).collect()
            }
        }
    }
}

/// Whether two results are the same: floats within a relative tolerance, everything else exactly.
fn is_same(expected: &Json, result: &Json, tolerance: f64) -> bool {
    match (expected, result) {
        (Json::Number(expected), Json::Number(result)) if expected.is_f64() || result.is_f64() => {
            let (Some(expected), Some(result)) = (expected.as_f64(), result.as_f64()) else { return false };
            (expected - result).abs() <= tolerance * expected.abs().max(result.abs())
        }
        (Json::Array(expected), Json::Array(results)) => {
            let same = |(left, right)| is_same(left, right, tolerance);
            expected.len() == results.len() && expected.iter().zip(results).all(same)
        }
        _ => expected == result,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn floats_have_a_tolerance_and_integers_have_none() {
        assert!(is_same(&json!(0.1), &json!(0.100_000_000_001), FLOAT_TOLERANCE));
        assert!(!is_same(&json!(0.1), &json!(0.100_001), FLOAT_TOLERANCE));
        assert!(is_same(&json!(10), &json!(10.0), FLOAT_TOLERANCE));
        assert!(!is_same(&json!(1_700_000_000_000_i64), &json!(1_700_000_000_001_i64), SCORE_TOLERANCE));
        assert!(is_same(&json!([1.5, "a", null]), &json!([1.5, "a", null]), FLOAT_TOLERANCE));
        assert!(!is_same(&json!([1.5]), &json!([1.5, 2.5]), FLOAT_TOLERANCE));
    }

    #[test]
    fn a_missing_result_is_a_difference() {
        let case = json!({ "role": "filter", "documents": [{}, {}], "expected": [true, false] });
        let case: TestCase = serde_json::from_value(case).expect("a test");
        assert_eq!(case.differences(&Ok(vec![json!(true), json!(false)])), Vec::<String>::new());
        assert_eq!(case.differences(&Ok(vec![json!(true)])), ["expected 2 results, got 1"]);
        assert_eq!(case.differences(&Ok(vec![json!(false), json!(false)])), ["{}: expected true, got false"]);
    }
}
