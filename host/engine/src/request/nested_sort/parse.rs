//! Parses `nested` of a sort.

use super::super::parser::Parser;
use super::{NestedFilter, NestedSort};
use crate::json::{ErrorKind, Fields, Node, ParseError};

impl NestedSort {
    /// Takes `nested`, or `nested_path` and `nested_filter`, which older clients send.
    pub(in super::super) fn take(fields: &mut Fields<'_>, parser: &mut Parser<'_>) -> Result<Option<Self>, ParseError> {
        let path = fields.optional("nested_path", |node| node.text().map(str::to_owned))?;
        let filter = fields.optional("nested_filter", |node| NestedFilter::parse(node, parser))?;
        let is_old = path.is_some() || filter.is_some();
        let nested = fields.optional("nested", |node| {
            if is_old {
                let reason = "Setting both nested_path/nested_filter and nested not allowed";
                return Err(node.mistake(ErrorKind::Argument, reason));
            }
            Self::parse(node, parser)
        })?;
        Ok(nested.or_else(|| is_old.then_some(NestedSort { path, filter, ..NestedSort::default() })))
    }

    fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Self, ParseError> {
        let mut fields = node.fields()?;
        let nested = NestedSort {
            path: fields.optional("path", |node| node.text().map(str::to_owned))?,
            filter: fields.optional("filter", |node| NestedFilter::parse(node, parser))?,
            // A negative number counts as 0.
            max_children: fields.optional("max_children", |node| Ok(usize::try_from(node.integer()?).unwrap_or(0)))?,
            inside: fields.optional("nested", |node| Self::parse(node, parser).map(Box::new))?,
        };
        fields.finish("[nested] of a sort")?;
        Ok(nested)
    }
}

impl NestedFilter {
    fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Self, ParseError> {
        let clause = parser.query_apart(node, "the filter of [nested] of a sort")?;
        Ok(NestedFilter { json: node.json().clone(), clause: clause.into() })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::limits::Limits;
    use crate::query;

    fn take(json: &Json) -> Result<Option<NestedSort>, ParseError> {
        let limits = Limits::default();
        NestedSort::take(&mut Node::root(json).fields().expect("an object"), &mut query::parser(&limits))
    }

    #[test]
    fn what_is_parsed_can_be_sent_on() {
        let inside = json!({"path": "a.b", "max_children": 3});
        let nested = json!({"nested": {"path": "a", "filter": {"term": {"a.c": 1}}, "nested": inside}});
        let parsed = take(&nested).expect("valid").expect("there is one");
        assert_eq!(json!({"nested": parsed.to_json()}), nested);
        let old = json!({"nested_path": "a", "nested_filter": {"term": {"a.c": 1}}});
        let old = take(&old).expect("valid").expect("there is one");
        assert_eq!(NestedSort { inside: None, ..parsed }, old);
        assert_eq!(take(&json!({})), Ok(None));
    }

    #[test]
    fn mistakes_are_found() {
        for mistake in [
            json!({"nested": 5}),
            json!({"nested": {"path": "a", "foo": 1}}),
            json!({"nested": {"path": "a"}, "nested_path": "a"}),
            json!({"nested": {"path": "a", "filter": {"nope": {}}}}),
            json!({"nested": {"path": "a", "max_children": "x"}}),
            json!({"nested": {"path": "a", "filter": {"script": {"script": "true"}}}}),
        ] {
            assert!(take(&mistake).is_err(), "{mistake}");
        }
        assert_eq!(take(&json!({"nested": {"max_children": -1}})).expect("valid").expect("one").max_children, Some(0));
    }
}
