//! What a route answers, before [`Presentation`](crate::presentation::Presentation) formats it.

use http::{HeaderMap, StatusCode};
use quidditch_engine::Profile;
use serde::Serialize;

/// An answer: a status and its content.
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// Headers in addition to those of every response.
    pub headers: HeaderMap,
    /// What is sent, unless the request is a `HEAD` request.
    pub content: Content,
    /// What each search cost, for metrics. Not sent.
    pub profiles: Vec<Profile>,
    /// The type of the error that it is, for traces. Not sent apart from the content.
    pub error_type: Option<&'static str>,
}

/// What an answer contains.
pub enum Content {
    /// JSON on one line.
    Json(String),
    /// Plain text.
    Text(String),
}

impl Answer {
    /// JSON with status 200.
    pub fn json(value: &impl Serialize) -> Self {
        Self::json_with(StatusCode::OK, value)
    }

    /// JSON with this status.
    pub fn json_with(status: StatusCode, value: &impl Serialize) -> Self {
        let text = serde_json::to_string(value).expect("answers serialise without errors");
        Answer {
            status,
            headers: HeaderMap::new(),
            content: Content::Json(text),
            profiles: Vec::new(),
            error_type: None,
        }
    }

    /// Plain text with status 200.
    pub fn text(text: String) -> Self {
        let (headers, profiles) = (HeaderMap::new(), Vec::new());
        Answer { status: StatusCode::OK, headers, content: Content::Text(text), profiles, error_type: None }
    }
}
