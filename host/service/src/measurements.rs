//! Measurements of a request, for hosts that publish metrics.

use quidditch_engine::{Error as EngineError, Profile};
use quidditch_function::FunctionId;

use crate::answer::Answer;
use crate::error::ApiError;

/// Measurements of a request. Every response has them in its extensions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measurements {
    /// What a successful search cost, whether or not the caller asked for a profile.
    pub profile: Option<Profile>,
    /// The function whose failure made the request fail.
    pub failed_function: Option<FunctionId>,
}

/// Takes the profile out of a result; a failed search names the function that failed.
pub(crate) fn take_measurements(result: &mut Result<Answer, ApiError>) -> Measurements {
    match result {
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
