//! What time it is. The clock of our side stands still; the other server's does not.

use quidditch_tests::NOW;
use serde_json::Value as Json;

/// A request in which `now` is the time of our side: `now-1d/d` becomes `2024-06-15T12:00:00Z||-1d/d`.
pub(crate) fn anchored(body: &str) -> String {
    if !body.contains("\"now") {
        return body.to_owned();
    }
    let Ok(mut json) = serde_json::from_str(body) else { return body.to_owned() };
    anchor(&mut json);
    json.to_string()
}

fn anchor(json: &mut Json) {
    match json {
        Json::String(text) => {
            if let Some(math) =
                text.strip_prefix("now").filter(|math| math.is_empty() || math.starts_with(['+', '-', '/']))
            {
                *text = format!("{NOW}||{math}");
            }
        }
        Json::Array(items) => items.iter_mut().for_each(anchor),
        Json::Object(members) => members.values_mut().for_each(anchor),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_date_math_is_changed() {
        let body = r#"{"range":{"day":{"gte":"now-1d/d","lte":"now"}},"term":{"name":"nowhere"}}"#;
        let expected = r#"{"range":{"day":{"gte":"2024-06-15T12:00:00Z||-1d/d","lte":"2024-06-15T12:00:00Z||"}},"term":{"name":"nowhere"}}"#;
        assert_eq!(anchored(body), expected);
        let untouched = r#"{"size": 1.10}"#;
        assert_eq!(anchored(untouched), untouched);
    }
}
