//! `derived` and `runtime_mappings`: fields that the request computes, and those of a mapping.

use quidditch_expression::{EmittedKind, ValuesOf};
use quidditch_function::ColumnKind;
use quidditch_index::{COMPUTED_TYPES, Field, FieldKind, Mapping};
use serde_json::{Value as Json, json};

use super::function_call::parse_values;
use super::parser::Parser;
use crate::functions::ValuesFor;
use crate::json::{ErrorKind, Node, ParseError};

/// A field that the request computes, or one of the mapping.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ComputedFieldRequest {
    /// Its name and type, as of a field of a mapping.
    pub(crate) field: Field,
    pub(crate) calls: ComputedBy,
}

/// The numbers of the calls that compute the values of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ComputedBy {
    Values(usize),
    Points { lat: usize, lon: usize },
}

impl ComputedFieldRequest {
    /// Parses `{"name": {"type": "double", "script": {...}}}`. Its calls come before those of all other parts of a request.
    pub(crate) fn parse_all(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Vec<Self>, ParseError> {
        node.fields()?.rest().map(|(name, field)| Self::parse(name, &field, parser)).collect()
    }

    fn parse(name: &str, node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Self, ParseError> {
        let mut keys = node.fields()?;
        let field_type = keys.required_or(ErrorKind::Argument, "type", "a computed field")?;
        let format = keys.take("format");
        let field = field(name, &field_type, format.as_ref())?;
        let (script, udf) = (keys.take("script"), keys.take("wasm_udf"));
        keys.finish("a computed field")?;
        let mut parse = |emitted| {
            let values = ValuesFor::Known(ValuesOf::Field(emitted));
            parse_values((script, udf), values, node, parser)
        };
        let calls = match field.kind() {
            FieldKind::GeoPoint => {
                ComputedBy::Points { lat: parse(EmittedKind::Latitudes)?, lon: parse(EmittedKind::Longitudes)? }
            }
            kind => ComputedBy::Values(parse(EmittedKind::Values(emitted_kind(kind)))?),
        };
        Ok(ComputedFieldRequest { field, calls })
    }
}

/// The type of the values that are computed of a field.
fn emitted_kind(kind: &FieldKind) -> ColumnKind {
    match kind {
        FieldKind::Boolean => ColumnKind::Booleans,
        FieldKind::Date { .. } => ColumnKind::Dates,
        FieldKind::Long => ColumnKind::Integers,
        FieldKind::Double => ColumnKind::Floats,
        _ => ColumnKind::Texts,
    }
}

fn field(name: &str, field_type: &Node<'_>, format: Option<&Node<'_>>) -> Result<Field, ParseError> {
    let type_name = field_type.text()?;
    if !COMPUTED_TYPES.contains(&type_name) {
        let types = COMPUTED_TYPES.map(|name| format!("[{name}]")).join(", ");
        return Err(field_type.mistake(
            ErrorKind::Argument,
            format!("the [type] of a computed field must be one of {types}, got [{type_name}]"),
        ));
    }
    // What is computed has 64 bits.
    let mut definition = json!({ "type": if type_name == "float" { "double" } else { type_name } });
    if let Some(format) = format {
        if type_name != "date" {
            let reason = format!("[format] of a computed field needs the type [date], got [{type_name}]");
            return Err(format.mistake(ErrorKind::Argument, reason));
        }
        definition["format"] = Json::from(format.text()?);
    }
    let mapping = match Mapping::from_json(&json!({ "properties": { name: definition } })) {
        Ok(mapping) => mapping,
        Err(error) => return Err(field_type.mistake(ErrorKind::Argument, error.to_string())),
    };
    let field = mapping.field(name).cloned();
    field.ok_or_else(|| field_type.mistake(ErrorKind::Argument, format!("a field cannot have the name [{name}]")))
}
