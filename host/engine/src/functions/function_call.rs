//! A user function as a request names it.

use quidditch_function::Role;
use serde_json::{Map, Value as Json};

/// A call of a user function, before it is bound.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FunctionCall {
    pub(crate) name: String,
    /// `None` takes the highest release.
    pub(crate) version: Option<String>,
    pub(crate) parameters: Map<String, Json>,
    pub(crate) role: Role,
    /// Where it is in the request, for the profile.
    pub(crate) path: String,
}
