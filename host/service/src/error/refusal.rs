//! A failure with a status and a type of its own.

use http::StatusCode;
use serde_json::{Map, Value as Json};

/// A failure that clients tell from others by its status and type, such as `resource_already_exists_exception`.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{reason}")]
pub struct Refusal {
    status: StatusCode,
    pub(super) kind: &'static str,
    pub(super) reason: String,
    pub(super) details: Map<String, Json>,
    pub(super) caused_by: Option<Box<Refusal>>,
    /// Whether clients see the failure that led to it as the root cause.
    pub(super) cause_is_root: bool,
}

impl Refusal {
    /// A failure with this status, type and reason.
    pub fn new(status: StatusCode, kind: &'static str, reason: impl Into<String>) -> Self {
        Refusal { status, kind, reason: reason.into(), details: Map::new(), caused_by: None, cause_is_root: false }
    }

    /// A mistake in the request with this type and reason: the status is 400.
    pub fn bad_request(kind: &'static str, reason: impl Into<String>) -> Self {
        Refusal::new(StatusCode::BAD_REQUEST, kind, reason)
    }

    /// Adds a key to what the response says about it.
    #[must_use]
    pub fn detail(mut self, key: &str, value: impl Into<Json>) -> Self {
        self.details.insert(key.to_owned(), value.into());
        self
    }

    /// Adds the failure that led to it.
    #[must_use]
    pub fn caused_by(self, cause: Refusal) -> Self {
        Refusal { caused_by: Some(Box::new(cause)), ..self }
    }

    /// Adds the failure that led to it, which clients see as the root cause.
    #[must_use]
    pub fn rooted_in(self, cause: Refusal) -> Self {
        Refusal { cause_is_root: true, ..self.caused_by(cause) }
    }

    /// Its type.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The status of the response.
    pub fn status(&self) -> StatusCode {
        self.status
    }
}
