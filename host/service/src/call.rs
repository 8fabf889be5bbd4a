//! A request, taken apart: what routes work with.

use crate::errors::ApiError;
use crate::parameters::Parameters;

/// What a route gets of a request. Its path is the router's business.
pub(crate) struct Call {
    /// Path, as it was sent, for messages.
    pub(crate) path: String,
    /// Parameters of the URL that nobody has taken yet.
    pub(crate) parameters: Parameters,
    /// Body as text, decompressed; empty if there is none.
    pub(crate) body: String,
}

impl Call {
    /// Ends the reading of a request that has no body, and no parameters but those that were taken.
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
