//! A parsed request, as routes receive it.

use std::time::Duration;

use crate::error::ApiError;
use crate::indices::Expression;
use crate::parameters::Parameters;
use crate::router::PathNames;

/// A request without its method, which the router has matched.
pub(crate) struct Call {
    /// The path as it was sent, for error messages.
    pub(crate) path: String,
    /// The names in the path.
    pub(crate) names: PathNames,
    /// URL parameters that have not been taken yet.
    pub(crate) parameters: Parameters,
    /// The decoded body; empty if there is none.
    pub(crate) body: String,
    /// When it must have been answered, by the service's clock.
    pub(crate) deadline: Duration,
}

impl Call {
    /// The indices that the path names; without a name, all.
    pub(crate) fn indices(&self) -> Expression {
        Expression::of_path(self.names.get("index"))
    }

    /// The name at a place of the path that every path of the route has.
    pub(crate) fn name(&self, place: &str) -> String {
        self.names.get(place).expect("the route has this place").to_owned()
    }

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
