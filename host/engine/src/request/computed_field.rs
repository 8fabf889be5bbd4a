//! `derived` and `runtime_mappings`: fields that the request computes.

use quidditch_index::{Field, Mapping};
use serde_json::json;

use crate::json::{ErrorKind, Node, ParseError};
use crate::query::{self, Parser};

/// A field that the request computes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ComputedFieldRequest {
    /// Its name and type, as of a field of a mapping.
    pub(crate) field: Field,
    /// The number of the call that computes its values.
    pub(crate) call: usize,
}

/// The types of computed fields.
const TYPES: [&str; 5] = ["boolean", "date", "double", "keyword", "long"];

impl ComputedFieldRequest {
    /// Parses `{"name": {"type": "double", "wasm_udf": {...}}}`. Its calls come before those of all other parts of a request.
    pub(crate) fn parse_all(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Vec<Self>, ParseError> {
        node.fields()?.rest().map(|(name, field)| Self::parse(name, &field, parser)).collect()
    }

    fn parse(name: &str, node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Self, ParseError> {
        let mut keys = node.fields()?;
        let field_type = keys.required_or(ErrorKind::Argument, "type", "a computed field")?;
        let field = field(name, &field_type)?;
        let (script, udf) = (keys.take("script"), keys.take("wasm_udf"));
        keys.finish("a computed field")?;
        Ok(ComputedFieldRequest { field, call: query::parse_values((script, udf), node, parser)? })
    }
}

fn field(name: &str, field_type: &Node<'_>) -> Result<Field, ParseError> {
    let type_name = field_type.text()?;
    if !TYPES.contains(&type_name) {
        let types = TYPES.map(|name| format!("[{name}]")).join(", ");
        return Err(field_type.mistake(
            ErrorKind::Argument,
            format!("the [type] of a computed field must be one of {types}, got [{type_name}]"),
        ));
    }
    let mapping = Mapping::from_json(&json!({ "properties": { name: { "type": type_name } } }));
    let field = mapping.ok().and_then(|mapping| mapping.field(name).cloned());
    field.ok_or_else(|| field_type.mistake(ErrorKind::Argument, format!("a field cannot have the name [{name}]")))
}
