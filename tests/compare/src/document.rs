//! Documents as text. Numbers stay as they are written: `1.10` is not `1.1`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The members of a JSON object, as they are written and in their order.
pub(crate) struct Members(pub(crate) Vec<(String, Box<RawValue>)>);

impl Members {
    pub(crate) fn parse(document: &str) -> serde_json::Result<Self> {
        serde_json::from_str(document)
    }
}

impl fmt::Display for Members {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("{")?;
        for (position, (key, value)) in self.0.iter().enumerate() {
            let comma = if position == 0 { "" } else { "," };
            write!(formatter, "{comma}{}:{value}", serde_json::Value::from(key.as_str()))?;
        }
        formatter.write_str("}")
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = Members;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Collect)
    }
}

/// The `_id` of a document, and the document without it.
pub(crate) fn without_id(document: &str) -> serde_json::Result<(Option<String>, String)> {
    let Members(mut members) = Members::parse(document)?;
    let Some(position) = members.iter().position(|(key, _)| key == "_id") else {
        return Ok((None, document.to_owned()));
    };
    let (_, id) = members.remove(position);
    let id = serde_json::from_str(id.get()).unwrap_or_else(|_| id.get().to_owned());
    Ok((Some(id), Members(members).to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_lose_their_id_and_nothing_else() {
        let (id, rest) = without_id(r#"{"b": 1.10, "_id": "x\"", "a": [1e3, {"_id": 2}], "b": 2}"#).expect("valid");
        assert_eq!(id.as_deref(), Some("x\""));
        assert_eq!(rest, r#"{"b":1.10,"a":[1e3, {"_id": 2}],"b":2}"#);
        assert_eq!(without_id(r#"{"_id":7}"#).expect("valid"), (Some("7".to_owned()), "{}".to_owned()));
        assert_eq!(without_id("{ }").expect("valid"), (None, "{ }".to_owned()));
        assert!(without_id("[]").is_err());
    }
}
