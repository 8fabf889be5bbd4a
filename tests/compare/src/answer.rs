//! What came back for a request.

use serde_json::Value as Json;

/// A response.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Body,
}

/// The body of a response.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Body {
    Json(Json),
    /// Anything that is not JSON.
    Text(String),
}

impl Answer {
    pub(crate) fn new(status: u16, body: &[u8]) -> Self {
        let body = serde_json::from_slice(body)
            .map_or_else(|_| Body::Text(String::from_utf8_lossy(body).into_owned()), Body::Json);
        Answer { status, body }
    }

    /// The same with other names.
    pub(crate) fn renamed(&self, from: &str, to: &str) -> Self {
        let body = match &self.body {
            Body::Json(json) => json.to_string(),
            Body::Text(text) => text.clone(),
        };
        Self::new(self.status, body.replace(from, to).as_bytes())
    }

    /// The same with other JSON.
    pub(crate) fn mapped(self, change: impl FnOnce(&Json) -> Json) -> Self {
        let body = match self.body {
            Body::Json(json) => Body::Json(change(&json)),
            text @ Body::Text(_) => text,
        };
        Answer { status: self.status, body }
    }

    pub(crate) fn is_error(&self) -> bool {
        self.status >= 400 && self.error().is_some()
    }

    /// `error` of its JSON.
    fn error(&self) -> Option<&Json> {
        match &self.body {
            Body::Json(json) => json.get("error"),
            Body::Text(_) => None,
        }
    }

    /// The type of the error, and in parentheses that of its cause if it is another: for a failed search, what failed on the
    /// shard. `ok` if it is not an error.
    pub(crate) fn outcome(&self) -> String {
        let Some(error) = self.error() else {
            return if self.status < 400 { "ok".to_owned() } else { self.status.to_string() };
        };
        // Some errors are only a text. Those of pipelines have no root cause.
        let text = |json: &Json| json.as_str().unwrap_or("no type").to_owned();
        let cause = match &error["root_cause"][0]["type"] {
            Json::Null => &error["caused_by"]["type"],
            root => root,
        };
        let (outer, cause) = (text(&error["type"]), text(cause));
        if outer == cause { outer } else { format!("{outer} ({cause})") }
    }

    /// The outcome with its reason, for people.
    pub(crate) fn summary(&self) -> String {
        let Some(error) = self.error() else { return self.outcome() };
        let reason = error["root_cause"][0]["reason"].as_str().or_else(|| error["reason"].as_str()).unwrap_or_default();
        let cause = error["caused_by"]["reason"].as_str().filter(|cause| *cause != reason);
        let cause = cause.map_or_else(String::new, |cause| format!(" ({})", shortened(cause)));
        format!("{} {}: {}{cause}", self.status, self.outcome(), shortened(reason))
    }
}

/// The first characters of a text.
pub(crate) fn shortened(text: &str) -> String {
    const SHOWN: usize = 200;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_name_the_error_and_its_cause() {
        let answer = |status, body: &str| Answer::new(status, body.as_bytes());
        assert_eq!(answer(200, "{}").outcome(), "ok");
        assert_eq!(answer(404, r#"{"found": false}"#).outcome(), "404");
        let parsing = r#"{"error": {"root_cause": [{"type": "a", "reason": "x"}], "type": "a", "reason": "x"}}"#;
        assert_eq!(answer(400, parsing).outcome(), "a");
        let shard = r#"{"error": {"root_cause": [{"type": "a", "reason": "x"}], "type": "b", "reason": "y"}}"#;
        assert_eq!(answer(400, shard).outcome(), "b (a)");
        assert_eq!(answer(400, shard).summary(), "400 b (a): x");
        let pipeline =
            r#"{"error": {"root_cause": [], "type": "b", "reason": "", "caused_by": {"type": "c", "reason": "z"}}}"#;
        assert_eq!(answer(400, pipeline).outcome(), "b (c)");
    }
}
