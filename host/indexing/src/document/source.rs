//! The source of documents that contain their `_id`.

use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The text of a JSON object without its keys `_id`. All other values keep their exact text.
///
/// # Panics
/// If the text is not a JSON object.
pub(super) fn without_id(text: &str) -> String {
    struct Source;

    impl<'de> Visitor<'de> for Source {
        type Value = String;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<String, A::Error> {
            let mut source = String::from("{");
            while let Some((key, value)) = map.next_entry::<String, &RawValue>()? {
                if key == "_id" {
                    continue;
                }
                if source.len() > 1 {
                    source.push(',');
                }
                source += &serde_json::Value::String(key).to_string();
                source.push(':');
                source += value.get();
            }
            source.push('}');
            Ok(source)
        }
    }

    serde_json::Deserializer::from_str(text).deserialize_map(Source).expect("the text was parsed as an object before")
}

#[cfg(test)]
mod tests {
    use super::without_id;

    #[test]
    fn other_values_keep_their_text() {
        for (text, expected) in [
            (r#"{"_id":1}"#, "{}"),
            (r#"{"_id":1,"a":1.0e5,"b":[1, 2]}"#, r#"{"a":1.0e5,"b":[1, 2]}"#),
            (
                r#"{"a":{"_id":2},"_id":"x","b":12345678901234567890123}"#,
                r#"{"a":{"_id":2},"b":12345678901234567890123}"#,
            ),
            (r#"{"ä\"":"\u00e4","\u005fid":1}"#, r#"{"ä\"":"\u00e4"}"#),
        ] {
            assert_eq!(without_id(text), expected);
        }
    }
}
