//! What is known of a request when it was answered, for whoever measures.

use quidditch_engine::{Error as EngineError, Profile};
use quidditch_function::FunctionId;

use crate::answer::Answer;
use crate::errors::ApiError;

/// What is known of a request when it was answered. It stands in the extensions of every response.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measurements {
    /// What it cost, if it was a search that succeeded; also where the caller did not ask for a profile.
    pub profile: Option<Profile>,
    /// The function whose failure ended it.
    pub failed_function: Option<FunctionId>,
}

impl Measurements {
    pub(crate) fn of(answer: &mut Result<Answer, ApiError>) -> Self {
        match answer {
            Ok(answer) => Measurements { profile: answer.profile.take(), failed_function: None },
            Err(ApiError::Search { error, .. }) => {
                let failed_function = match error.as_ref() {
                    EngineError::Function(error) => Some(error.function.clone()),
                    _ => None,
                };
                Measurements { profile: None, failed_function }
            }
            Err(_) => Measurements::default(),
        }
    }
}
