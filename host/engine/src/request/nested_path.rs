//! The path of the nested objects whose values a sort is by.

use crate::json::{Fields, Node, ParseError};

/// The path of the nested objects whose values count. That there are none is known once the mapping is.
pub(super) fn parse_nested(fields: &mut Fields<'_>) -> Result<Option<String>, ParseError> {
    let old_path = fields.optional("nested_path", |node| node.text().map(str::to_owned))?;
    let path = fields.optional("nested", |node| {
        let mut nested = node.fields()?;
        let path = nested.optional("path", |node| node.text().map(str::to_owned))?;
        nested.take("filter");
        nested.optional("max_children", Node::integer)?;
        nested.optional("nested", |node| node.map().map(|_| ()))?;
        nested.finish("[nested] of a sort")?;
        Ok(path)
    })?;
    Ok(path.flatten().or(old_path))
}
