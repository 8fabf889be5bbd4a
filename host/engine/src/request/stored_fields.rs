//! `stored_fields`: of the stored fields, an index has only the source.

use crate::json::{ErrorKind, Node, ParseError};

/// Which stored fields a response has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StoredFields {
    /// None, and not even the `_id`: `_none_`.
    None,
    /// Those of a list. No other field than the source is stored, so that the others have no values.
    Some {
        /// Whether the source is in the list.
        source: bool,
    },
}

const NONE: &str = "_none_";

impl StoredFields {
    /// Parses a name or a list of names.
    pub(super) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        if !node.json().is_string() && !node.json().is_array() {
            return Err(node.error("[stored_fields] must be a name or a list of names"));
        }
        let names = node.items().map(|item| Ok(item.scalar()?.into_owned())).collect::<Result<Vec<String>, _>>()?;
        if names.iter().any(|name| name == NONE) {
            if names.len() > 1 {
                return Err(node.mistake(ErrorKind::Argument, format!("cannot combine [{NONE}] with other fields")));
            }
            return Ok(StoredFields::None);
        }
        Ok(StoredFields::Some { source: names.iter().any(|name| name == "_source") })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_source_is_stored() {
        let parse = |json| StoredFields::parse(&Node::root(&json)).map_err(|error| error.kind);
        assert_eq!(parse(json!("_none_")), Ok(StoredFields::None));
        assert_eq!(parse(json!(["_none_"])), Ok(StoredFields::None));
        assert_eq!(parse(json!(["_none_", "a"])), Err(ErrorKind::Argument));
        assert_eq!(parse(json!("_source")), Ok(StoredFields::Some { source: true }));
        assert_eq!(parse(json!(["a", 1])), Ok(StoredFields::Some { source: false }));
        assert_eq!(parse(json!(true)), Err(ErrorKind::Parsing));
        assert_eq!(parse(json!(null)), Err(ErrorKind::Parsing));
    }
}
