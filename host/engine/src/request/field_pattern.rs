//! An item of `fields` and `docvalue_fields`: a name or pattern, perhaps with a format.

use crate::json::{ErrorKind, Node, ParseError};

/// Fields whose values a response has for each hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldPattern {
    /// A name, in which `*` stands for any characters.
    pub(crate) pattern: String,
    /// How dates, numbers or points are shown.
    pub(crate) format: Option<String>,
}

impl FieldPattern {
    /// Without a format.
    pub(crate) fn plain(pattern: String) -> Self {
        FieldPattern { pattern, format: None }
    }

    /// Parses `["name", {"field": "date", "format": "yyyy"}]`.
    pub(super) fn parse_list(node: &Node<'_>) -> Result<Vec<Self>, ParseError> {
        node.list()?.map(|item| Self::parse(&item)).collect()
    }

    fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        if !node.is_object() {
            let name = node.scalar().map_err(|error| error.of_kind(ErrorKind::Object))?;
            return Ok(FieldPattern::plain(name.into_owned()));
        }
        let mut keys = node.fields()?;
        let pattern = keys.required_or(ErrorKind::Argument, "field", "a field")?;
        let pattern = pattern.text().map_err(|error| error.of_kind(ErrorKind::Object))?.to_owned();
        let format = keys.nullable("format", Node::text).map_err(|error| error.of_kind(ErrorKind::Object))?;
        keys.finish("a field").map_err(|error| error.of_kind(ErrorKind::Object))?;
        Ok(FieldPattern { pattern, format: format.map(str::to_owned) })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_names_or_objects() {
        let list = json!(["a", 1, {"field": "d*", "format": "yyyy"}]);
        let parsed = FieldPattern::parse_list(&Node::root(&list)).expect("valid");
        let format = Some("yyyy".to_owned());
        assert_eq!(
            parsed,
            [
                FieldPattern::plain("a".to_owned()),
                FieldPattern::plain("1".to_owned()),
                FieldPattern { pattern: "d*".to_owned(), format },
            ]
        );
        let kind = |json| FieldPattern::parse_list(&Node::root(&json)).expect_err("a mistake").kind;
        assert_eq!(kind(json!("a")), ErrorKind::Parsing);
        assert_eq!(kind(json!([null])), ErrorKind::Object);
        assert_eq!(kind(json!([{"format": "a"}])), ErrorKind::Argument);
        assert_eq!(kind(json!([{"field": "a", "include_unmapped": true}])), ErrorKind::Object);
    }
}
