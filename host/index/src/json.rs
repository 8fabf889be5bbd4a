//! Reads JSON text in which no object has the same key twice.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value as Json};

use crate::excerpt;

/// Parses JSON text. A duplicate key is an error like any other mistake in the text, with its line and column: whichever of the
/// two values was used, the other would be silently ignored.
///
/// # Errors
/// What is wrong with the text, and where.
pub fn parse_json(text: &str) -> serde_json::Result<Json> {
    serde_json::from_str::<Strict>(text).map(|strict| strict.0)
}

/// A value without duplicate keys.
struct Strict(Json);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Number::from_f64(value).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            match object.entry(key) {
                Entry::Vacant(entry) => {
                    let Strict(value) = entries.next_value()?;
                    entry.insert(value);
                }
                Entry::Occupied(entry) => {
                    return Err(A::Error::custom(format_args!("duplicate key [{}]", excerpt(entry.key()))));
                }
            }
        }
        Ok(Json::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_without_duplicate_keys_is_read_as_serde_json_reads_it() {
        let text = r#"{"a": [1, -2, 3.5, 1e300, null, true, "x"], "b": {"a": {}, "c": 18446744073709551615}, "": 0.1}"#;
        assert_eq!(parse_json(text).expect("valid"), serde_json::from_str::<Json>(text).expect("valid"));
    }

    #[test]
    fn duplicate_keys_are_errors_with_their_position() {
        let error = |text: &str| parse_json(text).expect_err("a duplicate key").to_string();
        insta::assert_snapshot!(error(r#"{"size": 1, "size": 0}"#), @"duplicate key [size] at line 1 column 18");
        insta::assert_snapshot!(error("{\"a\": [{\n\"b\": 1, \"\\u0062\": 2}]}"), @"duplicate key [b] at line 2 column 16");
        let long = "k".repeat(1000);
        assert_eq!(
            error(&format!("{{\"{long}\":1,\"{long}\":2}}")),
            format!("duplicate key [{}...] at line 1 column 2008", "k".repeat(60))
        );
    }
}
