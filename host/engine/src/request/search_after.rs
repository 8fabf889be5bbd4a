//! `search_after`: the sort values behind which a page begins.

use serde::Serialize;
use serde_json::Value as Json;

use crate::json::{ErrorKind, Node, ParseError};

/// One value for each level of the sort, as the last hit of the page before has them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct SearchAfter(pub(crate) Vec<Json>);

impl SearchAfter {
    pub(crate) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        let mut values = Vec::new();
        for item in node.list()? {
            if matches!(item.json(), Json::Array(_) | Json::Object(_)) {
                return Err(item.error("a value of [search_after] must be a string, a number, true, false or null"));
            }
            values.push(item.json().clone());
        }
        if values.is_empty() {
            return Err(node.mistake(ErrorKind::Argument, "[search_after] must contain at least one value"));
        }
        Ok(SearchAfter(values))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_scalars() {
        let parse = |json: Json| SearchAfter::parse(&Node::root(&json)).map_err(|error| error.kind);
        let values = json!([1, "a", null, true, 1.5]);
        assert_eq!(parse(values.clone()), Ok(SearchAfter(values.as_array().cloned().unwrap_or_default())));
        assert_eq!(parse(json!([])), Err(ErrorKind::Argument));
        for mistake in [json!(1), json!("a"), json!(null), json!({"a": 1}), json!([[1]]), json!([{}])] {
            assert_eq!(parse(mistake.clone()), Err(ErrorKind::Parsing), "{mistake}");
        }
    }
}
