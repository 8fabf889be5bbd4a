//! A tree of figures that explain a score.

use serde::Serialize;
use tantivy::Score;

/// Why a document has its score, or why it does not match.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The score, or a figure that it is computed from; 0 if the document does not match.
    pub value: Figure,
    /// What the value is.
    pub description: String,
    /// What it is computed from.
    pub details: Vec<Explanation>,
    #[serde(skip)]
    is_match: bool,
}

/// A figure of an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Figure {
    /// A number of documents.
    Count(u64),
    /// A score or a factor.
    Score(Score),
}

/// The keys of an explanation, and its value.
const EMPTY_BYTES: usize = 48;

impl Explanation {
    /// A document that matches, or a figure.
    pub(crate) fn matching(value: Score, description: impl Into<String>, details: Vec<Explanation>) -> Self {
        let value = Figure::Score(value);
        Explanation { value, description: description.into(), details, is_match: true }
    }

    /// A number of documents.
    pub(crate) fn count(value: u64, description: &str) -> Self {
        let value = Figure::Count(value);
        Explanation { value, description: description.to_owned(), details: Vec::new(), is_match: true }
    }

    /// A document that does not match.
    pub(crate) fn no_match(description: impl Into<String>, details: Vec<Explanation>) -> Self {
        let value = Figure::Score(0.0);
        Explanation { value, description: description.into(), details, is_match: false }
    }

    /// The same, computed from these figures.
    pub(crate) fn with_details(self, details: Vec<Explanation>) -> Self {
        Explanation { details, ..self }
    }

    /// A score that is below a minimum: the document does not match.
    pub(crate) fn too_low(self, min_score: f32) -> Self {
        let score = self.score();
        let description = format!("Score value is too low, expected at least {min_score:?} but got {score:?}");
        Explanation::no_match(description, vec![self])
    }

    /// About as many bytes as it has in a response.
    pub(crate) fn bytes(&self) -> usize {
        let details: usize = self.details.iter().map(Explanation::bytes).sum();
        EMPTY_BYTES + self.description.len() + details
    }

    /// Whether the document matches.
    pub fn is_match(&self) -> bool {
        self.is_match
    }

    /// The score.
    pub(crate) fn score(&self) -> Score {
        match self.value {
            Figure::Count(count) => count as Score,
            Figure::Score(score) => score,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_explanation_has_the_keys_that_clients_know() {
        let details = vec![Explanation::count(3, "n"), Explanation::no_match("nothing", Vec::new())];
        let explanation = Explanation::matching(0.1, "sum of:", details);
        assert_eq!(
            serde_json::to_string(&explanation).expect("it serialises"),
            json!({
                "value": 0.1, "description": "sum of:", "details": [
                    {"value": 3, "description": "n", "details": []},
                    {"value": 0.0, "description": "nothing", "details": []},
                ],
            })
            .to_string()
        );
    }
}
