//! Excerpts for error messages.

use serde_json::Value as Json;

/// Longest part of a value that an error message repeats, in characters.
const EXCERPT_CHARACTERS: usize = 60;

/// The text of JSON for an error message: at most its first 60 characters.
pub fn json_excerpt(json: &Json) -> String {
    excerpt(&json.to_string())
}

/// A text for an error message: at most its first 60 characters.
pub fn excerpt(text: &str) -> String {
    match text.char_indices().nth(EXCERPT_CHARACTERS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
