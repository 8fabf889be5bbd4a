//! A parsed request, as routes receive it.

use bytes::Bytes;
use http::Method;

use crate::body::BodyParts;
use crate::caller::Caller;
use crate::deadline::Deadline;
use crate::error::ApiError;
use crate::indices::Expression;
use crate::parameters::Parameters;
use crate::router::PathNames;

/// A request whose path and method the router has matched.
pub struct Call {
    /// The method, for routes that several of them lead to.
    pub method: Method,
    /// The path as it was sent, for error messages.
    pub path: String,
    /// The names in the path.
    pub names: PathNames,
    /// URL parameters that have not been taken yet.
    pub parameters: Parameters,
    /// The decoded body; empty if there is none.
    pub body: String,
    /// The body of a route that takes a component, in place of `body`.
    pub component: Bytes,
    /// The body of a route that works on it in parts, in place of `body`.
    pub parts: Option<BodyParts>,
    /// Who sends it, if the host knows.
    pub caller: Option<Caller>,
    /// When it must have been answered.
    pub deadline: Deadline,
}

impl Call {
    /// The indices that the path names; without a name, all.
    pub fn indices(&self) -> Expression {
        Expression::from_path(self.names.get("index"))
    }

    /// The name at a place of the path that every path of the route has.
    pub fn name(&self, place: &str) -> String {
        self.names.get(place).expect("the route has this place").to_owned()
    }

    /// Checks that the request has no body and no further parameters.
    pub fn finish(self) -> Result<(), ApiError> {
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
