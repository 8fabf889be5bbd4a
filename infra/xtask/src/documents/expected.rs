//! What a command is expected to print.

use regex::Regex;
use serde_json::Value as Json;

/// What is expected of a command.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expected {
    /// It succeeds.
    Success,
    /// It prints this text, and fails if a line of it is an error. `...` and the word before it stand for any text, and a size
    /// such as `19.0 KB` for any size in the same unit.
    Output(String),
    /// It prints JSON that has everything that this one has. In its strings, `...` stands for any text; times are numbers.
    Json(Json),
    /// It prints JSON that has all keys of this one, with values of the same types.
    JsonLike(Json),
}

/// How a command ended.
#[derive(Debug, PartialEq)]
pub(super) struct Outcome {
    pub(super) status: i32,
    /// What it printed, also as errors.
    pub(super) output: String,
}

impl Expected {
    /// Describes how a command behaved differently, if it did.
    pub(super) fn difference(&self, outcome: &Outcome) -> Option<String> {
        let Outcome { status, output } = outcome;
        match self {
            Expected::Success if *status == 0 => None,
            Expected::Success => Some(format!("exit code {status}\n{output}")),
            Expected::Output(expected) => {
                let fails = expected.lines().any(|line| line.starts_with("error:"));
                let ends_as_shown = (*status == 0) != fails;
                let is_same = ends_as_shown && is_like(expected.trim_end(), output.trim_end());
                (!is_same).then(|| format!("expected:\n{expected}\nbut was, with exit code {status}:\n{output}"))
            }
            Expected::Json(expected) => json_difference(expected, output, has),
            Expected::JsonLike(expected) => json_difference(expected, output, has_shape),
        }
    }
}

fn json_difference(expected: &Json, output: &str, is_same: fn(&Json, &Json) -> bool) -> Option<String> {
    match serde_json::from_str::<Json>(output) {
        Ok(actual) if is_same(&actual, expected) => None,
        _ => Some(format!("expected:\n{expected}\nbut was:\n{output}")),
    }
}

/// Whether a text is another one, in which `...` and sizes stand for others.
fn is_like(pattern: &str, text: &str) -> bool {
    let pattern = regex::escape(pattern);
    let omissions = Regex::new(r"[[:alnum:]]*\\\.\\\.\\\.").expect("a valid pattern");
    let pattern = omissions.replace_all(&pattern, r"[\s\S]*");
    let sizes = Regex::new(r"\d+(\\\.\d+)? (KB|MB|ms|s)\b").expect("a valid pattern");
    let pattern = sizes.replace_all(&pattern, r"[\d.]+ $2");
    Regex::new(&format!("^{pattern}$")).expect("a valid pattern").is_match(text)
}

/// Whether JSON has everything that another one has.
fn has(actual: &Json, expected: &Json) -> bool {
    match (actual, expected) {
        (Json::Object(actual), Json::Object(expected)) => expected.iter().all(|(key, expected)| {
            actual.get(key).is_some_and(|actual| has(actual, expected) || is_time(key) && has_shape(actual, expected))
        }),
        (Json::Array(actual), Json::Array(expected)) => {
            actual.len() == expected.len()
                && actual.iter().zip(expected).all(|(actual, expected)| has(actual, expected))
        }
        (Json::String(actual), Json::String(expected)) => is_like(expected, actual),
        _ => actual == expected,
    }
}

/// Whether the value of a key is a time, or an object of times.
fn is_time(key: &str) -> bool {
    key.contains("nanos") || key == "took"
}

/// Whether JSON has all keys of another one, with values of the same types.
fn has_shape(actual: &Json, expected: &Json) -> bool {
    match (actual, expected) {
        (Json::Object(actual), Json::Object(expected)) => {
            expected.iter().all(|(key, expected)| actual.get(key).is_some_and(|actual| has_shape(actual, expected)))
        }
        (Json::Array(actual), Json::Array(expected)) => match (actual.first(), expected.first()) {
            (Some(actual), Some(expected)) => has_shape(actual, expected),
            (_, expected) => expected.is_none(),
        },
        _ => std::mem::discriminant(actual) == std::mem::discriminant(expected),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn outcome(status: i32, output: &str) -> Outcome {
        Outcome { status, output: output.to_owned() }
    }

    #[test]
    fn texts_are_compared_but_for_sizes_and_omissions() {
        let expected = Expected::Output("published a (19.0 KB)\ndigest 8a3f...".to_owned());
        assert_eq!(expected.difference(&outcome(0, "published a (7.25 KB)\ndigest 8a3f00\n")), None);
        for other in
            ["published b (19.0 KB)\ndigest 8a3f", "published a (19.0 MB)\ndigest 8a3f", "published a (19.0 KB)"]
        {
            assert!(expected.difference(&outcome(0, other)).is_some(), "{other}");
        }
        assert!(expected.difference(&outcome(1, "published a (7.25 KB)\ndigest 8a3f00\n")).is_some());
    }

    #[test]
    fn an_error_is_shown_by_a_command_that_fails() {
        let error = Expected::Output("error: ...".to_owned());
        assert_eq!(error.difference(&outcome(1, "error: unknown index")), None);
        assert!(error.difference(&outcome(0, "error: unknown index")).is_some());
    }

    #[test]
    fn json_may_have_more_than_is_expected() {
        let expected = Expected::Json(json!({ "a": [{ "b": "x y..." }], "time_in_nanos": 5 }));
        let of = |actual: &Json| expected.difference(&outcome(22, &actual.to_string()));
        assert_eq!(of(&json!({ "a": [{ "b": "x z", "c": 1 }], "time_in_nanos": 7 })), None);
        for other in [
            json!({ "a": [{ "b": "y z" }], "time_in_nanos": 7 }),
            json!({ "a": [], "time_in_nanos": 7 }),
            json!({ "a": [{ "b": "x z" }], "time_in_nanos": "7" }),
            json!({ "a": [{ "b": "x z" }] }),
        ] {
            assert!(of(&other).is_some(), "{other}");
        }
        assert!(expected.difference(&outcome(0, "no JSON")).is_some());
    }

    #[test]
    fn shapes_are_compared() {
        let expected = Expected::JsonLike(json!({ "a": [{ "b": 1 }], "c": [] }));
        let of = |actual: &Json| expected.difference(&outcome(0, &actual.to_string()));
        assert_eq!(of(&json!({ "a": [{ "b": 7, "d": 1 }, 5], "c": [1] })), None);
        for other in
            [json!({ "a": [{ "b": "1" }], "c": [] }), json!({ "a": [], "c": [] }), json!({ "a": [{ "b": 1 }] })]
        {
            assert!(of(&other).is_some(), "{other}");
        }
    }

    #[test]
    fn a_command_without_expected_output_must_succeed() {
        assert_eq!(Expected::Success.difference(&outcome(0, "text")), None);
        assert_eq!(Expected::Success.difference(&outcome(2, "text")).as_deref(), Some("exit code 2\ntext"));
    }
}
