//! Formats error responses of the HTTP API as text.

use serde_json::Value as Json;

/// The text of an error response, from the outermost error to the innermost cause.
pub(crate) fn error_text(response: &Json) -> String {
    let error = &response["error"];
    let mut inner = match &error["failed_shards"][0]["reason"] {
        Json::Null => error,
        reason => reason,
    };
    let mut text = text_of(&inner["reason"]).to_owned();
    if let Some(function) = inner["script"].as_str() {
        text = format!("function {function}: {text}");
    }
    if let (Some(line), Some(column)) = (inner["line"].as_u64(), inner["col"].as_u64()) {
        text = format!("line {line}, column {column}: {text}");
    }
    let frames = inner["script_stack"].as_array().cloned().unwrap_or_default();
    while inner["caused_by"].is_object() {
        inner = &inner["caused_by"];
        text = format!("{text}: {}", text_of(&inner["reason"]));
    }
    for frame in &frames {
        text = format!("{text}\n  at {}", text_of(frame));
    }
    text
}

fn text_of(value: &Json) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn errors_are_printed_with_their_causes() {
        let plain =
            json!({ "error": { "type": "parsing_exception", "reason": "unknown query", "line": 1, "col": 11 } });
        assert_eq!(error_text(&plain), "line 1, column 11: unknown query");
        let function = json!({ "error": { "reason": "all shards failed", "failed_shards": [{ "reason": {
            "reason": "runtime error", "script": "f@1.0.0", "script_stack": ["a", "b"],
            "caused_by": { "reason": "the function trapped: no way" } } }] } });
        assert_eq!(
            error_text(&function),
            "function f@1.0.0: runtime error: the function trapped: no way\n  at a\n  at b"
        );
    }
}
