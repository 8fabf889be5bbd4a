//! What a clause does where its function fails.

use serde_json::Value as Json;

/// What a clause does with documents about which its function gives no answer, since it fails.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) enum OnError {
    /// The search fails.
    #[default]
    Fail,
    /// The filter keeps them.
    Include,
    /// The filter drops them.
    Exclude,
    /// They have this score.
    Score(f32),
}

impl OnError {
    /// As a request has it.
    pub(crate) fn to_json(self) -> Json {
        match self {
            OnError::Fail => "fail".into(),
            OnError::Include => "include".into(),
            OnError::Exclude => "exclude".into(),
            // 0.1, and not the number that a 32-bit float of 0.1 is exactly.
            OnError::Score(score) => score.to_string().parse::<f64>().unwrap_or_default().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_shown_as_it_was_given() {
        assert_eq!([0.1, 2.0, 1e-3].map(|score| OnError::Score(score).to_json()), [0.1, 2.0, 1e-3].map(Json::from));
    }
}
