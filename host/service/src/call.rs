//! A parsed request, as routes receive it.

use std::time::Duration;

use crate::error::ApiError;
use crate::parameters::Parameters;

/// A request without its method and path, which the router has matched.
pub(crate) struct Call {
    /// The path as it was sent, for error messages.
    pub(crate) path: String,
    /// URL parameters that have not been taken yet.
    pub(crate) parameters: Parameters,
    /// The decoded body; empty if there is none.
    pub(crate) body: String,
    /// When it must have been answered, by the service's clock.
    pub(crate) deadline: Duration,
}

impl Call {
    /// Checks that the request has no body and no further parameters.
    pub(crate) fn finish(self) -> Result<(), ApiError> {
        self.no_body()?;
        self.parameters.finish(&self.path)
    }

    fn no_body(&self) -> Result<(), ApiError> {
        if self.body.is_empty() {
            return Ok(());
        }
        Err(ApiError::Argument(format!("request [{}] does not take a body", self.path)))
    }
}
