//! Measurements of a request, for hosts that publish metrics.

use quidditch_engine::{Error as EngineError, Profile};
use quidditch_function::FunctionId;

use crate::answer::Answer;
use crate::error::ApiError;

/// Measurements of a request. Every response has them in its extensions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measurements {
    /// What each successful search of the request cost, whether or not the caller asked for a profile.
    pub profiles: Vec<Profile>,
    /// The function whose failure made the request fail.
    pub failed_function: Option<FunctionId>,
    /// The type of the error that is the response, such as `timeout_exception`: that of its root cause.
    pub error_type: Option<&'static str>,
}

/// Takes the profiles out of a result; a failed search names the function that failed.
pub(crate) fn take_measurements(result: &mut Result<Answer, ApiError>) -> Measurements {
    match result {
        Ok(answer) => Measurements { profiles: std::mem::take(&mut answer.profiles), ..Measurements::default() },
        Err(ApiError::Search { error, .. }) => {
            let failed_function = match error.as_ref() {
                EngineError::Function(error) => Some(error.function.clone()),
                _ => None,
            };
            Measurements { failed_function, ..Measurements::default() }
        }
        Err(_) => Measurements::default(),
    }
}
