//! What a route answers, before [`Presentation`](crate::presentation::Presentation) formats it.

use http::{HeaderMap, StatusCode};
use quidditch_engine::Profile;
use serde::Serialize;

/// An answer: a status and its content.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// Headers in addition to those of every response.
    pub(crate) headers: HeaderMap,
    pub(crate) content: Content,
    /// What a search cost, for metrics. Not sent.
    pub(crate) profile: Option<Profile>,
}

pub(crate) enum Content {
    /// JSON on one line.
    Json(String),
    /// Plain text.
    Text(String),
}

impl Answer {
    pub(crate) fn json(value: &impl Serialize) -> Self {
        Self::json_with(StatusCode::OK, value)
    }

    pub(crate) fn json_with(status: StatusCode, value: &impl Serialize) -> Self {
        let text = serde_json::to_string(value).expect("answers serialise without errors");
        Answer { status, headers: HeaderMap::new(), content: Content::Json(text), profile: None }
    }

    pub(crate) fn text(text: String) -> Self {
        Answer { status: StatusCode::OK, headers: HeaderMap::new(), content: Content::Text(text), profile: None }
    }
}
