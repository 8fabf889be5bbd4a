//! What a route answers, before it is made presentable.

use http::{HeaderMap, StatusCode};
use quidditch_engine::Profile;
use serde::Serialize;

/// An answer: a status and a text.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// Headers beside those of every answer.
    pub(crate) headers: HeaderMap,
    pub(crate) content: Content,
    /// What a search cost, for whoever measures. Not part of what is sent.
    pub(crate) profile: Option<Profile>,
}

pub(crate) enum Content {
    /// JSON text, without line ends.
    Json(String),
    /// Text for people.
    Text(String),
}

impl Answer {
    pub(crate) fn json(value: &impl Serialize) -> Self {
        Self::json_with(StatusCode::OK, value)
    }

    pub(crate) fn json_with(status: StatusCode, value: &impl Serialize) -> Self {
        let text = serde_json::to_string(value).expect("an answer's keys are texts and it serialises without errors");
        Answer { status, headers: HeaderMap::new(), content: Content::Json(text), profile: None }
    }

    pub(crate) fn text(text: String) -> Self {
        Answer { status: StatusCode::OK, headers: HeaderMap::new(), content: Content::Text(text), profile: None }
    }
}
